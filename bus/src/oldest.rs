//! The age of the oldest message that a consumer holds, told as it is when it is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{GaugeVec, Opts};
use time::OffsetDateTime;

use crate::metrics::Make;
use crate::passage::Passage;

/// A gauge by queue whose value grows between two looks.
#[derive(Clone, Debug)]
pub(crate) struct Oldest {
    gauge: GaugeVec,
    held: Arc<Mutex<Messages>>,
}

/// The messages held of each queue, by when their articles were taken in.
#[derive(Debug, Default)]
struct Messages {
    by_queue: BTreeMap<String, BTreeSet<(OffsetDateTime, u64)>>,
    /// Tells apart those of one millisecond.
    number: u64,
}

impl Oldest {
    /// Tells of `queue` from now on.
    pub(crate) fn begin(&self, queue: &str) {
        lock(&self.held).by_queue.entry(queue.to_owned()).or_default();
    }

    /// Counts a message of `queue` until the answer is dropped.
    pub(crate) fn hold(&self, queue: &'static str, passage: &Passage) -> Held {
        let mut held = lock(&self.held);
        held.number += 1;
        let key = (passage.taken_at, held.number);
        held.by_queue.entry(queue.to_owned()).or_default().insert(key);
        Held { queue, key, all: Arc::clone(&self.held) }
    }
}

impl Make for Oldest {
    fn make(name: &str, help: &str, labels: &[&str]) -> Result<Self, prometheus::Error> {
        Ok(Self { gauge: GaugeVec::new(Opts::new(name, help), labels)?, held: Arc::default() })
    }
}

impl Collector for Oldest {
    fn desc(&self) -> Vec<&Desc> {
        self.gauge.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let now = OffsetDateTime::now_utc();
        for (queue, messages) in &lock(&self.held).by_queue {
            let age = messages.first().map_or(0.0, |(taken_at, _)| (now - *taken_at).as_seconds_f64().max(0.0));
            self.gauge.with_label_values(&[queue]).set(age);
        }
        self.gauge.collect()
    }
}

/// A message in a consumer's hands.
#[derive(Debug)]
pub(crate) struct Held {
    queue: &'static str,
    key: (OffsetDateTime, u64),
    all: Arc<Mutex<Messages>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(messages) = lock(&self.all).by_queue.get_mut(self.queue) {
            messages.remove(&self.key);
        }
    }
}

fn lock(held: &Mutex<Messages>) -> MutexGuard<'_, Messages> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage::TraceContext;

    #[test]
    fn the_age_is_of_the_oldest_that_is_held_and_nought_once_nothing_is() {
        let oldest = Oldest::make("age", "Age.", &["queue"]).unwrap();
        let taken_before =
            |seconds| Passage { taken_at: OffsetDateTime::now_utc() - time::Duration::seconds(seconds), trace: TraceContext::default() };
        let age = || oldest.collect()[0].get_metric()[0].get_gauge().get_value();
        oldest.begin("q");
        assert!(age() == 0.0);
        let (first, second) = (oldest.hold("q", &taken_before(100)), oldest.hold("q", &taken_before(50)));
        assert!((100.0..110.0).contains(&age()), "{}", age());
        drop(first);
        assert!((50.0..60.0).contains(&age()), "{}", age());
        drop(second);
        assert!(age() == 0.0);
        let _in_the_future = oldest.hold("q", &taken_before(-50));
        assert!(age() == 0.0, "clocks of two machines may differ");
    }
}
