//! The ledger as its users see it: commits of extractions, and questions about articles, claims and sources.

use async_trait::async_trait;
use claims::{ArticleId, Extraction, SourceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ArticleQuery, ArticleRecord, ArticleSummary, ClaimQuery, ClaimRecord, Page, ReadingQuery, SourceQuery, SourceSummary, StoreError,
};

/// What committing one extraction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// The article was not in the ledger.
    Added,
    /// The article was there; its metadata or claims now are others.
    Replaced,
    /// The ledger already said this.
    Unchanged,
}

/// Who read an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The article version.
    pub article_id: ArticleId,
    /// The extractor and its version: "gainsay 0.1.0".
    pub extractor: String,
}

/// How much the ledger holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// Article versions.
    pub articles: u64,
    /// Of these, kept without being read (another language).
    pub skipped: u64,
    /// Claims.
    pub claims: u64,
    /// Sources.
    pub sources: u64,
}

/// The ledger, on whichever database.
///
/// **Invariant**: the same set of extractions gives the same ledger in whatever order and however often it is committed.
/// Where one article id comes with different metadata, the row whose JSON has the smaller BLAKE3 hash stays.
#[async_trait]
pub trait Ledger: Send + Sync + std::fmt::Debug {
    /// Commits articles and their claims in one transaction; answers in the order of `extractions`.
    async fn commit(&self, extractions: &[Extraction]) -> Result<Vec<Commit>, StoreError>;

    /// Articles, newest first; with `query.text`, those that hold its words.
    async fn articles(&self, query: &ArticleQuery) -> Result<Page<ArticleSummary>, StoreError>;

    /// One article version with its claims in the order of the text (title first) and the versions of its url.
    async fn article(&self, id: ArticleId) -> Result<Option<ArticleRecord>, StoreError>;

    /// Claims, newest article first, then in the order of the article.
    async fn claims(&self, query: &ClaimQuery) -> Result<Page<ClaimRecord>, StoreError>;

    /// Sources, those with most claims first.
    async fn sources(&self, query: &SourceQuery) -> Result<Page<SourceSummary>, StoreError>;

    /// One source.
    async fn source(&self, id: SourceId) -> Result<Option<SourceSummary>, StoreError>;

    /// Up to `limit` articles with their claims in the order of their ids, after `after`: the whole ledger, page by page.
    async fn export(&self, after: Option<ArticleId>, limit: u32) -> Result<Vec<ArticleRecord>, StoreError>;

    /// Up to `limit` of the articles that `query` means, in the order of their ids, after `after`: who read each.
    async fn readings(&self, query: &ReadingQuery, after: Option<ArticleId>, limit: u32) -> Result<Vec<Reading>, StoreError>;

    /// How much the ledger holds.
    async fn counts(&self) -> Result<Counts, StoreError>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
