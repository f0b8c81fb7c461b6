//! The metrics of every process: what it is, and what became of its spans; and what every crate needs to tell its own.

use std::time::{SystemTime, UNIX_EPOCH};

use prometheus::core::Collector;
use prometheus::{IntCounterVec, IntGaugeVec, Opts, Registry};

/// The metric, which `registry` shows from now on.
pub fn registered<C: Collector + Clone + 'static>(registry: &Registry, metric: C) -> prometheus::Result<C> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Seconds since 1970, as metrics tell a moment.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Registers `gainsay_build_info`, which is 1: version, revision and service of this process are its labels.
pub(crate) fn register_build_info(registry: &Registry, service: &str) -> Result<(), prometheus::Error> {
    let help = "1 for a process that runs: its version, the revision that it was built from (unknown where its build was not told), and its service.";
    let info = IntGaugeVec::new(Opts::new("gainsay_build_info", help), &["version", "revision", "service"])?;
    info.with_label_values(&[env!("CARGO_PKG_VERSION"), option_env!("GAINSAY_REVISION").unwrap_or("unknown"), service]).set(1);
    registry.register(Box::new(info))
}

/// What became of the spans that were to be sent; registered only where there is a collector. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct TraceMetrics {
    spans: IntCounterVec,
}

impl TraceMetrics {
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let help = "Spans of traces, by outcome: sent to the collector, or dropped because it or the queue for it did not take them.";
        let spans = IntCounterVec::new(Opts::new("gainsay_trace_spans_total", help), &["outcome"])?;
        for outcome in ["sent", "dropped"] {
            spans.with_label_values(&[outcome]);
        }
        Ok(Self { spans })
    }

    pub(crate) fn register(&self, registry: &Registry) -> Result<(), prometheus::Error> {
        registry.register(Box::new(self.spans.clone()))
    }

    pub(crate) fn sent(&self, spans: u64) {
        self.spans.with_label_values(&["sent"]).inc_by(spans);
    }

    pub(crate) fn dropped(&self, spans: u64) {
        self.spans.with_label_values(&["dropped"]).inc_by(spans);
    }
}
