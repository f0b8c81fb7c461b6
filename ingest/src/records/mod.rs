//! The articles of a file, a folder or a stream, one after another, whatever their format.
//!
//! The format is told by the content: gzip around any of them, articles as JSON (one a line, or one alone), HTML, plain text.
//! The end of the name decides only where the content leaves it open.

mod error;
mod folder;
mod gzip;
mod jsonl;
mod sniff;
mod text;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use claims::{Article, ArticleForm};

pub use error::{Problem, RecordError};
pub use folder::{FoundFile, files_below};
pub use jsonl::{Lines, article_on, object_in};

use crate::Overrides;
use crate::input::reason;
use crate::page::{self, Origin};
use sniff::Format;

/// How much of the beginning tells the format.
const HEAD: usize = 8 * 1024;

/// A file's articles in their order. One that cannot be read is one error; the rest goes on.
pub struct Records {
    name: String,
    overrides: Overrides,
    source: Source,
    place: Option<u64>,
    bytes_read: Arc<AtomicU64>,
}

enum Source {
    /// A file of one article, or the reason that it is none.
    One(Option<Box<Result<ArticleForm, Problem>>>),
    Lines(jsonl::Lines),
}

/// Opens the file at `path`, named by its path in errors. The error is one of its first bytes: not there, empty, not text.
pub fn open(path: &Path, overrides: &Overrides) -> Result<Records, RecordError> {
    let name = path.display().to_string();
    let fail = |problem| RecordError { name: name.clone(), line: None, problem };
    let file = File::open(path).map_err(|error| fail(Problem::Unreadable(reason(&error))))?;
    let size = file.metadata().map_err(|error| fail(Problem::Unreadable(reason(&error))))?.len();
    from_sized(file, Some(size), &name, &Origin::default(), overrides)
}

/// Reads from `reader`, called `name` in errors. `origin` is what is known of a page that came from the web.
pub fn from_reader(reader: impl Read + Send + 'static, name: &str, origin: &Origin, overrides: &Overrides) -> Result<Records, RecordError> {
    from_sized(reader, None, name, origin, overrides)
}

fn from_sized(
    reader: impl Read + Send + 'static,
    size: Option<u64>,
    name: &str,
    origin: &Origin,
    overrides: &Overrides,
) -> Result<Records, RecordError> {
    let fail = |problem| RecordError { name: name.to_owned(), line: None, problem };
    let bytes_read = Arc::new(AtomicU64::new(0));
    let counted = Counted { inner: reader, read: bytes_read.clone() };
    let (reader, zipped) = gzip::open(counted).map_err(|error| fail(Problem::Unreadable(reason(&error))))?;
    let mut reader = BufReader::with_capacity(64 * 1024, reader);
    let head = sniff::peek(&mut reader, HEAD).map_err(|error| fail(Problem::of_reading(&error)))?;
    let format = sniff::format(&head, name).map_err(fail)?;
    let whole = if zipped { None } else { size };
    let rest = std::io::Cursor::new(head).chain(reader);
    let source = match format {
        Format::Jsonl => Source::Lines(jsonl::Lines::new(Box::new(BufReader::with_capacity(64 * 1024, rest)))),
        Format::Json => Source::One(Some(Box::new(text::bounded(rest, whole).and_then(|bytes| jsonl::object_in(&bytes))))),
        Format::Text => Source::One(Some(Box::new(text::bounded(rest, whole).and_then(text::article)))),
        Format::Html => {
            Source::One(Some(Box::new(text::bounded(rest, whole).and_then(|bytes| page::read(&bytes, origin).map_err(Problem::Page)))))
        }
    };
    Ok(Records { name: name.to_owned(), overrides: overrides.clone(), source, place: None, bytes_read })
}

impl Records {
    /// Bytes read so far from the file or stream itself, gzip and all: what a progress bar counts.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// The line that the last record stood on, in a file of one article a line.
    pub fn line(&self) -> Option<u64> {
        self.place
    }

    /// The name it was opened under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Passes over the next record without reading it; false at the end.
    pub fn skip_one(&mut self) -> bool {
        match &mut self.source {
            Source::One(one) => one.take().is_some(),
            Source::Lines(lines) => lines.skip_one(),
        }
    }

    fn fail(&self, problem: Problem) -> RecordError {
        RecordError { name: self.name.clone(), line: self.place, problem }
    }
}

impl Iterator for Records {
    type Item = Result<Article, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let form = match &mut self.source {
            Source::One(one) => *one.take()?,
            Source::Lines(lines) => {
                let next = lines.next()?;
                self.place = Some(lines.line());
                next
            }
        };
        let article = form.and_then(|mut form| {
            self.overrides.fill(&mut form);
            Article::new(form).map_err(Problem::Article)
        });
        Some(article.map_err(|problem| self.fail(problem)))
    }
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
