//! Rows of feeds and imports, and times as their tables keep them.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::{Feed, FeedCounts, ImportProgress, StoreError};

/// A feed.
#[derive(Debug, FromRow)]
pub(crate) struct FeedRow {
    pub(crate) url: String,
    title: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    failures: i64,
    last_error: Option<String>,
    next_poll_at: i64,
}

/// How many feeds there are.
#[derive(Debug, FromRow)]
pub(crate) struct FeedCountsRow {
    known: i64,
    failing: i64,
    due: i64,
}

/// How far an import got.
#[derive(Debug, FromRow)]
pub(crate) struct ImportRow {
    settled: i64,
    failed: i64,
    finished: bool,
}

impl From<ImportRow> for ImportProgress {
    fn from(row: ImportRow) -> Self {
        Self { settled: crate::rows::count(row.settled), failed: crate::rows::count(row.failed), finished: row.finished }
    }
}

impl From<FeedCountsRow> for FeedCounts {
    fn from(row: FeedCountsRow) -> Self {
        let count = crate::rows::count;
        Self { known: count(row.known), failing: count(row.failing), due: count(row.due) }
    }
}

impl TryFrom<FeedRow> for Feed {
    type Error = StoreError;

    fn try_from(row: FeedRow) -> Result<Self, StoreError> {
        let next_poll_at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.next_poll_at) * 1_000_000)
            .map_err(|error| StoreError::Unreadable { table: "feeds", why: error.to_string() })?;
        Ok(Self {
            url: row.url,
            title: row.title,
            etag: row.etag,
            last_modified: row.last_modified,
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            last_error: row.last_error,
            next_poll_at,
        })
    }
}

/// Milliseconds since 1970.
pub(crate) fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// A count as its column keeps it.
pub(crate) fn column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A feed's words as a column keeps them: without NUL, which no database takes.
pub(crate) fn clean(text: Option<&String>) -> Option<String> {
    text.map(|text| text.replace('\0', ""))
}
