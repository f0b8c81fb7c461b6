//! What a bus counts. The labels are bounded: queues by the topology, outcomes and reasons by their types.

use prometheus::core::Collector;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry};

use crate::{Outcome, PublishError};

/// Handling takes from a millisecond (a short article) to many seconds (a batch while the database is busy).
const SECONDS: [f64; 12] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];

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

    /// Counts what became of one message of `queue`.
    pub(crate) fn handled(&self, queue: &str, outcome: &Outcome) {
        let outcome = match outcome {
            Outcome::Done => "done",
            Outcome::RetryLater(_) => "retry",
            Outcome::Quarantine(_) => "quarantined",
        };
        self.handled.with_label_values(&[queue, outcome]).inc();
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

trait Make: Sized {
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
}
