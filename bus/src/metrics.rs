//! What a bus counts. The labels are bounded: queues by the topology, outcomes, states and reasons by their types.

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

use crate::PublishError;
use crate::handling::{Reason, Verdict};
use crate::oldest::{Held, Oldest};
use crate::passage::Passage;
use crate::topology::WORK;

/// Handling takes from a millisecond (a short article) to many seconds (a batch while the database is busy); a passage with its
/// retries, or while a service is down, an hour and more.
const SECONDS: [f64; 14] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_600.0];

/// How often the messages in queues are counted.
pub(crate) const COUNTING: Duration = Duration::from_secs(10);

/// Declares the metrics of a struct: each field's doc comment is its help text.
macro_rules! metrics {
    ($(#[$doc:meta])* $name:ident { $(#[doc = $help:literal] $field:ident: $kind:ident = $metric:literal, $labels:expr;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name {
            $(#[doc = $help] $field: $kind,)+
        }

        impl $name {
            /// Makes the metrics and registers them. A second bus on one registry counts for itself, unseen.
            pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
                let metrics = Self { $($field: $kind::make($metric, $help.trim(), $labels)?,)+ };
                $(register(registry, metrics.$field.clone())?;)+
                // Whatever is counted for an alert must be seen to rise from nought.
                for queue in WORK {
                    metrics.published.with_label_values(&[queue]);
                    for reason in FAILURES {
                        metrics.publish_failures.with_label_values(&[queue, reason]);
                    }
                }
                Ok(metrics)
            }
        }
    };
}

metrics! {
    /// The metrics of one bus.
    Metrics {
        #[doc = " Messages taken over: confirmed by the broker, or handled to the end in process."]
        published: IntCounterVec = "gainsay_bus_published_total", &["queue"];
        #[doc = " Messages not taken over, by reason; their publishers know."]
        publish_failures: IntCounterVec = "gainsay_bus_publish_failures_total", &["queue", "reason"];
        #[doc = " Messages handled, by outcome: done, retry (comes back later) or quarantined."]
        handled: IntCounterVec = "gainsay_bus_handled_total", &["queue", "outcome"];
        #[doc = " Seconds that one call of a handler took, for a batch of messages."]
        handling: HistogramVec = "gainsay_bus_handling_seconds", &["queue"];
        #[doc = " Messages in a handler's hands now."]
        in_flight: IntGaugeVec = "gainsay_bus_in_flight_messages", &["queue"];
        #[doc = " Messages set aside, by reason: undecodable, refused by the handler, attempts used up, or lost with too many consumers."]
        quarantined: IntCounterVec = "gainsay_bus_quarantined_total", &["queue", "reason"];
        #[doc = " Messages in the queues of the deployment, by state: waiting, delayed (to be tried again) or quarantined; counted every 10 s by every process of a deployment, each on its own."]
        queue_messages: IntGaugeVec = "gainsay_bus_queue_messages", &["queue", "state"];
        #[doc = " Seconds since the article of the oldest message in this consumer's hands was first taken in; 0 if it holds none."]
        oldest: Oldest = "gainsay_bus_oldest_message_seconds", &["queue"];
        #[doc = " Seconds from an article being taken in until its message was handled to the end in a queue; for article.extracted, until it can be queried."]
        passage: HistogramVec = "gainsay_bus_passage_seconds", &["queue"];
        #[doc = " Whether the bus is connected and takes messages now: 1 or 0."]
        connected: IntGauge = "gainsay_bus_connected", &[];
    }
}

/// Where the messages of one type of work are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// In its queue, to be handled.
    Waiting,
    /// To come back to it.
    Delayed,
    /// Set aside.
    Quarantined,
}

impl State {
    /// Its label.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delayed => "delayed",
            Self::Quarantined => "quarantined",
        }
    }
}

impl Metrics {
    /// Counts what came of publishing to `queue`.
    pub(crate) fn published<T>(&self, queue: &str, result: &Result<T, PublishError>) {
        match result {
            Ok(_) => self.published.with_label_values(&[queue]).inc(),
            Err(error) => self.publish_failures.with_label_values(&[queue, reason(error)]).inc(),
        }
    }

    /// Begins the counts of a consumer of `queue` at nought, so that their first rise can be seen.
    pub(crate) fn consuming(&self, queue: &str) {
        for outcome in ["done", "retry", "quarantined"] {
            self.handled.with_label_values(&[queue, outcome]);
        }
        for reason in Reason::ALL {
            self.quarantined.with_label_values(&[queue, reason.label()]);
        }
        self.handling.with_label_values(&[queue]);
        self.in_flight.with_label_values(&[queue]);
        self.passage.with_label_values(&[queue]);
        self.oldest.begin(queue);
    }

    /// Counts what became of one message of `queue`.
    pub(crate) fn handled(&self, queue: &str, verdict: &Verdict, passage: &Passage) {
        if *verdict == Verdict::Done {
            self.passage.with_label_values(&[queue]).observe(passage.age());
        }
        self.handled.with_label_values(&[queue, verdict.label()]).inc();
    }

    /// Counts a message of `queue` that is in quarantine now.
    pub(crate) fn quarantined(&self, queue: &str, reason: Reason) {
        self.quarantined.with_label_values(&[queue, reason.label()]).inc();
    }

    /// Counts a message as held by a consumer of `queue` until the answer is dropped.
    pub(crate) fn hold(&self, queue: &'static str, passage: &Passage) -> Held {
        self.oldest.hold(queue, passage)
    }

    /// Tells how many messages of `queue` are in `state`; none where that is not known.
    pub(crate) fn queue_messages(&self, queue: &str, state: State, messages: Option<i64>) {
        let labels = &[queue, state.label()];
        match messages {
            Some(messages) => self.queue_messages.with_label_values(labels).set(messages),
            None => {
                // An old figure would be taken for one of now. It fails where there was none.
                let _unknown_before = self.queue_messages.remove_label_values(labels);
            }
        }
    }

    /// Tells whether the bus takes messages.
    pub(crate) fn connected(&self, connected: bool) {
        self.connected.set(connected.into());
    }

    /// Times the handling of `messages` messages of `queue` until the answer is dropped.
    pub(crate) fn handling(&self, queue: &str, messages: usize) -> impl Drop + Send + use<> {
        let messages = i64::try_from(messages).unwrap_or(i64::MAX);
        let in_flight = self.in_flight.with_label_values(&[queue]);
        in_flight.add(messages);
        Handling { messages, in_flight, _timer: self.handling.with_label_values(&[queue]).start_timer() }
    }
}

struct Handling {
    messages: i64,
    in_flight: prometheus::IntGauge,
    _timer: prometheus::HistogramTimer,
}

impl Drop for Handling {
    fn drop(&mut self) {
        self.in_flight.sub(self.messages);
    }
}

/// Every reason for which a message is not taken over.
const FAILURES: [&str; 5] = ["unavailable", "unroutable", "unsendable", "refused", "closed"];

fn reason(error: &PublishError) -> &'static str {
    match error {
        PublishError::Unavailable(_) => "unavailable",
        PublishError::Unroutable { .. } => "unroutable",
        PublishError::Unsendable(_) => "unsendable",
        PublishError::Refused { .. } => "refused",
        PublishError::Closed => "closed",
    }
}

fn register(registry: &Registry, metric: impl Collector + 'static) -> Result<(), prometheus::Error> {
    match registry.register(Box::new(metric)) {
        Ok(()) | Err(prometheus::Error::AlreadyReg) => Ok(()),
        Err(error) => Err(error),
    }
}

pub(crate) trait Make: Sized {
    fn make(name: &str, help: &str, labels: &[&str]) -> Result<Self, prometheus::Error>;
}

impl Make for IntCounterVec {
    fn make(name: &str, help: &str, labels: &[&str]) -> Result<Self, prometheus::Error> {
        Self::new(Opts::new(name, help), labels)
    }
}

impl Make for IntGaugeVec {
    fn make(name: &str, help: &str, labels: &[&str]) -> Result<Self, prometheus::Error> {
        Self::new(Opts::new(name, help), labels)
    }
}

impl Make for IntGauge {
    fn make(name: &str, help: &str, _: &[&str]) -> Result<Self, prometheus::Error> {
        Self::new(name, help)
    }
}

impl Make for HistogramVec {
    fn make(name: &str, help: &str, labels: &[&str]) -> Result<Self, prometheus::Error> {
        Self::new(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()), labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doc_comment_is_the_help_text_and_two_buses_may_share_a_registry() {
        let registry = Registry::new();
        let (first, _second) = (Metrics::new(&registry).unwrap(), Metrics::new(&registry).unwrap());
        first.published("q", &Ok(()));
        first.published("q", &Err::<(), _>(PublishError::Closed));
        drop(first.handling("q", 3));
        let text = prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        assert!(text.contains("# HELP gainsay_bus_published_total Messages taken over: confirmed"), "{text}");
        assert!(text.contains("gainsay_bus_published_total{queue=\"q\"} 1"), "{text}");
        assert!(text.contains("gainsay_bus_publish_failures_total{queue=\"q\",reason=\"closed\"} 1"), "{text}");
        assert!(text.contains("gainsay_bus_in_flight_messages{queue=\"q\"} 0"), "{text}");
        assert!(text.contains("gainsay_bus_handling_seconds_count{queue=\"q\"} 1"), "{text}");
    }

    #[test]
    fn a_consumer_begins_at_nought_and_an_unknown_depth_is_not_told() {
        let registry = Registry::new();
        let metrics = Metrics::new(&registry).unwrap();
        let told = || prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        metrics.consuming("article.fetched");
        let text = told();
        for series in [
            "gainsay_bus_handled_total{outcome=\"retry\",queue=\"article.fetched\"} 0",
            "gainsay_bus_quarantined_total{queue=\"article.fetched\",reason=\"undecodable\"} 0",
            "gainsay_bus_oldest_message_seconds{queue=\"article.fetched\"} 0",
            "gainsay_bus_passage_seconds_count{queue=\"article.fetched\"} 0",
            "gainsay_bus_published_total{queue=\"article.extracted\"} 0",
            "gainsay_bus_connected 0",
        ] {
            assert!(text.contains(series), "{series}:\n{text}");
        }
        metrics.queue_messages("q", State::Delayed, Some(7));
        assert!(told().contains("gainsay_bus_queue_messages{queue=\"q\",state=\"delayed\"} 7"), "{}", told());
        metrics.queue_messages("q", State::Delayed, None);
        assert!(!told().contains("gainsay_bus_queue_messages{"), "{}", told());
    }
}
