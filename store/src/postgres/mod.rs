//! The ledger in a PostgreSQL database, for any number of services at once.

mod articles;
mod claims;
mod commit;
pub(crate) mod examine;
mod intake;
mod measure;
mod open;
mod sources;

use async_trait::async_trait;
use sqlx::{PgPool, QueryBuilder};
use uuid::Uuid;

use crate::database::Tables;
use crate::entry::Entry;
use crate::place::{ArticlePlace, ClaimPlace, Slice, SourcePlace};
use crate::rows::{ActRow, ArticleRow, ClaimRow, CountsRow, ListedRow, ReadingRow, SourceRow, StanceRow};
use crate::versions::VersionRow;
use crate::{ArticleQuery, ClaimQuery, Commit, ReadingQuery, SearchText, SourceQuery, StoreError};

/// A pool of connections.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    /// Its address without the password.
    name: String,
    pool: PgPool,
}

impl Postgres {
    fn failed(&self, error: &sqlx::Error) -> StoreError {
        StoreError::from_driver(&self.name, error, refuses)
    }
}

#[async_trait]
impl Tables for Postgres {
    fn name(&self) -> &str {
        &self.name
    }

    async fn write(&self, batch: &[Entry<'_>]) -> Result<Vec<Commit>, StoreError> {
        commit::write(&self.pool, batch).await.map_err(|error| self.failed(&error))
    }

    async fn article_page(&self, query: &ArticleQuery, slice: &Slice<ArticlePlace>) -> Result<Vec<ListedRow>, StoreError> {
        articles::page(&self.pool, query, slice).await.map_err(|error| self.failed(&error))
    }

    async fn stances(&self, articles: &[Uuid]) -> Result<Vec<StanceRow>, StoreError> {
        claims::stances(&self.pool, articles).await.map_err(|error| self.failed(&error))
    }

    async fn article(&self, id: Uuid) -> Result<Option<ArticleRow>, StoreError> {
        articles::one(&self.pool, id).await.map_err(|error| self.failed(&error))
    }

    async fn articles_after(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<ArticleRow>, StoreError> {
        articles::after(&self.pool, after, limit).await.map_err(|error| self.failed(&error))
    }

    async fn readings(&self, query: &ReadingQuery, after: Option<Uuid>, limit: i64) -> Result<Vec<ReadingRow>, StoreError> {
        articles::readings(&self.pool, query, after, limit).await.map_err(|error| self.failed(&error))
    }

    async fn versions(&self, url_hashes: &[Vec<u8>]) -> Result<Vec<VersionRow>, StoreError> {
        articles::versions(&self.pool, url_hashes).await.map_err(|error| self.failed(&error))
    }

    async fn claim_page(&self, query: &ClaimQuery, slice: &Slice<ClaimPlace>) -> Result<Vec<ClaimRow>, StoreError> {
        claims::page(&self.pool, query, slice).await.map_err(|error| self.failed(&error))
    }

    async fn claims_of(&self, articles: &[Uuid]) -> Result<Vec<ClaimRow>, StoreError> {
        claims::of(&self.pool, articles).await.map_err(|error| self.failed(&error))
    }

    async fn source_page(&self, query: &SourceQuery, slice: &Slice<SourcePlace>) -> Result<Vec<SourceRow>, StoreError> {
        sources::page(&self.pool, query, slice).await.map_err(|error| self.failed(&error))
    }

    async fn source(&self, id: Uuid) -> Result<Option<SourceRow>, StoreError> {
        sources::one(&self.pool, id).await.map_err(|error| self.failed(&error))
    }

    async fn source_acts(&self, sources: &[Uuid]) -> Result<Vec<ActRow>, StoreError> {
        sources::acts(&self.pool, sources).await.map_err(|error| self.failed(&error))
    }

    async fn counts(&self) -> Result<CountsRow, StoreError> {
        articles::counts(&self.pool).await.map_err(|error| self.failed(&error))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM articles LIMIT 1").execute(&self.pool).await.map(drop).map_err(|error| self.failed(&error))
    }
}

/// The classes of SQLSTATE that are about one statement: data that do not fit, a constraint, a limit exceeded.
fn refuses(code: &str) -> bool {
    ["22", "23", "54"].iter().any(|class| code.starts_with(class))
}

/// Adds, for every term, that one of the `columns` holds it as a phrase. Words were folded when they were indexed.
///
/// Finds what SQLite finds, but for phrases far into a long text: a `tsvector` keeps the places of a word up to the 16,383rd
/// word, and at most 256 of them; and its stemmer takes the `s` off words of two letters too, so that "us" and "u" are one word.
fn push_match(query: &mut QueryBuilder<sqlx::Postgres>, columns: [&'static str; 2], text: &SearchText) {
    for term in &text.terms {
        let term = crate::words::words(term);
        for (column, before) in columns.into_iter().zip([" AND (", " OR "]) {
            query.push(before).push(column).push(" @@ phraseto_tsquery('gainsay', ").push_bind(term.clone()).push(")");
        }
        query.push(")");
    }
}
