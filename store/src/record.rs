//! What the ledger answers with, as the API prints it.

use std::collections::BTreeMap;

use claims::{Act, Article, ArticleId, ClaimData, ClaimId, SkipReason, SourceId, SourceKind, Stance, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many claims take each stance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StanceCounts {
    /// Claims that support what they are about.
    pub support: u64,
    /// Claims that deny it.
    pub deny: u64,
    /// Claims that give no answer.
    pub no_comment: u64,
    /// Claims that ask or doubt.
    pub query: u64,
}

impl StanceCounts {
    /// Counts `count` more of `stance`.
    pub fn add(&mut self, stance: Stance, count: u64) {
        match stance {
            Stance::Support => self.support += count,
            Stance::Deny => self.deny += count,
            Stance::NoComment => self.no_comment += count,
            Stance::Query => self.query += count,
        }
    }

    /// All claims.
    pub fn total(&self) -> u64 {
        self.support + self.deny + self.no_comment + self.query
    }
}

/// An article version in a list: all but its text and claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArticleSummary {
    /// Our id.
    pub id: ArticleId,
    /// The caller's id.
    pub given_id: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// The outlet.
    pub publisher: Option<String>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Its headline.
    pub title: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// Why it was kept without being read.
    pub skipped: Option<SkipReason>,
    /// Its number among the versions of its url, from 1, by publication or change, then by id.
    pub version: u32,
    /// The first 240 characters of its text, white space made single.
    pub excerpt: String,
    /// Its claims by stance.
    pub stances: StanceCounts,
}

/// One version of an article among those of its url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionSummary {
    /// Its id.
    pub id: ArticleId,
    /// Its number, from 1.
    pub version: u32,
    /// Its headline.
    pub title: Option<String>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When it was changed.
    pub modified_at: Option<Timestamp>,
}

/// A claim with what names its article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClaimRecord {
    /// The claim's id.
    pub id: ClaimId,
    /// The caller's id of its article.
    pub given_id: Option<String>,
    /// The outlet.
    pub publisher: Option<String>,
    /// When its article was published.
    pub published_at: Option<Timestamp>,
    /// The article's headline.
    pub title: Option<String>,
    /// The id of its source in the ledger.
    pub source_id: Option<SourceId>,
    /// All that the claim says.
    #[serde(flatten)]
    pub data: ClaimData,
}

/// An article version with its claims.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ArticleRecord {
    /// The article.
    #[serde(flatten)]
    pub article: Article,
    /// Its number among the versions of its url, from 1.
    pub version: u32,
    /// Why it was kept without being read.
    pub skipped: Option<SkipReason>,
    /// The extractor that read it: "gainsay 0.1.0".
    pub extractor: String,
    /// All versions of its url, the first first.
    pub versions: Vec<VersionSummary>,
    /// Its claims: the title's first, then in the order of the text.
    pub claims: Vec<ClaimRecord>,
}

/// A source with how often it speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceSummary {
    /// Its id.
    pub id: SourceId,
    /// The name it is filed under, in its most usual spelling.
    pub name: String,
    /// What sort of source it is.
    pub kind: SourceKind,
    /// How many claims.
    pub claims: u64,
    /// In how many articles.
    pub articles: u64,
    /// Claims by act.
    pub acts: BTreeMap<Act, u64>,
    /// The day of the first article that quotes it.
    pub first: Option<Timestamp>,
    /// The day of the last.
    pub last: Option<Timestamp>,
}
