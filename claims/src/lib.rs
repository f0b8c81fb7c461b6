//! The vocabulary of Gainsay: articles, claims and sources as plain types, and what always holds of them. No I/O.
//!
//! Words, and what they mean, are those of the table in `README.md`; nothing else in the workspace coins others.

mod act;
mod article;
mod claim;
mod extraction;
mod id;
mod quantity;
mod source;
mod span;
mod timestamp;

pub use act::{Act, Certainty, Polarity, QuotationKind, Stance};
pub use article::{Article, ArticleError, ArticleForm, MAX_TEXT_BYTES};
pub use claim::{Claim, ClaimData, ClaimError, Confidence, Content, Cue, Part};
pub use extraction::{Extraction, Outcome, SkipReason};
pub use id::{ArticleId, ClaimId, SourceId};
pub use quantity::{DateMention, DatePrecision, Quantity};
pub use source::{Anonymity, ChainLink, Source, SourceKind};
pub use span::{CodePoints, Quote, Span};
pub use timestamp::{Timestamp, TimestampError};
