//! Why a record is no article: which file, which line, what is wrong.

use std::fmt;
use std::io;

use claims::{ArticleError, MAX_TEXT_BYTES};

use crate::fetch::FetchError;
use crate::input::reason;
use crate::page::PageError;

const MIB: usize = 1024 * 1024;

/// One record that could not be read. Its line is "news.jsonl, line 7: the text is empty …".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// The file, or what it was called.
    pub name: String,
    /// The line, where the file has one article a line.
    pub line: Option<u64>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The system refused to read it.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// Nothing in it.
    #[error("it is empty")]
    Empty,
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// No text at all.
    #[error("it is a binary file{0}: give plain text, HTML, or articles as JSON, gzipped or not")]
    Binary(&'static str),
    /// A feed, whose articles are elsewhere.
    #[error("it is a feed: add its address with `gainsay add`")]
    Feed,
    /// Too large to be one article.
    #[error("it is larger than {} MiB, the most that one article has: give archives as one article a line (JSONL)", MAX_TEXT_BYTES / MIB)]
    TooLarge,
    /// A line that is too long to be one article.
    #[error("the line is longer than {} MiB, more than one article has: it is passed over", .0 / MIB)]
    LineTooLong(usize),
    /// Broken text.
    #[error("byte {at} (counted from 0) is not valid UTF-8: save the text as UTF-8")]
    NotUtf8 {
        /// Where, in bytes from the start of the text or line.
        at: usize,
    },
    /// Broken text of another encoding.
    #[error("it is not valid {0}: save the text as UTF-8")]
    Undecodable(&'static str),
    /// Not an article as JSON.
    #[error("it is not an article as JSON: {0}")]
    Json(String),
    /// An article that breaks a limit.
    #[error(transparent)]
    Article(#[from] ArticleError),
    /// A page without an article.
    #[error(transparent)]
    Page(#[from] PageError),
}

impl Problem {
    /// What a failed read means: data that is no gzip after all is named as such.
    pub(super) fn of_reading(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::Unreadable(format!("its gzip data is damaged or cut off ({error})"))
            }
            _ => Self::Unreadable(reason(error)),
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.name, self.problem),
            None => write!(f, "{}: {}", self.name, self.problem),
        }
    }
}

impl std::error::Error for RecordError {}
