//! The ledger in one SQLite file: one connection writes, a few read beside it.

mod articles;
pub(crate) mod backup;
mod claims;
mod commit;
pub(crate) mod examine;
mod intake;
mod measure;
mod open;
mod sources;

use async_trait::async_trait;
use sqlx::{QueryBuilder, SqlitePool};
use uuid::Uuid;

use crate::database::Tables;
use crate::entry::Entry;
use crate::place::{ArticlePlace, ClaimPlace, Slice, SourcePlace};
use crate::rows::{ActRow, ArticleRow, ClaimRow, CountsRow, ListedRow, ReadingRow, SourceRow, StanceRow};
use crate::versions::VersionRow;
use crate::{ArticleQuery, ClaimQuery, Commit, ReadingQuery, SearchText, SourceQuery, StoreError};

/// An open file.
#[derive(Clone, Debug)]
pub(crate) struct Sqlite {
    /// Its path.
    name: String,
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    fn failed(&self, error: &sqlx::Error) -> StoreError {
        StoreError::from_driver(&self.name, error, refuses)
    }
}

#[async_trait]
impl Tables for Sqlite {
    fn name(&self) -> &str {
        &self.name
    }

    async fn write(&self, batch: &[Entry<'_>]) -> Result<Vec<Commit>, StoreError> {
        commit::write(&self.writer, batch).await.map_err(|error| self.failed(&error))
    }

    async fn article_page(&self, query: &ArticleQuery, slice: &Slice<ArticlePlace>) -> Result<Vec<ListedRow>, StoreError> {
        articles::page(&self.readers, query, slice).await.map_err(|error| self.failed(&error))
    }

    async fn stances(&self, articles: &[Uuid]) -> Result<Vec<StanceRow>, StoreError> {
        claims::stances(&self.readers, articles).await.map_err(|error| self.failed(&error))
    }

    async fn article(&self, id: Uuid) -> Result<Option<ArticleRow>, StoreError> {
        articles::one(&self.readers, id).await.map_err(|error| self.failed(&error))
    }

    async fn articles_after(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<ArticleRow>, StoreError> {
        articles::after(&self.readers, after, limit).await.map_err(|error| self.failed(&error))
    }

    async fn readings(&self, query: &ReadingQuery, after: Option<Uuid>, limit: i64) -> Result<Vec<ReadingRow>, StoreError> {
        articles::readings(&self.readers, query, after, limit).await.map_err(|error| self.failed(&error))
    }

    async fn versions(&self, url_hashes: &[Vec<u8>]) -> Result<Vec<VersionRow>, StoreError> {
        articles::versions(&self.readers, url_hashes).await.map_err(|error| self.failed(&error))
    }

    async fn claim_page(&self, query: &ClaimQuery, slice: &Slice<ClaimPlace>) -> Result<Vec<ClaimRow>, StoreError> {
        claims::page(&self.readers, query, slice).await.map_err(|error| self.failed(&error))
    }

    async fn claims_of(&self, articles: &[Uuid]) -> Result<Vec<ClaimRow>, StoreError> {
        claims::of(&self.readers, articles).await.map_err(|error| self.failed(&error))
    }

    async fn source_page(&self, query: &SourceQuery, slice: &Slice<SourcePlace>) -> Result<Vec<SourceRow>, StoreError> {
        sources::page(&self.readers, query, slice).await.map_err(|error| self.failed(&error))
    }

    async fn source(&self, id: Uuid) -> Result<Option<SourceRow>, StoreError> {
        sources::one(&self.readers, id).await.map_err(|error| self.failed(&error))
    }

    async fn source_acts(&self, sources: &[Uuid]) -> Result<Vec<ActRow>, StoreError> {
        sources::acts(&self.readers, sources).await.map_err(|error| self.failed(&error))
    }

    async fn counts(&self) -> Result<CountsRow, StoreError> {
        articles::counts(&self.readers).await.map_err(|error| self.failed(&error))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM articles LIMIT 1").execute(&self.readers).await.map(drop).map_err(|error| self.failed(&error))
    }
}

/// The result codes that are about one statement: wrong SQL, too big, a constraint, a wrong type, out of range.
fn refuses(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 1 | 18 | 19 | 20 | 25))
}

/// Every term as a phrase; they hold only letters, digits and spaces, so nothing needs escaping.
fn match_all(text: &SearchText) -> String {
    let phrases = text.terms.iter().map(|term| format!("\"{}\"", crate::words::words(term)));
    phrases.collect::<Vec<_>>().join(" ")
}

/// `(a, b, …)` for `IN`.
fn push_list<'v, T>(query: &mut QueryBuilder<sqlx::Sqlite>, values: impl IntoIterator<Item = T>)
where
    T: 'v + sqlx::Encode<'v, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    query.push("(");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}
