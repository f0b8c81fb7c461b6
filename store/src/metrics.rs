//! What the service, and any process that opens a database, tells Prometheus. Labels are words of the vocabulary, results, reasons
//! and states: they stay few.
//!
//! Retries, quarantine and the age of what waits are the bus's: see `bus/src/metrics.rs`.

use std::collections::HashMap;
use std::sync::Arc;

use claims::{Act, SourceKind, Stance};
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};
use runtime::metrics::{now, registered};

use crate::measure::{ClaimTally, Measured, SourceTally, Space};
use crate::{Commit, Counts};

/// What the service counts. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    taken: IntCounter,
    articles: IntCounterVec,
    claims: IntCounter,
    failures: IntCounterVec,
    in_flight: IntGauge,
    seconds: Histogram,
    batch: Histogram,
    last_commit: IntGauge,
    ledger_articles: IntGaugeVec,
    ledger_claims: IntGaugeVec,
    ledger_stances: IntGaugeVec,
    ledger_sources: IntGaugeVec,
    database_up: IntGauge,
    database_bytes: IntGauge,
    disk_free: IntGauge,
}

/// Why a transaction did not go through.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    /// The database is away; it is tried again.
    Unavailable,
    /// It took too long; it is tried again.
    TimedOut,
    /// The database refused what was in it.
    Refused,
}

/// Articles in the service's hands; they leave them when this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(IntGauge, i64);

impl Metrics {
    /// Registers all of them. Every series is there from the start, so that the first event is seen as one.
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let seconds = HistogramOpts::new("gainsay_store_commit_seconds", "Seconds that the commit of a batch took.")
            .buckets(vec![0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]);
        let batch =
            HistogramOpts::new("gainsay_store_batch_articles", "Articles in a batch.").buckets(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]);
        let counter = |name: &str, help: &str| registered(registry, IntCounter::new(name, help)?);
        let gauge = |name: &str, help: &str| registered(registry, IntGauge::new(name, help)?);
        let counters = |name: &str, help: &str, label: &str| registered(registry, IntCounterVec::new(Opts::new(name, help), &[label])?);
        let gauges = |name: &str, help: &str, label: &str| registered(registry, IntGaugeVec::new(Opts::new(name, help), &[label])?);
        let metrics = Self {
            registry: registry.clone(),
            taken: counter("gainsay_store_taken_total", "Articles taken off the bus to be committed, each attempt anew.")?,
            articles: counters(
                "gainsay_store_articles_total",
                "Articles committed, by result: added, replaced, unchanged; or refused, which go to quarantine.",
                "result",
            )?,
            claims: counter("gainsay_store_claims_total", "Claims committed.")?,
            failures: counters(
                "gainsay_store_commit_failures_total",
                "Commits of a batch that failed, by reason: unavailable and timed_out are tried again, refused is not.",
                "reason",
            )?,
            in_flight: gauge("gainsay_store_in_flight_articles", "Articles in the service's hands now.")?,
            seconds: registered(registry, Histogram::with_opts(seconds)?)?,
            batch: registered(registry, Histogram::with_opts(batch)?)?,
            last_commit: gauge(
                "gainsay_store_last_commit_timestamp_seconds",
                "When an article was last committed, in seconds since 1970; at first, when the service started.",
            )?,
            ledger_articles: gauges(
                "gainsay_store_ledger_articles",
                "Articles in the ledger, by whether they were read or skipped (in a language that is not read).",
                "reading",
            )?,
            ledger_claims: gauges("gainsay_store_ledger_claims", "Claims in the ledger, by act.", "act")?,
            ledger_stances: gauges("gainsay_store_ledger_stances", "Claims in the ledger, by stance.", "stance")?,
            ledger_sources: gauges("gainsay_store_ledger_sources", "Sources in the ledger, by kind.", "kind")?,
            database_up: gauge("gainsay_store_database_up", "Whether the database answers: 1 or 0.")?,
            database_bytes: gauge("gainsay_store_database_bytes", "Bytes that the database takes up.")?,
            // Registered once it is known: a server's disk is not this machine's.
            disk_free: IntGauge::new("gainsay_store_disk_free_bytes", "Bytes that are free where the SQLite file of the ledger lies.")?,
        };
        metrics.begin();
        Ok(metrics)
    }

    fn begin(&self) {
        for result in ["added", "replaced", "unchanged", "refused"] {
            self.articles.with_label_values(&[result]);
        }
        for failure in [Failure::Unavailable, Failure::TimedOut, Failure::Refused] {
            self.failures.with_label_values(&[failure.label()]);
        }
        self.last_commit.set(now());
        self.ledger(Counts::default(), &[], &[]);
    }

    /// Counts articles as taken, and as in flight until the answer is dropped.
    pub(crate) fn taken(&self, articles: usize) -> InFlight {
        let articles = i64::try_from(articles).unwrap_or(i64::MAX);
        self.taken.inc_by(articles.unsigned_abs());
        self.in_flight.add(articles);
        InFlight(self.in_flight.clone(), articles)
    }

    /// Counts a transaction that went through.
    pub(crate) fn committed(&self, articles: usize, seconds: f64) {
        self.seconds.observe(seconds);
        self.batch.observe(f64::from(u32::try_from(articles).unwrap_or(u32::MAX)));
        self.last_commit.set(now());
    }

    /// Counts a transaction that did not.
    pub(crate) fn failed(&self, failure: Failure) {
        self.failures.with_label_values(&[failure.label()]).inc();
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

    /// Shows what the ledger holds.
    pub(crate) fn ledger(&self, counts: Counts, claims: &[ClaimTally], sources: &[SourceTally]) {
        let show = |gauges: &IntGaugeVec, word: &str, number: i64| gauges.with_label_values(&[word]).set(number);
        show(&self.ledger_articles, "read", signed(counts.articles.saturating_sub(counts.skipped)));
        show(&self.ledger_articles, "skipped", signed(counts.skipped));
        let (mut acts, mut stances) = (HashMap::new(), HashMap::new());
        for tally in claims {
            *acts.entry(tally.act.as_str()).or_default() += tally.claims;
            *stances.entry(tally.stance.as_str()).or_default() += tally.claims;
        }
        let kinds: HashMap<&str, i64> = sources.iter().map(|tally| (tally.kind.as_str(), tally.sources)).collect();
        // Those of which there are none, too: the last claim of an act may have been replaced.
        for act in Act::ALL.iter().map(|act| act.as_str()) {
            show(&self.ledger_claims, act, acts.get(act).copied().unwrap_or_default());
        }
        for stance in Stance::ALL.iter().map(|stance| stance.as_str()) {
            show(&self.ledger_stances, stance, stances.get(stance).copied().unwrap_or_default());
        }
        for kind in SourceKind::ALL.iter().map(|kind| kind.as_str()) {
            show(&self.ledger_sources, kind, kinds.get(kind).copied().unwrap_or_default());
        }
    }

    /// Shows what the database takes up.
    pub(crate) fn space(&self, space: Space) {
        self.database_bytes.set(signed(space.used));
        if let Some(free) = space.free {
            self.disk_free.set(signed(free));
            // From the second time on it is there already.
            let _registered = self.registry.register(Box::new(self.disk_free.clone()));
        }
    }

    /// Shows whether the database answers.
    pub(crate) fn database(&self, up: bool) {
        self.database_up.set(i64::from(up));
    }
}

impl Failure {
    fn label(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Refused => "refused",
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.sub(self.1);
    }
}

/// Connections to the database, as they are in the moment when Prometheus asks.
#[derive(Debug)]
pub(crate) struct Pool {
    measured: Arc<dyn Measured>,
    connections: IntGaugeVec,
    max: IntGauge,
}

impl Pool {
    /// Of the database behind `measured`.
    pub(crate) fn new(measured: Arc<dyn Measured>) -> prometheus::Result<Self> {
        let connections = Opts::new("gainsay_store_connections", "Connections to the database that are open, by state: in_use or idle.");
        Ok(Self {
            measured,
            connections: IntGaugeVec::new(connections, &["state"])?,
            max: IntGauge::new("gainsay_store_connections_max", "The most connections to the database that may be open.")?,
        })
    }
}

impl Collector for Pool {
    fn desc(&self) -> Vec<&Desc> {
        self.connections.desc().into_iter().chain(self.max.desc()).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let now = self.measured.connections();
        self.connections.with_label_values(&["in_use"]).set(now.in_use.into());
        self.connections.with_label_values(&["idle"]).set(now.idle.into());
        self.max.set(now.max.into());
        self.connections.collect().into_iter().chain(self.max.collect()).collect()
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
