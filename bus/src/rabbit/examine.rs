//! What is wrong with a broker, found without declaring, taking or changing anything.

use std::time::Duration;

use futures::StreamExt;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::uri::AMQPScheme;
use lapin::{BasicProperties, Confirmation, Event, ExchangeKind};
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::operator::Operator;
use crate::topology::{Queue, WORK, delay_key, quarantine_key};
use crate::{Config, QueuesError};

/// How long a broker that takes messages may let one wait.
const TAKING: Duration = Duration::from_secs(5);

/// The most that a greeting may take, in bytes.
const LONGEST_GREETING: usize = 65_536;

/// A routing key that nothing is bound by.
const NOWHERE: &str = "nobody.is.bound.by.this";

/// A broker as an operator finds it.
#[derive(Clone, Debug, Serialize)]
pub struct Broker {
    /// Product and version: "RabbitMQ 3.13.7"; none where it does not say so before encryption.
    pub product: Option<String>,
    /// Exchanges and queues that are missing, or there with other properties; one sentence each.
    pub wrong: Vec<String>,
    /// What the broker does not let this user do; one sentence each.
    pub refused: Vec<String>,
    /// Why it takes no messages now, if it does not.
    pub blocked: Option<String>,
    /// The queues of work that are there.
    pub queues: Vec<QueueState>,
}

/// What is in the queues of one type of work.
#[derive(Clone, Debug, Serialize)]
pub struct QueueState {
    /// The queue, without the deployment's prefix.
    pub queue: String,
    /// Messages ready to be handled.
    pub waiting: u32,
    /// Messages that come back after the delay.
    pub delayed: u32,
    /// Messages set aside.
    pub quarantined: u32,
    /// Consumers that take from the queue.
    pub consumers: u32,
    /// How many messages may wait before the broker takes no more.
    pub most: u32,
}

/// Looks at the broker of `config`. Fails where it cannot be reached or does not let this user in.
pub async fn examine(config: &Config) -> Result<Broker, QueuesError> {
    let operator = Operator::connect(config).await?;
    let mut broker = Broker { product: product(config).await, wrong: Vec::new(), refused: Vec::new(), blocked: None, queues: Vec::new() };
    let work = operator.topology.work_exchange();
    let mut exchanges = vec![(work, ExchangeKind::Direct)];
    exchanges.extend(operator.topology.event_exchanges().map(|exchange| (exchange, ExchangeKind::Fanout)));
    for (exchange, kind) in exchanges {
        let found = exchange_is_sound(&operator, &exchange, kind).await;
        broker.note(found, &format!("exchange {exchange}"))?;
    }
    for queue in operator.topology.queues() {
        let found = queue_is_sound(&operator, &queue).await;
        broker.note(found, &format!("queue {}", queue.name))?;
    }
    for work in WORK {
        // Of a queue that is missing has been told.
        let Ok(waiting) = operator.count(work).await else { continue };
        let messages = async |queue: String| operator.count(&queue).await.map_or(0, |queue| queue.message_count());
        broker.queues.push(QueueState {
            queue: work.to_owned(),
            waiting: waiting.message_count(),
            delayed: messages(delay_key(work)).await,
            quarantined: messages(quarantine_key(work)).await,
            consumers: waiting.consumer_count(),
            most: u32::try_from(crate::topology::MAX_LENGTH).unwrap_or(u32::MAX),
        });
    }
    match publish_to_nobody(&operator).await {
        Ok(blocked) => broker.blocked = blocked,
        // A missing exchange has been told of.
        Err(QueuesError::Missing { .. }) => {}
        Err(QueuesError::Denied { why, .. }) => broker.refused.push(format!("publishing is refused: {why}")),
        Err(error) => return Err(error),
    }
    Ok(broker)
}

impl Broker {
    /// Notes what was found of `what`; fails where the broker is gone.
    fn note(&mut self, found: Result<(), Unsound>, what: &str) -> Result<(), QueuesError> {
        match found {
            Ok(()) => {}
            Err(Unsound::Other(why)) => self.wrong.push(format!("{what} has other properties: {why}")),
            Err(Unsound::Queues(QueuesError::Missing { .. })) => self.wrong.push(format!("{what} is not there")),
            Err(Unsound::Queues(QueuesError::Denied { why, .. })) => self.refused.push(format!("{what}: {why}")),
            Err(Unsound::Queues(error)) => return Err(error),
        }
        Ok(())
    }
}

enum Unsound {
    /// It is there with other properties.
    Other(String),
    Queues(QueuesError),
}

impl From<QueuesError> for Unsound {
    fn from(error: QueuesError) -> Self {
        Self::Queues(error)
    }
}

/// Declaring what is there already changes nothing and is refused where the properties differ; so first is asked whether it is there.
async fn queue_is_sound(operator: &Operator, queue: &Queue) -> Result<(), Unsound> {
    let name = || queue.name.as_str().into();
    let there = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let same = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let channel = operator.channel().await?;
    operator.answer(channel.queue_declare(name(), there, FieldTable::default())).await?;
    operator.sound(channel.queue_declare(name(), same, super::connection::table(queue.arguments.clone()))).await?;
    operator.close(channel).await;
    Ok(())
}

async fn exchange_is_sound(operator: &Operator, exchange: &str, kind: ExchangeKind) -> Result<(), Unsound> {
    let there = ExchangeDeclareOptions { passive: true, ..ExchangeDeclareOptions::default() };
    let same = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let channel = operator.channel().await?;
    operator.answer(channel.exchange_declare(exchange.into(), kind.clone(), there, FieldTable::default())).await?;
    operator.sound(channel.exchange_declare(exchange.into(), kind, same, FieldTable::default())).await?;
    operator.close(channel).await;
    Ok(())
}

impl Operator {
    /// Waits for the answer to a declaration of what is there.
    async fn sound<T>(&self, declared: impl Future<Output = lapin::Result<T>>) -> Result<(), Unsound> {
        let mut other = None;
        let declared = async {
            let answer = declared.await;
            other = answer.as_ref().err().and_then(super::connection::broken_condition);
            answer
        };
        match (self.answer(declared).await, other) {
            (Ok(_), _) => Ok(()),
            (Err(_), Some(why)) => Err(Unsound::Other(why)),
            (Err(error), None) => Err(error.into()),
        }
    }
}

/// Publishes a message that no queue takes, so that nothing comes of it; answers why the broker takes none, if it does not.
async fn publish_to_nobody(operator: &Operator) -> Result<Option<String>, QueuesError> {
    let channel = operator.channel().await?;
    let mut events = operator.connection.events_listener();
    operator.answer(channel.confirm_select(ConfirmSelectOptions::default())).await?;
    let exchange = operator.topology.work_exchange();
    let options = BasicPublishOptions { mandatory: true, immediate: false };
    let published = async {
        let confirmation: Confirmation =
            channel.basic_publish(exchange.into(), NOWHERE.into(), options, b"", BasicProperties::default()).await?.await?;
        Ok(confirmation)
    };
    let blocked = async {
        while let Some(event) = events.next().await {
            if let Event::ConnectionBlocked(reason) = event {
                return reason.as_str().to_owned();
            }
        }
        std::future::pending().await
    };
    let taken = async {
        tokio::select! {
            answer = operator.answer(published) => answer.map(|_| None),
            reason = blocked => Ok(Some(reason)),
        }
    };
    let Ok(taken) = timeout(TAKING, taken).await else {
        return Ok(Some(format!("it confirmed nothing within {} s", TAKING.as_secs())));
    };
    if taken.as_ref().is_ok_and(Option::is_none) {
        operator.close(channel).await;
    }
    taken
}

/// What the broker says of itself when it greets, which the client library keeps to itself. Over TLS that is not heard.
async fn product(config: &Config) -> Option<String> {
    let (_, uri, _) = super::parse(config).ok()?;
    if uri.scheme != AMQPScheme::AMQP {
        return None;
    }
    let greeting = async {
        let mut stream = TcpStream::connect((uri.authority.host.as_str(), uri.authority.port)).await.ok()?;
        stream.write_all(b"AMQP\x00\x00\x09\x01").await.ok()?;
        let (mut greeting, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let read = stream.read(&mut buffer).await.ok()?;
            greeting.extend(buffer.get(..read)?);
            if let (Some(product), Some(version)) = (property(&greeting, "product"), property(&greeting, "version")) {
                return Some(format!("{product} {version}"));
            }
            if read == 0 || greeting.len() > LONGEST_GREETING {
                return None;
            }
        }
    };
    timeout(TAKING, greeting).await.ok().flatten()
}

/// The text called `name` in the table of a greeting: its name with its length, `S`, and the text with its length.
fn property(greeting: &[u8], name: &str) -> Option<String> {
    let key = [&[u8::try_from(name.len()).ok()?], name.as_bytes(), b"S"].concat();
    let start = greeting.windows(key.len()).position(|window| window == key)? + key.len();
    let length = u32::from_be_bytes(greeting.get(start..start + 4)?.try_into().ok()?);
    let text = greeting.get(start + 4..start + 4 + usize::try_from(length).ok()?)?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_names_its_product_and_one_cut_off_does_not() {
        let greeting = b"\x01\x00\x00\x07productS\x00\x00\x00\x08RabbitMQ\x07versionS\x00\x00\x00\x063.13.7\x01";
        assert_eq!(property(greeting, "product").as_deref(), Some("RabbitMQ"));
        assert_eq!(property(greeting, "version").as_deref(), Some("3.13.7"));
        assert_eq!(property(&greeting[..20], "version"), None);
        assert_eq!(property(b"\x07versionS\xff\xff\xff\xff3", "version"), None);
    }
}
