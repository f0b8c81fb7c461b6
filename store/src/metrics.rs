//! The metrics of the store service.

use prometheus::core::Collector;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use crate::{Commit, Counts};

/// What the service counts.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    articles: IntCounterVec,
    claims: IntCounter,
    seconds: Histogram,
    batch: Histogram,
    ledger_articles: IntGauge,
    ledger_claims: IntGauge,
    database_up: IntGauge,
}

impl Metrics {
    /// Registers all of them.
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let articles = Opts::new("gainsay_store_articles_total", "Articles committed, by result: added, replaced, unchanged, refused.");
        let seconds = HistogramOpts::new("gainsay_store_commit_seconds", "Seconds that the commit of a batch took.")
            .buckets(vec![0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]);
        let batch =
            HistogramOpts::new("gainsay_store_batch_articles", "Articles in a batch.").buckets(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]);
        let metrics = Self {
            articles: registered(registry, IntCounterVec::new(articles, &["result"])?)?,
            claims: registered(registry, IntCounter::new("gainsay_store_claims_total", "Claims committed.")?)?,
            seconds: registered(registry, Histogram::with_opts(seconds)?)?,
            batch: registered(registry, Histogram::with_opts(batch)?)?,
            ledger_articles: registered(registry, IntGauge::new("gainsay_store_ledger_articles", "Articles in the ledger.")?)?,
            ledger_claims: registered(registry, IntGauge::new("gainsay_store_ledger_claims", "Claims in the ledger.")?)?,
            database_up: registered(registry, IntGauge::new("gainsay_store_database_up", "Whether the database answers: 1 or 0.")?)?,
        };
        // Shown from the start, so that a rate over them is known from the first article on.
        for result in ["added", "replaced", "unchanged", "refused"] {
            metrics.articles.with_label_values(&[result]);
        }
        Ok(metrics)
    }

    /// Counts a transaction that went through.
    pub(crate) fn committed(&self, articles: usize, seconds: f64) {
        self.seconds.observe(seconds);
        self.batch.observe(f64::from(u32::try_from(articles).unwrap_or(u32::MAX)));
    }

    /// Counts what became of one article with its claims.
    pub(crate) fn article(&self, result: Commit, claims: u64) {
        let word = match result {
            Commit::Added => "added",
            Commit::Replaced => "replaced",
            Commit::Unchanged => "unchanged",
        };
        self.articles.with_label_values(&[word]).inc();
        if result != Commit::Unchanged {
            self.claims.inc_by(claims);
        }
    }

    /// Counts an article that cannot be committed.
    pub(crate) fn refused(&self) {
        self.articles.with_label_values(&["refused"]).inc();
    }

    /// Shows how much the ledger holds.
    pub(crate) fn ledger(&self, counts: Counts) {
        self.ledger_articles.set(i64::try_from(counts.articles).unwrap_or(i64::MAX));
        self.ledger_claims.set(i64::try_from(counts.claims).unwrap_or(i64::MAX));
    }

    /// Shows whether the database answers.
    pub(crate) fn database(&self, up: bool) {
        self.database_up.set(i64::from(up));
    }
}

fn registered<C: Collector + Clone + 'static>(registry: &Registry, metric: C) -> prometheus::Result<C> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
