//! The ledger: articles with their claims, committed together and asked for by query; on PostgreSQL or SQLite.

mod config;
mod database;
mod entry;
mod error;
mod examine;
mod feeds;
mod intake;
mod ledger;
mod measure;
mod metrics;
mod place;
mod postgres;
mod query;
mod record;
mod rows;
mod schema;
mod service;
mod settle;
mod sql;
mod sqlite;
mod versions;
mod watch;
mod words;

pub use config::{Config, DEFAULTS, DatabaseConfig};
pub use error::StoreError;
pub use examine::{Condition, FailingFeed, examine};
pub use intake::{Feed, FeedCounts, FeedPoll, ImportProgress, Intake};
pub use ledger::{Commit, Counts, Ledger, Reading};
pub use query::{ArticleQuery, ClaimQuery, Cursor, CursorError, MAX_PAGE, Page, ReadingQuery, SearchText, SourceQuery};
pub use record::{ArticleRecord, ArticleSummary, ClaimRecord, SourceSummary, StanceCounts, VersionSummary};
pub use service::run;
pub use watch::watch;

use std::sync::Arc;

/// An open database: the ledger, and the book of what was taken in.
#[derive(Clone, Debug)]
pub struct Store {
    /// Articles, claims, sources.
    pub ledger: Arc<dyn Ledger>,
    /// Feeds, their entries, imports.
    pub intake: Arc<dyn Intake>,
    measured: Arc<dyn measure::Measured>,
}

impl Store {
    /// Opens the database that `config` names (`postgres://…`, or `sqlite:` and a file's path) and brings its schema up to date.
    ///
    /// Errors say which database, what failed and what to do; passwords are never shown.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, StoreError> {
        let connections = config.connections.get();
        match (config.sqlite_path(), config.url.split_once(':')) {
            (Some(path), _) => Ok(Self::on(sqlite::Sqlite::open(path, connections).await?)),
            (None, Some(("postgres" | "postgresql", _))) => Ok(Self::on(postgres::Postgres::open(&config.url, connections).await?)),
            _ => Err(StoreError::Refused {
                what: "of the configuration".to_owned(),
                why: "its address begins with neither postgres:// nor sqlite:".to_owned(),
            }),
        }
    }

    /// Writes a consistent copy of the SQLite file that `config` names to `target`, which must not be there, while others go on using it.
    pub async fn copy(config: &DatabaseConfig, target: &std::path::Path) -> Result<(), StoreError> {
        match config.sqlite_path() {
            Some(path) => sqlite::backup::copy(path, target).await,
            None => Err(StoreError::Refused {
                what: "of the configuration".to_owned(),
                why: "a PostgreSQL database is backed up by its own pg_dump".to_owned(),
            }),
        }
    }

    fn on<D: database::Tables + Intake + measure::Measured + Clone + 'static>(database: D) -> Self {
        Self { intake: Arc::new(database.clone()), measured: Arc::new(database.clone()), ledger: Arc::new(database::Database(database)) }
    }
}
