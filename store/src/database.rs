//! The ledger over any database: paging, versions and records are worked out here, only SQL differs.

use std::time::Duration;

use async_trait::async_trait;
use claims::{ArticleId, Extraction, SourceId};
use tokio::time::timeout;
use uuid::Uuid;

use crate::entry::Entry;
use crate::place::{ArticlePlace, ClaimPlace, Slice, SourcePlace};
use crate::rows::{
    ActRow, ArticleRow, ClaimRow, CountsRow, ListedRow, ReadingRow, SourceRow, StanceRow, count, source_summaries, stance_counts,
};
use crate::versions::{VersionRow, Versions};
use crate::{
    ArticleQuery, ArticleRecord, ArticleSummary, ClaimQuery, ClaimRecord, Commit, Counts, Ledger, MAX_PAGE, Page, Reading, ReadingQuery,
    SourceQuery, SourceSummary, StoreError,
};

/// What a database does for the ledger: one transaction that writes, and queries that return rows.
#[async_trait]
pub(crate) trait Tables: Send + Sync + std::fmt::Debug {
    /// Its name in messages, without a password.
    fn name(&self) -> &str;
    /// Writes what [`crate::settle::settle`] decides, in one transaction.
    async fn write(&self, batch: &[Entry<'_>]) -> Result<Vec<Commit>, StoreError>;
    async fn article_page(&self, query: &ArticleQuery, slice: &Slice<ArticlePlace>) -> Result<Vec<ListedRow>, StoreError>;
    async fn stances(&self, articles: &[Uuid]) -> Result<Vec<StanceRow>, StoreError>;
    async fn article(&self, id: Uuid) -> Result<Option<ArticleRow>, StoreError>;
    async fn articles_after(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<ArticleRow>, StoreError>;
    async fn readings(&self, query: &ReadingQuery, after: Option<Uuid>, limit: i64) -> Result<Vec<ReadingRow>, StoreError>;
    async fn versions(&self, url_hashes: &[Vec<u8>]) -> Result<Vec<VersionRow>, StoreError>;
    async fn claim_page(&self, query: &ClaimQuery, slice: &Slice<ClaimPlace>) -> Result<Vec<ClaimRow>, StoreError>;
    /// In the order of each article.
    async fn claims_of(&self, articles: &[Uuid]) -> Result<Vec<ClaimRow>, StoreError>;
    async fn source_page(&self, query: &SourceQuery, slice: &Slice<SourcePlace>) -> Result<Vec<SourceRow>, StoreError>;
    async fn source(&self, id: Uuid) -> Result<Option<SourceRow>, StoreError>;
    async fn source_acts(&self, sources: &[Uuid]) -> Result<Vec<ActRow>, StoreError>;
    async fn counts(&self) -> Result<CountsRow, StoreError>;
    async fn ping(&self) -> Result<(), StoreError>;
}

/// How long the database may take to say that it is there: one that hangs has to be missed within the five seconds after which
/// a service says that it is not ready, the interval between two questions included.
const PATIENCE: Duration = Duration::from_secs(3);

/// The ledger on the database behind `T`.
#[derive(Debug)]
pub(crate) struct Database<T>(pub(crate) T);

#[async_trait]
impl<T: Tables> Ledger for Database<T> {
    async fn commit(&self, extractions: &[Extraction]) -> Result<Vec<Commit>, StoreError> {
        let entries: Result<Vec<_>, _> = extractions.iter().map(Entry::new).collect();
        let entries = entries.map_err(|why| StoreError::Refused { what: self.0.name().to_owned(), why })?;
        if entries.is_empty() { Ok(Vec::new()) } else { self.0.write(&entries).await }
    }

    async fn articles(&self, query: &ArticleQuery) -> Result<Page<ArticleSummary>, StoreError> {
        let slice = Slice::new(query.cursor.as_ref(), query.limit)?;
        let mut rows = self.0.article_page(query, &slice).await?;
        let next = slice.cut(&mut rows, |row| ArticlePlace { newest_first: row.newest_first, id: row.id });
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let stances = stance_counts(self.0.stances(&ids).await?)?;
        let versions = self.versions(rows.iter().map(|row| row.url_hash.as_ref())).await?;
        let summary = |row: ListedRow| {
            let stances = stances.get(&row.id).copied().unwrap_or_default();
            row.into_summary(&versions, stances)
        };
        Ok(Page::new(rows.into_iter().map(summary).collect::<Result<_, _>>()?, next))
    }

    async fn article(&self, id: ArticleId) -> Result<Option<ArticleRecord>, StoreError> {
        let row = self.0.article(id.0).await?;
        Ok(self.records(row.into_iter().collect()).await?.pop())
    }

    async fn claims(&self, query: &ClaimQuery) -> Result<Page<ClaimRecord>, StoreError> {
        let slice = Slice::new(query.cursor.as_ref(), query.limit)?;
        let mut rows = self.0.claim_page(query, &slice).await?;
        let place = |row: &ClaimRow| ClaimPlace { newest_first: row.newest_first, article_id: row.article_id, position: row.position };
        let next = slice.cut(&mut rows, place);
        let versions = self.versions(rows.iter().map(|row| row.url_hash.as_ref())).await?;
        Ok(Page::new(rows.into_iter().map(|row| row.into_record(&versions)).collect::<Result<_, _>>()?, next))
    }

    async fn sources(&self, query: &SourceQuery) -> Result<Page<SourceSummary>, StoreError> {
        let slice = Slice::new(query.cursor.as_ref(), query.limit)?;
        let mut rows = self.0.source_page(query, &slice).await?;
        let next = slice.cut(&mut rows, |row| SourcePlace { claims: row.claims, name: row.name.clone(), id: row.id });
        Ok(Page::new(self.with_acts(rows).await?, next))
    }

    async fn source(&self, id: SourceId) -> Result<Option<SourceSummary>, StoreError> {
        let row = self.0.source(id.0).await?;
        Ok(self.with_acts(row.into_iter().collect()).await?.pop())
    }

    async fn export(&self, after: Option<ArticleId>, limit: u32) -> Result<Vec<ArticleRecord>, StoreError> {
        let rows = self.0.articles_after(after.map(|id| id.0), i64::from(limit.clamp(1, MAX_PAGE))).await?;
        self.records(rows).await
    }

    async fn readings(&self, query: &ReadingQuery, after: Option<ArticleId>, limit: u32) -> Result<Vec<Reading>, StoreError> {
        let rows = self.0.readings(query, after.map(|id| id.0), i64::from(limit.max(1))).await?;
        Ok(rows.into_iter().map(|row| Reading { article_id: ArticleId(row.id), extractor: row.extractor }).collect())
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let row = self.0.counts().await?;
        Ok(Counts { articles: count(row.articles), skipped: count(row.skipped), claims: count(row.claims), sources: count(row.sources) })
    }

    async fn ping(&self) -> Result<(), StoreError> {
        timeout(PATIENCE, self.0.ping()).await.unwrap_or_else(|_| {
            let why = format!("no answer within {} s", PATIENCE.as_secs());
            Err(StoreError::Unavailable { what: self.0.name().to_owned(), why })
        })
    }
}

impl<T: Tables> Database<T> {
    async fn versions(&self, url_hashes: impl Iterator<Item = Option<&Vec<u8>>> + Send) -> Result<Versions, StoreError> {
        let mut hashes: Vec<Vec<u8>> = url_hashes.flatten().cloned().collect();
        hashes.sort_unstable();
        hashes.dedup();
        let rows = if hashes.is_empty() { Vec::new() } else { self.0.versions(&hashes).await? };
        Ok(Versions::new(rows))
    }

    /// The records of `rows` in their order, each with its claims.
    async fn records(&self, rows: Vec<ArticleRow>) -> Result<Vec<ArticleRecord>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let versions = self.versions(rows.iter().map(|row| row.url_hash.as_ref())).await?;
        let mut claims: std::collections::HashMap<Uuid, Vec<ClaimRecord>> = std::collections::HashMap::new();
        for row in self.0.claims_of(&ids).await? {
            claims.entry(row.article_id).or_default().push(row.into_record(&versions)?);
        }
        rows.into_iter()
            .map(|row| {
                let of_article = claims.remove(&row.id).unwrap_or_default();
                row.into_record(&versions, of_article)
            })
            .collect()
    }

    async fn with_acts(&self, rows: Vec<SourceRow>) -> Result<Vec<SourceSummary>, StoreError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let acts = if ids.is_empty() { Vec::new() } else { self.0.source_acts(&ids).await? };
        source_summaries(rows, acts)
    }
}
