//! The metrics of extraction.

use claims::{Extraction, Outcome};
use prometheus::{Histogram, HistogramOpts, IntCounterVec, Opts, Registry};

/// Languages that get a label of their own; the rest counts as "other", so that labels stay few.
const LANGUAGES: [&str; 16] = ["ar", "nl", "en", "fr", "de", "hi", "it", "ja", "ko", "zh", "pt", "ru", "es", "sv", "tr", "vi"];

/// What the service counts.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    articles: IntCounterVec,
    claims: IntCounterVec,
    seconds: Histogram,
}

impl Metrics {
    /// Registers all of them.
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let articles = Opts::new("gainsay_extract_articles_total", "Articles read, by language and outcome: extracted, skipped, failed.");
        let claims = Opts::new("gainsay_extract_claims_total", "Claims found, by act.");
        let seconds = HistogramOpts::new("gainsay_extract_seconds", "Time to read one article.")
            .buckets(vec![0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]);
        let metrics = Self {
            articles: IntCounterVec::new(articles, &["language", "outcome"])?,
            claims: IntCounterVec::new(claims, &["act"])?,
            seconds: Histogram::with_opts(seconds)?,
        };
        registry.register(Box::new(metrics.articles.clone()))?;
        registry.register(Box::new(metrics.claims.clone()))?;
        registry.register(Box::new(metrics.seconds.clone()))?;
        Ok(metrics)
    }

    /// Counts one article that was read in `seconds`.
    pub(crate) fn read(&self, extraction: &Extraction, seconds: f64) {
        let language = extraction.article.language.as_deref().filter(|language| LANGUAGES.contains(language)).unwrap_or("other");
        let outcome = match extraction.outcome {
            Outcome::Claims(_) => "extracted",
            Outcome::Skipped(_) => "skipped",
        };
        self.articles.with_label_values(&[language, outcome]).inc();
        for claim in extraction.claims() {
            self.claims.with_label_values(&[claim.act.as_str()]).inc();
        }
        self.seconds.observe(seconds);
    }

    /// Counts one article that this extractor cannot read.
    pub(crate) fn failed(&self) {
        self.articles.with_label_values(&["other", "failed"]).inc();
    }
}
