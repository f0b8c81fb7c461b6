//! A file that is one plain text: its bytes are the article's text, unchanged.

use std::io::Read;

use claims::{ArticleForm, MAX_TEXT_BYTES};
use encoding_rs::{Encoding, UTF_8};

use super::Problem;

/// All of `reader`, at most [`MAX_TEXT_BYTES`]. If its `size` is known and larger, nothing is read.
pub(super) fn bounded(reader: impl Read, size: Option<u64>) -> Result<Vec<u8>, Problem> {
    let limit = MAX_TEXT_BYTES as u64;
    if size.is_some_and(|size| size > limit) {
        return Err(Problem::TooLarge);
    }
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes).map_err(|error| Problem::of_reading(&error))?;
    if bytes.len() > MAX_TEXT_BYTES { Err(Problem::TooLarge) } else { Ok(bytes) }
}

/// The article whose text `bytes` are. Only a byte order mark, which is no part of a text, is taken off.
pub(super) fn article(mut bytes: Vec<u8>) -> Result<ArticleForm, Problem> {
    let text = match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding == UTF_8 => utf8(bytes.split_off(mark))?,
        Some((encoding, mark)) => {
            let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes.get(mark..).unwrap_or_default());
            decoded.ok_or(Problem::Undecodable(encoding.name()))?.into_owned()
        }
        None => utf8(bytes)?,
    };
    Ok(ArticleForm { text, ..ArticleForm::default() })
}

fn utf8(bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|error| Problem::NotUtf8 { at: error.utf8_error().valid_up_to() })
}
