//! An operator's own connection: counts queues, walks through quarantine, and puts messages back to work. Declares nothing.

use std::time::Duration;

use lapin::message::BasicGetMessage;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::types::FieldTable;
use lapin::uri::AMQPUri;
use lapin::{Channel, Confirmation, Connection, ConnectionProperties, ErrorKind, Queue};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::wire::{as_new, notice, passage};
use super::{CLOSING, HEARTBEAT_S};
use crate::queues::{Depth, QueuesError, Replayed, SetAside};
use crate::topology::{Topology, WORK, delay_key, quarantine_key};
use crate::{Config, Receipt};

/// How long connecting, and each answer of the broker, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often, and how long apart, is looked whether what was handed back has arrived.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// A connection to the broker for as long as an operator needs it.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(super) connection: Connection,
    pub(super) topology: Topology,
    address: String,
    confirm: Duration,
}

/// What is to become of a message in quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It stays where it is.
    Keep,
    /// It goes back to its queue.
    Replay,
    /// It goes for good.
    Discard,
}

impl Operator {
    /// Connects, once.
    pub(crate) async fn connect(config: &Config) -> Result<Self, QueuesError> {
        let (topology, mut uri, address) = super::parse(config)?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_S);
        let connection = open(uri, &address).await?;
        let confirm = Duration::from_secs(config.confirm_timeout_s.get().into());
        Ok(Self { connection, topology, address, confirm })
    }

    /// How much is in each queue of work. The age of what waits is seen by handing out its head and taking it back.
    pub(crate) async fn depths(&self) -> Result<Vec<Depth>, QueuesError> {
        let mut depths = Vec::new();
        for work in WORK {
            let waiting = self.count(work).await?;
            let delayed = self.count(&delay_key(work)).await?;
            let quarantined = self.count(&quarantine_key(work)).await?;
            let mut heads = Vec::new();
            for (queue, count) in [(work.to_owned(), &waiting), (delay_key(work), &delayed)] {
                if count.message_count() > 0 {
                    heads.extend(self.head(&queue).await?.map(|message| passage(&message.properties).taken_at));
                }
            }
            let oldest_set_aside = self.oldest_set_aside(work).await?;
            depths.push(Depth {
                queue: work.to_owned(),
                waiting: Some(waiting.message_count().into()),
                delayed: Some(delayed.message_count().into()),
                quarantined: quarantined.message_count().into(),
                consumers: Some(waiting.consumer_count().into()),
                oldest_taken_in: heads.into_iter().min(),
                oldest_set_aside,
            });
        }
        Ok(depths)
    }

    /// When the oldest message in the quarantine of `work` was set aside. Its head alone would not tell: what is handed back in part
    /// comes after the rest.
    async fn oldest_set_aside(&self, work: &str) -> Result<Option<OffsetDateTime>, QueuesError> {
        let mut oldest = None;
        let look = |message: &SetAside, _: &[u8]| {
            oldest = [oldest, message.moment()].into_iter().flatten().min();
            Verdict::Keep
        };
        self.walk(work, look).await?;
        Ok(oldest)
    }

    /// Shows `visit` each message in the quarantine of `work`, in their order, and does with it what that says; answers what came of those
    /// that were to be replayed. What is kept is handed back unchanged once all were seen, so that its order stays.
    pub(crate) async fn walk(
        &self,
        work: &str,
        mut visit: impl FnMut(&SetAside, &[u8]) -> Verdict + Send,
    ) -> Result<Vec<Replayed>, QueuesError> {
        let key = quarantine_key(work);
        // What is set aside from here on, replayed ones among it, is not looked at.
        let count = self.count(&key).await?.message_count();
        let channel = self.channel().await?;
        self.answer(channel.confirm_select(ConfirmSelectOptions::default())).await?;
        let (mut replayed, mut held, mut kept) = (Vec::new(), None, 0);
        for _ in 0..count {
            let Some(message) = self.get(&channel, &key).await? else { break };
            let about = SetAside::new(work.to_owned(), notice(&message.properties), &message.data);
            let verdict = visit(&about, &message.data);
            let tag = message.delivery_tag;
            let done = match verdict {
                Verdict::Discard => true,
                Verdict::Replay => {
                    let outcome = self.publish(&channel, work, message).await?;
                    let taken_over = outcome.is_ok();
                    replayed.push(Replayed { message: about, outcome: outcome.map(|()| Receipt::Queued) });
                    taken_over
                }
                Verdict::Keep => false,
            };
            if done {
                self.answer(channel.basic_ack(tag, BasicAckOptions { multiple: false })).await?;
            } else {
                held = Some(tag);
                kept += 1;
            }
        }
        self.hand_back(channel, held).await?;
        // The queue takes them back a moment later: whoever looks next is to see them.
        for _ in 0..LOOKS {
            if self.count(&key).await?.message_count() >= kept {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(replayed)
    }

    /// The counts of a queue, which must be there.
    pub(super) async fn count(&self, queue: &str) -> Result<Queue, QueuesError> {
        let name = self.topology.queue(queue);
        // A channel of its own: the broker closes it where the queue is missing.
        let channel = self.channel().await?;
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let counted = self.answer(channel.queue_declare(name.as_str().into(), options, FieldTable::default())).await;
        match counted {
            Ok(queue) => {
                self.close(channel).await;
                Ok(queue)
            }
            Err(QueuesError::Missing { .. }) => Err(QueuesError::Missing { queue: name, address: self.address.clone() }),
            Err(error) => Err(error),
        }
    }

    /// The message at the head of a queue, handed back at once.
    async fn head(&self, queue: &str) -> Result<Option<BasicGetMessage>, QueuesError> {
        let channel = self.channel().await?;
        let message = self.get(&channel, queue).await?;
        self.hand_back(channel, message.as_ref().map(|message| message.delivery_tag)).await?;
        Ok(message)
    }

    async fn get(&self, channel: &Channel, queue: &str) -> Result<Option<BasicGetMessage>, QueuesError> {
        self.answer(channel.basic_get(self.topology.queue(queue).into(), BasicGetOptions { no_ack: false })).await
    }

    /// Gives everything back that was taken on `channel` up to `last` and not acknowledged. What a lost connection held goes back by itself.
    async fn hand_back(&self, channel: Channel, last: Option<u64>) -> Result<(), QueuesError> {
        if let Some(tag) = last {
            self.answer(channel.basic_nack(tag, BasicNackOptions { multiple: true, requeue: true })).await?;
        }
        self.close(channel).await;
        Ok(())
    }

    /// Puts a message back to work, without what was noted of its failures; `Err` within says why it was not taken.
    async fn publish(&self, channel: &Channel, work: &str, message: BasicGetMessage) -> Result<Result<(), String>, QueuesError> {
        let BasicGetMessage { delivery, .. } = message;
        let properties = as_new(delivery.properties);
        let options = BasicPublishOptions { mandatory: true, immediate: false };
        let exchange = self.topology.work_exchange();
        let published = timeout(self.confirm, async {
            channel.basic_publish(exchange.into(), work.into(), options, &delivery.data, properties).await?.await
        });
        match published.await {
            Ok(Ok(Confirmation::Ack(None) | Confirmation::NotRequested)) => Ok(Ok(())),
            Ok(Ok(Confirmation::Nack(None))) => Ok(Err(format!("{} is full", self.topology.queue(work)))),
            Ok(Ok(Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)))) => {
                Ok(Err(format!("{} is not bound: restart a service to declare it again", self.topology.queue(work))))
            }
            Ok(Err(error)) => Err(self.failed(&error)),
            Err(_) => Err(self.silent()),
        }
    }

    pub(super) async fn channel(&self) -> Result<Channel, QueuesError> {
        self.answer(self.connection.create_channel()).await
    }

    /// Ends a channel. One that is gone has given back what it held.
    pub(super) async fn close(&self, channel: Channel) {
        let _gone = timeout(CLOSING, channel.close(200, "done".into())).await;
    }

    /// Waits for the broker's answer.
    pub(super) async fn answer<T>(&self, asked: impl Future<Output = lapin::Result<T>>) -> Result<T, QueuesError> {
        match timeout(PATIENCE, asked).await {
            Ok(answer) => answer.map_err(|error| self.failed(&error)),
            Err(_) => Err(self.silent()),
        }
    }

    fn failed(&self, error: &lapin::Error) -> QueuesError {
        sort(error, &self.address)
    }

    fn silent(&self) -> QueuesError {
        QueuesError::Unreachable { address: self.address.clone(), why: format!("no answer within {} s", PATIENCE.as_secs()) }
    }
}

async fn open(uri: AMQPUri, address: &str) -> Result<Connection, QueuesError> {
    let properties = ConnectionProperties::default().with_connection_name("gainsay operator".into());
    let Ok(opened) = timeout(PATIENCE, Connection::connect_uri(uri, properties)).await else {
        let why = format!("no answer within {} s", PATIENCE.as_secs());
        return Err(QueuesError::Unreachable { address: address.to_owned(), why });
    };
    opened.map_err(|error| sort(&error, address))
}

/// Tells apart what waiting may mend and what it does not.
fn sort(error: &lapin::Error, address: &str) -> QueuesError {
    let address = address.to_owned();
    if let ErrorKind::ProtocolError(why) = error.kind() {
        let said = why.get_message().to_string();
        match why.kind() {
            AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND) => return QueuesError::Missing { queue: said, address },
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => {
                return QueuesError::Denied { address, why: said };
            }
            _ => {}
        }
    }
    QueuesError::Unreachable { address, why: error.to_string() }
}
