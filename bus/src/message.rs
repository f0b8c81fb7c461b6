//! The messages, versioned by their type names. A version, once released, decodes for ever: see `bus/fixtures/`.

use claims::{Article, ArticleId, Claim, ClaimData, ClaimError, Extraction, Outcome, SkipReason};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A message of any type.
pub trait Message: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Its type and version, as in the message's `type` property.
    const TYPE: &'static str;

    /// What it is about, for logs and quarantine headers: the article's id.
    fn subject(&self) -> String;
}

/// A message that one consumer must handle: queued, confirmed, retried, never dropped.
pub trait Work: Message {
    /// Its queue, without the deployment's prefix.
    const QUEUE: &'static str;
}

/// A message to whoever listens: not kept.
pub trait Event: Message {}

/// An article came in and is to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArticleFetchedV1 {
    /// The article.
    pub article: Article,
}

impl Message for ArticleFetchedV1 {
    const TYPE: &'static str = "ArticleFetchedV1";

    fn subject(&self) -> String {
        self.article.id().to_string()
    }
}

impl Work for ArticleFetchedV1 {
    const QUEUE: &'static str = "article.fetched";
}

/// An article was read and is to be committed with its claims.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArticleExtractedV1 {
    /// The article.
    pub article: Article,
    /// Its claims, unchecked until they become an [`Extraction`].
    pub claims: Vec<ClaimData>,
    /// Why it was not read.
    pub skipped: Option<SkipReason>,
    /// The extractor and its version.
    pub extractor: String,
}

impl Message for ArticleExtractedV1 {
    const TYPE: &'static str = "ArticleExtractedV1";

    fn subject(&self) -> String {
        self.article.id().to_string()
    }
}

impl Work for ArticleExtractedV1 {
    const QUEUE: &'static str = "article.extracted";
}

impl From<Extraction> for ArticleExtractedV1 {
    fn from(extraction: Extraction) -> Self {
        let skipped = extraction.skipped();
        let claims = match extraction.outcome {
            Outcome::Claims(claims) => claims.into_iter().map(Claim::into_data).collect(),
            Outcome::Skipped(_) => Vec::new(),
        };
        Self { article: extraction.article, claims, skipped, extractor: extraction.extractor }
    }
}

impl TryFrom<ArticleExtractedV1> for Extraction {
    type Error = ClaimError;

    /// Checks every claim against the article.
    fn try_from(message: ArticleExtractedV1) -> Result<Self, ClaimError> {
        let outcome = match message.skipped {
            Some(reason) => Outcome::Skipped(reason),
            None => Outcome::Claims(Claim::all(&message.article, message.claims)?),
        };
        Ok(Self { article: message.article, outcome, extractor: message.extractor })
    }
}

/// The ledger now says something else about an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerChangedV1 {
    /// The article version.
    pub article_id: ArticleId,
    /// Its title.
    pub title: Option<String>,
    /// How many claims it has.
    pub claims: u64,
}

impl Message for LedgerChangedV1 {
    const TYPE: &'static str = "LedgerChangedV1";

    fn subject(&self) -> String {
        self.article_id.to_string()
    }
}

impl Event for LedgerChangedV1 {}
