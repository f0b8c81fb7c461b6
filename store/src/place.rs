//! Places in the order of a list, which cursors stand for, and the bounds that dates set to it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::{Cursor, MAX_PAGE, Page, StoreError};

/// What stands in `newest_first` of an article without a date: it comes last.
const UNDATED: i64 = i64::MAX;

/// An article's place: newest first, then by id.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ArticlePlace {
    #[serde(rename = "a")]
    pub(crate) newest_first: i64,
    pub(crate) id: Uuid,
}

/// A claim's place: its article's, then its position there.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ClaimPlace {
    #[serde(rename = "c")]
    pub(crate) newest_first: i64,
    pub(crate) article_id: Uuid,
    pub(crate) position: i32,
}

/// A source's place: most claims first, then by name and id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SourcePlace {
    #[serde(rename = "s")]
    pub(crate) claims: i64,
    pub(crate) name: String,
    pub(crate) id: Uuid,
}

/// A page to read: after which place, and how many rows. One more than asked for is read, to know whether that was all.
#[derive(Debug)]
pub(crate) struct Slice<P> {
    pub(crate) after: Option<P>,
    pub(crate) limit: i64,
}

impl<P: DeserializeOwned + Serialize> Slice<P> {
    pub(crate) fn new(cursor: Option<&Cursor>, limit: u32) -> Result<Self, StoreError> {
        let after = cursor.map(Cursor::place).transpose()?;
        Ok(Self { after, limit: i64::from(limit.clamp(1, MAX_PAGE)) + 1 })
    }

    /// Takes the row too many off `rows`; answers the cursor of the next page if there was one.
    pub(crate) fn cut<R>(&self, rows: &mut Vec<R>, place: impl Fn(&R) -> P) -> Option<String> {
        let kept = usize::try_from(self.limit - 1).unwrap_or(usize::MAX);
        if rows.len() <= kept {
            return None;
        }
        rows.truncate(kept);
        rows.last().map(|row| Cursor::after(&place(row)).as_str().to_owned())
    }
}

impl<T> Page<T> {
    pub(crate) fn new(items: Vec<T>, next: Option<String>) -> Self {
        Self { items, next }
    }
}

/// The range of `newest_first`, both ends included, of what was published from `from` to `to`.
pub(crate) fn date_bounds(from: Option<Date>, to: Option<Date>) -> Option<(i64, i64)> {
    if from.is_none() && to.is_none() {
        return None;
    }
    let start = |day: Date| day.midnight().assume_utc().unix_timestamp();
    let oldest = from.map_or(UNDATED - 1, |day| -start(day));
    let newest = to.map_or(i64::MIN, |day| -(start(day) + 86_399));
    Some((newest, oldest))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_day_is_bounded_by_its_first_and_last_second() {
        let day = date!(1970 - 01 - 02);
        assert_eq!(date_bounds(Some(day), Some(day)), Some((-172_799, -86_400)));
        assert_eq!(date_bounds(None, Some(day)), Some((-172_799, UNDATED - 1)));
        assert_eq!(date_bounds(None, None), None);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let cursor = Cursor::after(&ArticlePlace { newest_first: 1, id: Uuid::nil() });
        assert!(Slice::<ArticlePlace>::new(Some(&cursor), 1).is_ok());
        assert!(matches!(Slice::<ClaimPlace>::new(Some(&cursor), 1), Err(StoreError::Cursor(_))));
    }
}
