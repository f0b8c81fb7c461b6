//! What an extractor made of one article: its claims, or why it made none.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Article, Claim};

/// One article with what an extractor made of it; what the ledger commits in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Extraction {
    /// The article, with its language.
    pub article: Article,
    /// Its claims, or why there are none.
    pub outcome: Outcome,
    /// The extractor and its version: "gainsay 0.1.0".
    pub extractor: String,
}

/// Claims, or why there are none.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The article was read.
    Claims(Vec<Claim>),
    /// The article was kept without being read.
    Skipped(SkipReason),
}

/// Why an article was kept but not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// It is in a language that the extractor does not read.
    Language,
}

impl SkipReason {
    /// The word that stands for it in JSON, queries and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Language => "language",
        }
    }
}

impl Extraction {
    /// The claims; none where the article was skipped.
    pub fn claims(&self) -> &[Claim] {
        match &self.outcome {
            Outcome::Claims(claims) => claims,
            Outcome::Skipped(_) => &[],
        }
    }

    /// Why the article was not read, if it was not.
    pub fn skipped(&self) -> Option<SkipReason> {
        match self.outcome {
            Outcome::Claims(_) => None,
            Outcome::Skipped(reason) => Some(reason),
        }
    }
}
