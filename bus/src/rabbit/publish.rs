//! Publishing over one channel, with many messages in flight, each resolved by its own confirmation.
//!
//! One task per connection owns the channel, for two reasons that lie in the client library. It numbers a message and
//! sends it in two steps, so that two tasks could have their confirmations swapped. And it hands a returned message to
//! whichever confirmation comes next, not to its own: here each message carries a number of its own, and a confirmation
//! counts only once every confirmation before it has been looked at for a returned message.

use std::collections::HashSet;
use std::sync::Arc;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use lapin::message::BasicReturnMessage;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{Channel, Confirmation, Connection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::connection::{Status, broken_condition};
use super::wire::Outgoing;
use super::{BYTES_THAT_ANY_BROKER_TAKES, Shared};
use crate::PublishError;

/// The publishing end of a connection.
#[derive(Debug)]
pub(super) struct Publisher {
    jobs: mpsc::UnboundedSender<Job>,
}

#[derive(Debug)]
struct Job {
    outgoing: Arc<Outgoing>,
    verdict: oneshot::Sender<Verdict>,
}

/// What the broker did with a message.
#[derive(Debug)]
enum Verdict {
    /// It has it, on disk if it is owed.
    Confirmed,
    /// No queue is bound for it.
    Returned,
    /// Its queue takes no more.
    Refused,
    /// It takes none of this size, and has closed the channel for it.
    TooLarge(String),
    /// It may have it or not.
    Unknown,
    /// It may have it or not, and the channel is gone.
    Lost(String),
}

impl Publisher {
    /// Opens a channel with confirmations. Its task ends with the publisher.
    pub(super) async fn open(connection: &Connection) -> lapin::Result<Self> {
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let (jobs, queue) = mpsc::unbounded_channel();
        tokio::spawn(publish_all(channel, queue));
        Ok(Self { jobs })
    }
}

impl Shared {
    /// Publishes until the broker confirms, over reconnections, for at most the configured time.
    pub(super) async fn publish(&self, outgoing: Outgoing) -> Result<(), PublishError> {
        let queue = self.topology.queue(&outgoing.routing_key);
        let confirmed = tokio::select! {
            confirmed = timeout(self.confirm_timeout, self.publish_until_confirmed(Arc::new(outgoing), queue)) => confirmed,
            () = self.closed.cancelled() => return Err(PublishError::Closed),
        };
        confirmed.unwrap_or_else(|_| {
            let seconds = self.confirm_timeout.as_secs();
            let why = self.state.borrow().clone().err().unwrap_or_else(|| "it is connected but does not answer".to_owned());
            Err(PublishError::Unavailable(format!("not confirmed within {seconds} s; {why}")))
        })
    }

    async fn publish_until_confirmed(&self, outgoing: Arc<Outgoing>, queue: String) -> Result<(), PublishError> {
        let _bounded = self.unconfirmed.acquire().await.map_err(|_| PublishError::Closed)?;
        let mut status = self.status.subscribe();
        loop {
            let link = match &*status.borrow_and_update() {
                Status::Up(link) if !link.is_lost() => Some(link.clone()),
                Status::Closed => return Err(PublishError::Closed),
                _ => None,
            };
            let Some(link) = link else {
                status.changed().await.map_err(|_| PublishError::Closed)?;
                continue;
            };
            let (verdict, answer) = oneshot::channel();
            // A job that its task did not take, or did not answer, was cut off with its connection.
            let verdict = match link.publisher.jobs.send(Job { outgoing: Arc::clone(&outgoing), verdict }) {
                Ok(()) => answer.await.ok(),
                Err(_) => None,
            };
            match verdict.unwrap_or_else(|| Verdict::Lost("it was closed".to_owned())) {
                Verdict::Confirmed => return Ok(()),
                Verdict::Returned => {
                    // The queue was deleted: a new connection declares it again.
                    link.lose("a queue is gone");
                    return Err(PublishError::Unroutable { queue });
                }
                Verdict::Refused => return Err(PublishError::Unavailable(format!("{queue} is full"))),
                Verdict::TooLarge(why) => {
                    link.lose(&why);
                    return Err(PublishError::Unsendable(format!("the broker refused it ({why}); raise its max_message_size")));
                }
                Verdict::Unknown => {}
                Verdict::Lost(why) => link.lose(&why),
            }
        }
    }
}

/// Publishes job after job, and answers each when its confirmation has come.
async fn publish_all(channel: Channel, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let mut unconfirmed = FuturesUnordered::new();
    let mut returned = HashSet::new();
    let mut number = 0_u64;
    loop {
        tokio::select! {
            biased;
            Some(first) = unconfirmed.next(), if !unconfirmed.is_empty() => {
                let mut settled = vec![first];
                // A message that was returned is reported by a confirmation that was resolved no later than its own. Whatever
                // was resolved by now is ready by now: so once nothing is ready, every report for these has been seen.
                while let Some(Some(next)) = unconfirmed.next().now_or_never() {
                    settled.push(next);
                }
                settle(settled, &mut returned);
            }
            job = jobs.recv() => match job {
                Some(job) => {
                    number += 1;
                    unconfirmed.push(publish_one(&channel, number, job));
                }
                None => return,
            },
        }
    }
}

type Confirmed = (u64, Job, lapin::Result<Confirmation>);

async fn publish_one(channel: &Channel, number: u64, job: Job) -> Confirmed {
    let Outgoing { exchange, routing_key, body, properties, owed } = &*job.outgoing;
    let options = BasicPublishOptions { mandatory: *owed, immediate: false };
    let properties = properties.clone().with_correlation_id(number.to_string().as_str().into());
    let sent = channel.basic_publish(exchange.as_str().into(), routing_key.as_str().into(), options, body, properties).await;
    let confirmation = match sent {
        Ok(confirmation) => confirmation.await,
        Err(error) => Err(error),
    };
    (number, job, confirmation)
}

/// Answers these jobs. `returned` holds the numbers of messages that came back and whose own confirmation is still to come.
fn settle(settled: Vec<Confirmed>, returned: &mut HashSet<u64>) {
    let mut verdicts = Vec::with_capacity(settled.len());
    for (number, job, confirmation) in settled {
        let verdict = match confirmation {
            Ok(Confirmation::Ack(None) | Confirmation::NotRequested) => Verdict::Confirmed,
            Ok(Confirmation::Nack(None)) => Verdict::Refused,
            Ok(Confirmation::Ack(Some(message)) | Confirmation::Nack(Some(message))) => {
                returned.extend(number_of(&message));
                // If it was another's, this one's own may be reported later or not at all.
                Verdict::Unknown
            }
            Err(error) => match broken_condition(&error) {
                Some(why) if job.outgoing.body.len() > BYTES_THAT_ANY_BROKER_TAKES => Verdict::TooLarge(why),
                _ => Verdict::Lost(error.to_string()),
            },
        };
        verdicts.push((number, job, verdict));
    }
    for (number, job, verdict) in verdicts {
        let verdict = if returned.remove(&number) { Verdict::Returned } else { verdict };
        // A publisher that no longer waits has nothing to be told.
        let _gone = job.verdict.send(verdict);
    }
}

fn number_of(message: &BasicReturnMessage) -> Option<u64> {
    message.properties.correlation_id().as_ref().and_then(|number| number.as_str().parse().ok())
}
