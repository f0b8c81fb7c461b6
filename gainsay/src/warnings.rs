//! Warnings of a command that ends by itself: said like all its other words to the user, each once, not as lines of a log.

use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::outcome::complain;

/// Different warnings that are said at most; whatever comes with every article is no news after that.
const MOST: usize = 100;

/// Says what `filter` lets through from now on; false where the filter is not understood. A second call changes nothing.
pub fn say(filter: &str) -> bool {
    let Ok(filter) = EnvFilter::builder().parse(filter) else { return false };
    let _already_installed = tracing_subscriber::registry().with(filter).with(Warnings::default()).try_init();
    true
}

#[derive(Debug, Default)]
struct Warnings {
    said: Mutex<BTreeSet<String>>,
}

impl Warnings {
    /// Whether `message` is new, and is to be said.
    fn is_news(&self, message: &str) -> bool {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.len() < MOST && said.insert(message.to_owned())
    }
}

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message::default();
        event.record(&mut message);
        if self.is_news(&message.0) {
            complain(&message.0);
        }
    }
}

/// The words of an event; its fields repeat them for machines.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _written_to_memory = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_said_once_and_no_flood_of_them() {
        let warnings = Warnings::default();
        assert!(warnings.is_news("the disk is full"));
        assert!(!warnings.is_news("the disk is full"));
        let said = (0..1_000).filter(|i| warnings.is_news(&format!("article {i} waits"))).count();
        assert_eq!(said, MOST - 1);
    }
}
