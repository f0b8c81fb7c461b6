//! What the service tells Prometheus. Labels are results, outcomes and states: they stay few. No feed or host is named.

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};
use runtime::metrics::{now, registered};
use store::FeedCounts;

use crate::fetch::{Answer, FetchError};

/// What the service counts. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    entries: IntCounter,
    articles: IntCounterVec,
    last_article: IntGauge,
    polls: IntCounterVec,
    poll_seconds: Histogram,
    polling: IntGauge,
    feeds: IntGaugeVec,
    fetches: IntCounterVec,
    fetch_seconds: Histogram,
    fetched_bytes: IntCounter,
}

/// What came of an entry of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    /// An article from its page.
    Page,
    /// An article from the feed alone.
    Feed,
    /// An article that the bus set aside or would not take.
    Refused,
    /// No article yet.
    Failed,
}

/// A poll that is under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Polling(IntGauge);

impl Metrics {
    /// Registers all of them. Every series is there from the start, so that the first event is seen as one.
    pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name: &str, help: &str| registered(registry, IntCounter::new(name, help)?);
        let gauge = |name: &str, help: &str| registered(registry, IntGauge::new(name, help)?);
        let counters = |name: &str, help: &str, label: &str| registered(registry, IntCounterVec::new(Opts::new(name, help), &[label])?);
        let histogram = |name: &str, help: &str, buckets: &[f64]| {
            registered(registry, Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?)
        };
        let feeds = Opts::new(
            "gainsay_ingest_feeds",
            "Feeds in the database, by state: known (all), failing (the last poll failed), overdue (due for more than a minute).",
        );
        let metrics = Self {
            entries: counter("gainsay_ingest_entries_total", "Entries of feeds taken on because they are new, each attempt anew.")?,
            articles: counters(
                "gainsay_ingest_articles_total",
                "Entries of feeds, by result: handed over as an article made of its page or of the feed alone, refused (in quarantine, or too \
                 large), failed (no article for now).",
                "result",
            )?,
            last_article: gauge(
                "gainsay_ingest_last_article_timestamp_seconds",
                "When an article of a feed was last handed over, in seconds since 1970; at first, when the service started.",
            )?,
            polls: counters(
                "gainsay_ingest_polls_total",
                "Polls of feeds, by outcome: changed, unchanged, unreadable (no feed), or why the fetch failed.",
                "outcome",
            )?,
            poll_seconds: histogram(
                "gainsay_ingest_poll_seconds",
                "Seconds that a poll of a feed took, its new articles included.",
                &[0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0],
            )?,
            polling: gauge("gainsay_ingest_in_flight_polls", "Polls of feeds that are under way now.")?,
            feeds: registered(registry, IntGaugeVec::new(feeds, &["state"])?)?,
            fetches: counters(
                "gainsay_ingest_fetches_total",
                "Fetches of feeds and pages, by outcome: fetched, not_modified, or why it failed.",
                "outcome",
            )?,
            fetch_seconds: histogram(
                "gainsay_ingest_fetch_seconds",
                "Seconds that the fetch of a feed or page took, the wait for the host's turn not included.",
                &[0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0],
            )?,
            fetched_bytes: counter("gainsay_ingest_fetched_bytes_total", "Bytes fetched, after decompression.")?,
        };
        metrics.begin();
        Ok(metrics)
    }

    fn begin(&self) {
        for result in [Entered::Page, Entered::Feed, Entered::Refused, Entered::Failed] {
            self.articles.with_label_values(&[result.label()]);
        }
        for outcome in ["changed", "unchanged", "unreadable"].into_iter().chain(FetchError::LABELS) {
            self.polls.with_label_values(&[outcome]);
        }
        for outcome in ["fetched", "not_modified"].into_iter().chain(FetchError::LABELS) {
            self.fetches.with_label_values(&[outcome]);
        }
        self.last_article.set(now());
        self.feeds(FeedCounts::default());
    }

    /// Counts an entry that is taken on.
    pub(crate) fn entry(&self) {
        self.entries.inc();
    }

    /// Counts what came of an entry.
    pub(crate) fn article(&self, result: Entered) {
        self.articles.with_label_values(&[result.label()]).inc();
        if matches!(result, Entered::Page | Entered::Feed) {
            self.last_article.set(now());
        }
    }

    /// Counts a poll as under way until the answer is dropped.
    pub(crate) fn polling(&self) -> Polling {
        self.polling.inc();
        Polling(self.polling.clone())
    }

    /// A poll ended: `changed`, `unchanged`, `unreadable`, or the label of a failed fetch.
    pub(crate) fn polled(&self, outcome: &'static str, seconds: f64) {
        self.polls.with_label_values(&[outcome]).inc();
        self.poll_seconds.observe(seconds);
    }

    /// Counts a fetch that took `seconds`.
    pub(crate) fn fetched(&self, answer: &Result<Answer, FetchError>, seconds: f64) {
        let outcome = match answer {
            Ok(Answer::NotModified(_)) => "not_modified",
            Ok(Answer::Content(content)) => {
                self.fetched_bytes.inc_by(content.body.len() as u64);
                "fetched"
            }
            Err(error) => error.label(),
        };
        self.fetches.with_label_values(&[outcome]).inc();
        self.fetch_seconds.observe(seconds);
    }

    /// Shows how many feeds there are, as they were counted a minute back.
    pub(crate) fn feeds(&self, counts: FeedCounts) {
        for (state, number) in [("known", counts.known), ("failing", counts.failing), ("overdue", counts.due)] {
            self.feeds.with_label_values(&[state]).set(i64::try_from(number).unwrap_or(i64::MAX));
        }
    }
}

impl Entered {
    fn label(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Feed => "feed",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl Drop for Polling {
    fn drop(&mut self) {
        self.0.dec();
    }
}
