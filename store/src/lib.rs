//! The ledger: articles with their claims, committed together and asked for by query; on PostgreSQL or SQLite.

mod error;
mod intake;
mod ledger;
mod query;
mod record;

pub use error::StoreError;
pub use intake::{Feed, FeedPoll, ImportProgress, Intake};
pub use ledger::{Commit, Counts, Ledger};
pub use query::{ArticleQuery, ClaimQuery, Cursor, CursorError, MAX_PAGE, Page, SearchText, SourceQuery};
pub use record::{ArticleRecord, ArticleSummary, ClaimRecord, SourceSummary, StanceCounts, VersionSummary};

use std::sync::Arc;

/// An open database: the ledger, and the book of what was taken in.
#[derive(Clone, Debug)]
pub struct Store {
    /// Articles, claims, sources.
    pub ledger: Arc<dyn Ledger>,
    /// Feeds, their entries, imports.
    pub intake: Arc<dyn Intake>,
}

impl Store {
    /// Opens the database at `url` (`postgres://…`, or `sqlite:` and a file's path) and brings its schema up to date.
    ///
    /// Errors say which database, what failed and what to do; passwords in `url` are never shown.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unavailable { what: url.to_owned(), why: "not yet".to_owned() })
    }
}
