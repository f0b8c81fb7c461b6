//! Articles as JSON: one a line, read line by line, or one alone.

use std::io::{BufRead, BufReader, Read};

use claims::{Article, ArticleForm, MAX_TEXT_BYTES};
use serde::de::DeserializeOwned;

use super::{Problem, gzip};

/// The longest line: escapes make a text longer than it is.
const MAX_LINE_BYTES: usize = 2 * MAX_TEXT_BYTES;

/// The lines of a file of one article a line; never more than one is held.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    line: u64,
    ended: bool,
    buffer: Vec<u8>,
}

impl Lines {
    /// Reads from `reader`, gzipped or not. The error is one of its first bytes.
    pub fn open(reader: impl Read + Send + 'static) -> Result<Self, Problem> {
        let (reader, _) = gzip::open(reader).map_err(|error| Problem::of_reading(&error))?;
        Ok(Self::new(Box::new(BufReader::with_capacity(64 * 1024, reader))))
    }

    pub(super) fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, line: 0, ended: false, buffer: Vec::new() }
    }

    /// The number of the line read last, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next line that is not blank. One that cannot be read, or is too long to be an article, is one error.
    pub fn next_line(&mut self) -> Option<Result<Vec<u8>, Problem>> {
        Some(self.advance()?.map(|()| std::mem::take(&mut self.buffer)))
    }

    /// The next article; blank lines are none.
    pub(super) fn next(&mut self) -> Option<Result<ArticleForm, Problem>> {
        Some(match self.advance()? {
            Ok(()) => object_in(&self.buffer),
            Err(problem) => Err(problem),
        })
    }

    /// Passes over the next article without parsing it; false at the end.
    pub(super) fn skip_one(&mut self) -> bool {
        self.advance().is_some()
    }

    /// Reads the next line that is not blank into the buffer.
    fn advance(&mut self) -> Option<Result<(), Problem>> {
        loop {
            if self.ended {
                return None;
            }
            self.buffer.clear();
            self.line += 1;
            let limit = MAX_LINE_BYTES as u64 + 1;
            match self.reader.by_ref().take(limit).read_until(b'\n', &mut self.buffer) {
                Ok(0) => {
                    self.ended = true;
                    return None;
                }
                Ok(_) => {}
                Err(error) => {
                    // What follows cannot be read either.
                    self.ended = true;
                    return Some(Err(Problem::of_reading(&error)));
                }
            }
            if self.buffer.len() > MAX_LINE_BYTES && self.buffer.last() != Some(&b'\n') {
                self.buffer = Vec::new();
                return Some(self.pass_over_line().and(Err(Problem::LineTooLong(MAX_LINE_BYTES))));
            }
            if self.line == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") {
                self.buffer.drain(..3);
            }
            if !self.buffer.iter().all(u8::is_ascii_whitespace) {
                return Some(Ok(()));
            }
        }
    }

    /// Reads on to the end of the line, keeping nothing.
    fn pass_over_line(&mut self) -> Result<(), Problem> {
        loop {
            let held = match self.reader.fill_buf() {
                Ok(held) => held,
                Err(error) => {
                    self.ended = true;
                    return Err(Problem::of_reading(&error));
                }
            };
            let end = held.iter().position(|byte| *byte == b'\n');
            let (count, done) = end.map_or((held.len(), held.is_empty()), |at| (at + 1, true));
            self.reader.consume(count);
            if done {
                return Ok(());
            }
        }
    }
}

/// What the JSON object in `bytes` says of an article.
pub fn object_in<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| Problem::NotUtf8 { at: error.valid_up_to() })?;
    if !text.trim_start().starts_with('{') {
        return Err(Problem::Json("an article is an object, which begins with {".to_owned()));
    }
    let mut parser = serde_json::Deserializer::from_str(text);
    let object = serde_path_to_error::deserialize(&mut parser).map_err(|error| {
        let field = error.path().to_string();
        let reason = plain(error.inner(), text);
        Problem::Json(if field == "." { reason } else { format!("{field}: {reason}") })
    })?;
    parser.end().map_err(|error| Problem::Json(plain(&error, text)))?;
    Ok(object)
}

/// The article on a line of JSON.
pub fn article_on(line: &[u8]) -> Result<Article, Problem> {
    Ok(Article::new(object_in(line)?)?)
}

/// The parser's reason; its place only where the record has several lines, for the line is named apart.
fn plain(error: &serde_json::Error, text: &str) -> String {
    let reason = error.to_string();
    if text.trim_end().contains('\n') {
        return reason;
    }
    let (what, _) = reason.split_once(" at line ").unwrap_or((&reason, ""));
    if error.column() > 0 { format!("{what} at column {}", error.column()) } else { what.to_owned() }
}
