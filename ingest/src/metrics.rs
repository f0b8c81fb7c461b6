//! The metrics of ingest.

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, Opts, Registry};

use crate::fetch::{Answer, FetchError};

/// Counters and times; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    articles: IntCounterVec,
    polls: IntCounterVec,
    fetches: IntCounterVec,
    fetched_bytes: IntCounter,
    poll_seconds: Histogram,
}

impl Metrics {
    pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counters = |name: &str, help: &str, label: &str| IntCounterVec::new(Opts::new(name, help), &[label]);
        let metrics = Self {
            articles: counters(
                "gainsay_ingest_articles_total",
                "Articles of feeds, by what they were made of or why they were not taken.",
                "from",
            )?,
            polls: counters("gainsay_ingest_polls_total", "Polls of feeds, by outcome.", "outcome")?,
            fetches: counters("gainsay_ingest_fetches_total", "Fetches of feeds and pages, by outcome.", "outcome")?,
            fetched_bytes: IntCounter::new("gainsay_ingest_fetched_bytes_total", "Bytes fetched, after decompression.")?,
            poll_seconds: Histogram::with_opts(
                HistogramOpts::new("gainsay_ingest_poll_seconds", "Time that a poll of a feed took, its new articles included.")
                    .buckets(vec![0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0]),
            )?,
        };
        registry.register(Box::new(metrics.articles.clone()))?;
        registry.register(Box::new(metrics.polls.clone()))?;
        registry.register(Box::new(metrics.fetches.clone()))?;
        registry.register(Box::new(metrics.fetched_bytes.clone()))?;
        registry.register(Box::new(metrics.poll_seconds.clone()))?;
        Ok(metrics)
    }

    /// An article was handed over, made of its `page` or of the `feed` alone; or `quarantined`, or `failed` for now.
    pub(crate) fn article(&self, from: &'static str) {
        self.articles.with_label_values(&[from]).inc();
    }

    /// A poll ended: `changed`, `unchanged`, `unreadable`, or the label of a failed fetch.
    pub(crate) fn polled(&self, outcome: &'static str, seconds: f64) {
        self.polls.with_label_values(&[outcome]).inc();
        self.poll_seconds.observe(seconds);
    }

    pub(crate) fn fetched(&self, answer: &Result<Answer, FetchError>) {
        let outcome = match answer {
            Ok(Answer::NotModified(_)) => "not_modified",
            Ok(Answer::Content(content)) => {
                self.fetched_bytes.inc_by(content.body.len() as u64);
                "fetched"
            }
            Err(error) => error.label(),
        };
        self.fetches.with_label_values(&[outcome]).inc();
    }
}
