//! The whole topology on the broker: every exchange and queue, its name, its properties and where its messages go next.
//!
//! For each type of work there are three quorum queues behind one direct exchange: the queue itself, whose rejected
//! messages dead-letter to its delay queue; the delay queue, whose messages all live equally long and then dead-letter back
//! (one fixed time, because only the head of a queue expires); and the quarantine queue, which nothing consumes. Both
//! dead-letterings are at-least-once, which the broker does only for queues that refuse what they cannot hold.
//! For each event there is a fanout exchange, and each subscriber brings a queue of its own.

use std::time::Duration;

use crate::{ArticleExtractedV1, ArticleFetchedV1, LedgerChangedV1, Message, Work};

/// The queues of every type of work, without the deployment's prefix.
pub(crate) const WORK: [&str; 2] = [ArticleFetchedV1::QUEUE, ArticleExtractedV1::QUEUE];

/// The types of every event.
const EVENTS: [&str; 1] = [LedgerChangedV1::TYPE];

/// The most messages that wait in a queue; the broker refuses more, so that a slow consumer slows its producers.
pub(crate) const MAX_LENGTH: i64 = 10_000;

/// How often the broker hands out a message before it dead-letters it by itself. Never to be reached: consumers count deliveries
/// themselves, because a message that comes back without ever having been rejected runs in a circle for the broker,
/// which then keeps it in the delay queue. Set nevertheless, because the default became 20 in RabbitMQ 4.
const DELIVERY_LIMIT: i64 = 1_000;

/// How often a message in quarantine may be looked at: each look hands it out and takes it back, and beyond the limit the broker
/// drops it, for it has nowhere to go. That would be after 20 looks in RabbitMQ 4. So high because a limit of -1, which stands for
/// none, is known to newer brokers alone; 3.10 and 3.13 take any number from 0 on.
const LOOKS: i64 = 1_000_000_000;

/// The names and properties of one deployment's exchanges and queues.
#[derive(Clone, Debug)]
pub(crate) struct Topology {
    prefix: String,
    retry_delay: Duration,
}

/// A durable queue, bound to [`Topology::work_exchange`] by its routing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queue {
    /// Its name on the broker.
    pub(crate) name: String,
    /// What it is bound by.
    pub(crate) routing_key: String,
    /// Its properties, as the broker calls them.
    pub(crate) arguments: Vec<(&'static str, Argument)>,
}

/// The value of a queue's property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    Text(String),
    Number(i64),
}

impl Topology {
    /// Of the deployment whose names begin with `prefix`, where failed messages come back after `retry_delay`.
    pub(crate) fn new(prefix: &str, retry_delay: Duration) -> Self {
        Self { prefix: prefix.to_owned(), retry_delay }
    }

    /// The direct exchange that all work is published to.
    pub(crate) fn work_exchange(&self) -> String {
        format!("{}.work", self.prefix)
    }

    /// The fanout exchange of one type of event.
    pub(crate) fn event_exchange(&self, message_type: &str) -> String {
        format!("{}.event.{message_type}", self.prefix)
    }

    /// The fanout exchanges of all events.
    pub(crate) fn event_exchanges(&self) -> impl Iterator<Item = String> + '_ {
        EVENTS.iter().map(|message_type| self.event_exchange(message_type))
    }

    /// The name of a queue on the broker.
    pub(crate) fn queue(&self, queue: &str) -> String {
        format!("{}.{queue}", self.prefix)
    }

    /// All queues, in the order in which they are to be declared.
    pub(crate) fn queues(&self) -> Vec<Queue> {
        WORK.iter().flat_map(|work| [self.work(work), self.delay(work), self.quarantine(work)]).collect()
    }

    fn work(&self, work: &str) -> Queue {
        let mut arguments = self.dead_letters_to(&delay_key(work));
        arguments.push(("x-max-length", Argument::Number(MAX_LENGTH)));
        arguments.push(("x-delivery-limit", Argument::Number(DELIVERY_LIMIT)));
        Queue { name: self.queue(work), routing_key: work.to_owned(), arguments }
    }

    fn delay(&self, work: &str) -> Queue {
        let mut arguments = self.dead_letters_to(work);
        let milliseconds = i64::try_from(self.retry_delay.as_millis()).unwrap_or(i64::MAX);
        arguments.push(("x-message-ttl", Argument::Number(milliseconds)));
        Queue { name: self.queue(&delay_key(work)), routing_key: delay_key(work), arguments }
    }

    fn quarantine(&self, work: &str) -> Queue {
        let key = quarantine_key(work);
        let arguments = vec![("x-queue-type", Argument::Text("quorum".to_owned())), ("x-delivery-limit", Argument::Number(LOOKS))];
        Queue { name: self.queue(&key), routing_key: key, arguments }
    }

    fn dead_letters_to(&self, routing_key: &str) -> Vec<(&'static str, Argument)> {
        let text = |value: &str| Argument::Text(value.to_owned());
        vec![
            ("x-queue-type", text("quorum")),
            ("x-overflow", text("reject-publish")),
            ("x-dead-letter-strategy", text("at-least-once")),
            ("x-dead-letter-exchange", Argument::Text(self.work_exchange())),
            ("x-dead-letter-routing-key", text(routing_key)),
        ]
    }
}

/// The routing key of a work queue's delay queue.
pub(crate) fn delay_key(work: &str) -> String {
    format!("{work}.delay")
}

/// The routing key of a work queue's quarantine queue.
pub(crate) fn quarantine_key(work: &str) -> String {
    format!("{work}.quarantine")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_messages_go_to_the_delay_queue_and_come_back() {
        let topology = Topology::new("test", Duration::from_secs(30));
        let queues = topology.queues();
        let argument = |name: &str, key: &str| {
            let queue = queues.iter().find(|queue| queue.name == name).unwrap();
            queue.arguments.iter().find_map(|(argument, value)| (*argument == key).then_some(value))
        };
        let text = |value: &str| Argument::Text(value.to_owned());
        assert_eq!(queues.len(), 6);
        assert_eq!(argument("test.article.fetched", "x-dead-letter-routing-key"), Some(&text("article.fetched.delay")));
        assert_eq!(argument("test.article.fetched.delay", "x-dead-letter-routing-key"), Some(&text("article.fetched")));
        assert_eq!(argument("test.article.fetched.delay", "x-message-ttl"), Some(&Argument::Number(30_000)));
        assert_eq!(argument("test.article.fetched", "x-message-ttl"), None, "work waits as long as it must");
        assert_eq!(argument("test.article.fetched.quarantine", "x-dead-letter-exchange"), None, "quarantine is an end");
        assert_eq!(
            argument("test.article.fetched.quarantine", "x-delivery-limit"),
            Some(&Argument::Number(LOOKS)),
            "looking loses nothing"
        );
    }
}
