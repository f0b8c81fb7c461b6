//! The RabbitMQ backend under test, with a look at the broker past the bus.
//!
//! `tests/run` starts a private broker and tells of it by the environment: `GAINSAY_TEST_AMQP_URL` is its address, and
//! `GAINSAY_TEST_RABBITMQCTL` the command that runs rabbitmqctl against it.

use std::process::Command;

use bus::{Bus, Config, Queues};
use lapin::message::BasicGetMessage;
use lapin::options::{BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::types::AMQPValue;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use prometheus::{Registry, TextEncoder};
use time::OffsetDateTime;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use uuid::Uuid;

use crate::fixture::{ATTEMPTS, Fixture, Kept, RETRY_DELAY, within};

/// The queue of fetched articles, without its prefix.
pub(crate) const FETCHED: &str = "article.fetched";

/// A bus whose names begin with a prefix of its own.
pub(crate) struct OnBroker {
    pub(crate) config: Config,
    bus: Bus,
    registry: Registry,
    _peace: Peace,
}

/// Tests that disturb the broker run alone, all others at once.
static PEACE: RwLock<()> = RwLock::const_new(());

/// A share of the broker, or all of it.
enum Peace {
    Shared { _guard: RwLockReadGuard<'static, ()> },
    Alone { _guard: RwLockWriteGuard<'static, ()> },
}

impl Fixture for OnBroker {
    async fn start() -> Self {
        Self::start_in(Peace::Shared { _guard: PEACE.read().await }, config()).await
    }

    fn bus(&self) -> Bus {
        self.bus.clone()
    }

    fn metrics(&self) -> String {
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap()
    }

    fn waits_to_the_end(&self) -> bool {
        false
    }

    async fn quarantined(&self) -> Vec<Kept> {
        let mut kept = Vec::new();
        while let Some(message) = self.get(&format!("{FETCHED}.quarantine")).await {
            kept.push(read(&message));
        }
        kept.sort_by(|a, b| a.notice["subject"].cmp(&b.notice["subject"]));
        kept
    }

    async fn queues(&self) -> Queues {
        within(Queues::on_broker(&self.config)).await.unwrap()
    }

    async fn end(self) {
        self.bus.close().await;
        for queue in ["article.fetched", "article.extracted"] {
            for suffix in ["", ".delay", ".quarantine"] {
                self.delete_queue(&format!("{queue}{suffix}")).await;
            }
        }
        let channel = self.channel().await;
        for exchange in ["work", "event.LedgerChangedV1"] {
            let exchange = format!("{}.{exchange}", self.config.prefix);
            channel.exchange_delete(exchange.into(), ExchangeDeleteOptions::default()).await.unwrap();
        }
    }
}

impl OnBroker {
    /// For a test that disturbs the broker.
    pub(crate) async fn start_alone() -> Self {
        Self::start_in(Peace::Alone { _guard: PEACE.write().await }, config()).await
    }

    /// On queues that take no more than about `length` messages, as the broker's operator may want it.
    pub(crate) async fn start_with_queues_of(length: usize) -> Self {
        let (peace, config) = (Peace::Shared { _guard: PEACE.read().await }, config());
        let (pattern, limit) = (format!("^{}", config.prefix), format!("{{\"max-length\": {length}}}"));
        rabbitmqctl(&["set_operator_policy", &config.prefix, &pattern, &limit, "--apply-to", "queues"]);
        Self::start_in(peace, config).await
    }

    async fn start_in(peace: Peace, config: Config) -> Self {
        let registry = Registry::new();
        let bus = Bus::rabbit(&config, "conformance", &registry).unwrap();
        connected(&bus).await;
        Self { config, bus, registry, _peace: peace }
    }

    /// Takes one message out of a queue.
    pub(crate) async fn get(&self, queue: &str) -> Option<BasicGetMessage> {
        let queue = format!("{}.{queue}", self.config.prefix);
        let channel = self.channel().await;
        channel.basic_get(queue.into(), BasicGetOptions { no_ack: true }).await.unwrap()
    }

    /// Deletes a queue with all that is in it.
    pub(crate) async fn delete_queue(&self, queue: &str) {
        let queue = format!("{}.{queue}", self.config.prefix);
        self.channel().await.queue_delete(queue.into(), QueueDeleteOptions::default()).await.unwrap();
    }

    /// Puts a message of any kind into the queue of fetched articles.
    pub(crate) async fn put(&self, message_type: &str, body: &[u8]) {
        let properties = BasicProperties::default().with_type(message_type.into()).with_message_id("strange".into());
        let exchange = format!("{}.work", self.config.prefix);
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let channel = self.channel().await;
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        channel.basic_publish(exchange.into(), FETCHED.into(), options, body, properties).await.unwrap().await.unwrap();
    }

    /// A channel of a connection that ends with it.
    async fn channel(&self) -> Channel {
        let connection = Connection::connect(&self.config.url, ConnectionProperties::default()).await.unwrap();
        connection.create_channel().await.unwrap()
    }
}

/// A configuration with names of its own.
pub(crate) fn config() -> Config {
    Config {
        url: variable("GAINSAY_TEST_AMQP_URL"),
        prefix: format!("test-{}", Uuid::new_v4()),
        retry_delay_s: u32::try_from(RETRY_DELAY.as_secs()).unwrap().try_into().unwrap(),
        attempts: ATTEMPTS.try_into().unwrap(),
        confirm_timeout_s: 20.try_into().unwrap(),
    }
}

/// A bus that may not be connected yet.
pub(crate) fn bus(config: &Config) -> Bus {
    Bus::rabbit(config, "conformance", &Registry::new()).unwrap()
}

/// Waits until the bus can take messages.
pub(crate) async fn connected(bus: &Bus) {
    within(bus.state().wait_for(Result::is_ok)).await.unwrap();
}

/// Runs rabbitmqctl against the private node.
pub(crate) fn rabbitmqctl(arguments: &[&str]) {
    let command = variable("GAINSAY_TEST_RABBITMQCTL");
    let mut words = command.split_whitespace();
    let output = Command::new(words.next().unwrap()).args(words).args(arguments).output().unwrap();
    assert!(output.status.success(), "{command} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// What the environment must say for tests with a broker.
#[allow(clippy::disallowed_methods, reason = "tests are told of the broker by the environment")]
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run these tests by tests/run, which starts a private RabbitMQ"))
}

fn read(message: &BasicGetMessage) -> Kept {
    let headers = message.properties.headers().as_ref().unwrap().inner();
    let text = |value: &AMQPValue| match value {
        AMQPValue::LongString(text) => text.to_string(),
        AMQPValue::LongLongInt(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let taken_at = match headers.get("gainsay-taken-at") {
        Some(AMQPValue::LongLongInt(milliseconds)) => i128::from(*milliseconds) * 1_000_000,
        other => panic!("{other:?}"),
    };
    let passage = (OffsetDateTime::from_unix_timestamp_nanos(taken_at).unwrap(), headers.get("traceparent").map(text));
    let notice =
        headers.iter().filter_map(|(name, value)| Some((name.as_str().strip_prefix("gainsay-")?.to_owned(), text(value)))).collect();
    Kept { notice, message: serde_json::from_slice(&message.data).unwrap_or_default(), passage }
}
