//! Questions to the ledger: filters, searched words, pages and cursors.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claims::{Act, ArticleId, SourceId, Stance};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

/// The most rows a page may have.
pub const MAX_PAGE: u32 = 200;

/// Which articles. An absent filter filters nothing.
#[derive(Clone, Debug, Default)]
pub struct ArticleQuery {
    /// Words that title or text must hold.
    pub text: Option<SearchText>,
    /// The publisher, letter case aside.
    pub publisher: Option<String>,
    /// Published on this day (UTC) or later.
    pub from: Option<Date>,
    /// Published on this day (UTC) or earlier.
    pub to: Option<Date>,
    /// Rows a page, from 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
}

/// Which claims. An absent filter filters nothing.
#[derive(Clone, Debug, Default)]
pub struct ClaimQuery {
    /// Words that the content must hold.
    pub text: Option<SearchText>,
    /// Part of the source's name or of the words that name it, letter case aside.
    pub source: Option<String>,
    /// The source.
    pub source_id: Option<SourceId>,
    /// The article version.
    pub article_id: Option<ArticleId>,
    /// The act.
    pub act: Option<Act>,
    /// The stance.
    pub stance: Option<Stance>,
    /// The publisher, letter case aside.
    pub publisher: Option<String>,
    /// Published on this day (UTC) or later.
    pub from: Option<Date>,
    /// Published on this day (UTC) or earlier.
    pub to: Option<Date>,
    /// Rows a page, from 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
}

/// Which readings. An absent filter filters nothing.
#[derive(Clone, Debug, Default)]
pub struct ReadingQuery {
    /// Of these articles alone.
    pub ids: Option<Vec<ArticleId>>,
    /// By any extractor but this one.
    pub not_by: Option<String>,
    /// The publisher, letter case aside.
    pub publisher: Option<String>,
    /// Published on this day (UTC) or later.
    pub from: Option<Date>,
    /// Published on this day (UTC) or earlier.
    pub to: Option<Date>,
}

/// Which sources. An absent filter filters nothing.
#[derive(Clone, Debug, Default)]
pub struct SourceQuery {
    /// Part of the name, letter case aside.
    pub name: Option<String>,
    /// Rows a page, from 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
}

/// The words of a search: all terms must occur; `"words in quotation marks"` in that order. Punctuation is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText {
    /// Each a word or a phrase of letters and digits, single spaces between.
    pub terms: Vec<String>,
}

impl SearchText {
    /// Reads what a person typed; none if it holds no word.
    pub fn parse(input: &str) -> Option<Self> {
        let plain = |text: &str| {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(" ")
        };
        // Every second piece between quotation marks is a phrase; an unclosed one is read as words.
        let pieces: Vec<&str> = input.split(['"', '“', '”']).collect();
        let mut terms = Vec::new();
        for (i, piece) in pieces.iter().enumerate() {
            if i % 2 == 1 && i + 1 < pieces.len() {
                terms.push(plain(piece));
            } else {
                terms.extend(piece.split_whitespace().map(plain));
            }
        }
        terms.retain(|term| !term.is_empty());
        (!terms.is_empty()).then_some(Self { terms })
    }
}

/// Where a page ended: an opaque text to the user, a row's place in the order to the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

/// A cursor that this version did not make.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor of this list: leave it out to begin at the first page")]
pub struct CursorError;

impl Cursor {
    /// The cursor after the row at `place`.
    pub fn after<T: Serialize>(place: &T) -> Self {
        Self(URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default()))
    }

    /// Reads what a user handed back.
    pub fn parse(text: &str) -> Result<Self, CursorError> {
        URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        Ok(Self(text.to_owned()))
    }

    /// The place it stands for.
    pub fn place<T: DeserializeOwned>(&self) -> Result<T, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| CursorError)?;
        serde_json::from_slice(&bytes).map_err(|_| CursorError)
    }

    /// The text that a user hands back.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What `cursor` to ask for next; none on the last page.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_words_and_phrases() {
        let terms = |input: &str| SearchText::parse(input).map(|text| text.terms);
        assert_eq!(terms("Khashoggi  consulate"), Some(vec!["Khashoggi".into(), "consulate".into()]));
        assert_eq!(terms(r#"oil "no such call""#), Some(vec!["oil".into(), "no such call".into()]));
        assert_eq!(terms(r#"U.S. "unclosed mark"#), Some(vec!["U S".into(), "unclosed".into(), "mark".into()]));
        assert_eq!(terms("' OR 1=1 --"), Some(vec!["OR".into(), "1 1".into()]));
        assert_eq!(terms(" \"\" *"), None);
    }

    #[test]
    fn a_cursor_goes_there_and_back_and_rubbish_is_refused() {
        let cursor = Cursor::after(&("2024-11-11", 7));
        assert_eq!(Cursor::parse(cursor.as_str()).unwrap().place::<(String, u8)>(), Ok(("2024-11-11".into(), 7)));
        assert_eq!(Cursor::parse("not base64!"), Err(CursorError));
        assert_eq!(Cursor::parse("AAAA").unwrap().place::<(String, u8)>(), Err(CursorError));
    }
}
