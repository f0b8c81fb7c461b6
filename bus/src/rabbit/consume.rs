//! The consume loop on the broker: bounded prefetch, and an acknowledgement only after the handler's outcome.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use futures::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions, BasicRejectOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Consumer};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::connection::{Link, Status};
use super::wire::{Outgoing, decode, failures, losses, message_type, passage, subject};
use super::{CLOSING, Shared};
use crate::handling::{Reason, Verdict, handle};
use crate::oldest::Held;
use crate::passage::{InHand, Passage};
use crate::quarantine::Notice;
use crate::topology::quarantine_key;
use crate::{BusError, Consumption, Handler, Work};

/// How often consumers may go away with a message before that counts as an attempt. Generous, because a consumer that goes away
/// takes with it what it had not begun, too.
const MOST_LOSSES: u32 = 5;

/// How long a connection may take to begin a consumer.
const STARTING: Duration = Duration::from_secs(10);

/// A message that the broker handed over.
struct Delivered {
    delivery: Delivery,
    passage: Passage,
    _held: Held,
}

/// Consumes until `shutdown` or the bus is closed, over reconnections, then finishes what was begun.
pub(super) async fn consume<M: Work, H: Handler<M>>(
    shared: &Arc<Shared>,
    consumption: Consumption,
    handler: H,
    shutdown: CancellationToken,
) -> Result<(), BusError> {
    let handler = Arc::new(handler);
    shared.metrics.consuming(M::QUEUE);
    // Outlives the connections, so that no more than the configured number of handlers ever runs.
    let mut running = JoinSet::new();
    let ended = loop {
        let link = tokio::select! {
            () = shutdown.cancelled() => break Ok(()),
            link = shared.link() => link,
        };
        let link = match link {
            Ok(Some(link)) => link,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        match session(shared, &link, consumption, &handler, &shutdown, &mut running).await {
            Ok(()) => break Ok(()),
            // The queue was deleted or the channel closed: a new connection declares the topology again.
            Err(why) => link.lose(&why),
        }
    };
    while running.join_next().await.is_some() {}
    ended
}

/// Consumes over one connection. `Ok` at shutdown, with everything begun finished and everything else given back.
async fn session<M: Work, H: Handler<M>>(
    shared: &Arc<Shared>,
    link: &Link,
    consumption: Consumption,
    handler: &Arc<H>,
    shutdown: &CancellationToken,
    running: &mut JoinSet<()>,
) -> Result<(), String> {
    let started = timeout(STARTING, start::<M>(shared, link, consumption)).await.map_err(|_| "consuming did not start".to_owned())?;
    let (channel, mut consumer) = started.map_err(|error| error.to_string())?;
    let mut waiting = VecDeque::new();
    loop {
        while running.len() < consumption.workers.max(1) && !waiting.is_empty() {
            let batch = waiting.drain(..consumption.batch.clamp(1, waiting.len())).collect();
            running.spawn(work::<M, H>(Arc::clone(shared), Arc::clone(handler), batch));
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = running.join_next(), if !running.is_empty() => {}
            delivery = consumer.next() => {
                waiting.push_back(shared.delivered::<M>(delivery)?);
                // Whatever else has been delivered by now belongs in the same batches.
                while let Some(next) = consumer.next().now_or_never() {
                    waiting.push_back(shared.delivered::<M>(next)?);
                }
            }
        }
    }
    // From here on errors mean that the connection is gone, which gives back what was not acknowledged just as well.
    let _gone = timeout(CLOSING, channel.basic_cancel(consumer.tag(), BasicCancelOptions::default())).await;
    while running.join_next().await.is_some() {}
    let _gone = timeout(CLOSING, channel.close(200, "done".into())).await;
    Ok(())
}

async fn start<M: Work>(shared: &Shared, link: &Link, consumption: Consumption) -> lapin::Result<(Channel, Consumer)> {
    let channel = link.consuming.create_channel().await?;
    channel.basic_qos(consumption.prefetch(), BasicQosOptions::default()).await?;
    let (queue, tag) = (shared.topology.queue(M::QUEUE), shared.consumer_name.as_str().into());
    let consumer = channel.basic_consume(queue.into(), tag, BasicConsumeOptions::default(), FieldTable::default()).await?;
    Ok((channel, consumer))
}

/// Handles one batch and settles each of its messages with the broker.
async fn work<M: Work, H: Handler<M>>(shared: Arc<Shared>, handler: Arc<H>, batch: Vec<Delivered>) {
    let queue = shared.topology.queue(M::QUEUE);
    let (mut held, mut hands, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for delivered in batch {
        let Delivered { delivery, passage, _held } = &delivered;
        let attempts = failures(&delivery.properties, &queue) + 1;
        let losses = losses(&delivery.properties);
        let hand = InHand::new(M::QUEUE, subject(&delivery.properties), passage.clone(), attempts);
        let verdict = if losses >= MOST_LOSSES {
            // It may well be what ends its consumers, so it waits while the others are handled.
            let why = format!("{losses} consumers went away without an answer while they held it");
            Verdict::of_failure(why, Reason::Lost, attempts, shared.attempts)
        } else {
            match decode::<M>(&delivery.properties, &delivery.data) {
                Ok(message) => {
                    hands.push(InHand { subject: message.subject(), ..hand });
                    messages.push(message);
                    held.push((delivered, attempts));
                    continue;
                }
                Err(why) => Verdict::SetAside(Reason::Undecodable, why),
            }
        };
        shared.settle::<M>(delivered, verdict, attempts).instrument(hand.span).await;
    }
    if messages.is_empty() {
        return;
    }
    let outcomes = handle(&*handler, messages, &hands, &shared.metrics).await;
    let settle = |(((delivered, attempts), hand), outcome): ((_, InHand), _)| {
        shared.settle::<M>(delivered, Verdict::of(outcome, attempts, shared.attempts), attempts).instrument(hand.span)
    };
    join_all(held.into_iter().zip(hands).zip(outcomes).map(settle)).await;
}

impl Shared {
    /// The connection, once there is one; none when the bus is closed.
    pub(super) async fn link(&self) -> Result<Option<Arc<Link>>, BusError> {
        let mut status = self.status.subscribe();
        loop {
            match &*status.borrow_and_update() {
                Status::Up(link) if !link.is_lost() => return Ok(Some(Arc::clone(link))),
                Status::Up(_) | Status::Down => {}
                Status::Mismatch { queue, why } => return Err(BusError::Topology { queue: queue.clone(), why: why.clone() }),
                Status::Closed => return Ok(None),
            }
            if status.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    /// Takes up what the broker handed over.
    fn delivered<M: Work>(&self, delivery: Option<lapin::Result<Delivery>>) -> Result<Delivered, String> {
        match delivery {
            Some(Ok(delivery)) => {
                let passage = passage(&delivery.properties);
                Ok(Delivered { _held: self.metrics.hold(M::QUEUE, &passage), delivery, passage })
            }
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the broker ended the consumer".to_owned()),
        }
    }

    /// Tells the broker what became of a message. Where the connection is gone, it will be delivered again instead.
    async fn settle<M: Work>(&self, delivered: Delivered, verdict: Verdict, attempts: u32) {
        let Delivered { delivery, passage, _held } = delivered;
        self.metrics.handled(M::QUEUE, &verdict, &passage);
        tracing::Span::current().record("outcome", verdict.label());
        tracing::debug!(queue = M::QUEUE, attempts, "an article of {} was handled: {}", M::QUEUE, verdict.label());
        if let Verdict::ComeBack(why) = &verdict {
            let subject = subject(&delivery.properties);
            tracing::warn!(queue = M::QUEUE, %subject, %why, attempts, "{subject} comes back to {} later: {why}", M::QUEUE);
        }
        let acker = delivery.acker.clone();
        let done = match verdict {
            Verdict::SetAside(reason, why) if self.set_aside::<M>(delivery, &passage, &why, attempts).await => {
                self.metrics.quarantined(M::QUEUE, reason);
                Verdict::Done
            }
            other => other,
        };
        // The client may wait for ever for a connection that is gone, and its worker with it.
        let settled = timeout(CLOSING, async {
            match &done {
                Verdict::Done => acker.ack(BasicAckOptions::default()).await,
                Verdict::ComeBack(_) => acker.reject(BasicRejectOptions { requeue: false }).await,
                Verdict::SetAside(..) => acker.nack(BasicNackOptions { requeue: true, multiple: false }).await,
            }
        });
        let settled = settled.await.map_err(|_| "no answer".to_owned()).and_then(|settled| settled.map_err(|error| error.to_string()));
        if let Err(error) = settled {
            tracing::debug!(queue = M::QUEUE, %error, "an acknowledgement was lost with its connection: {error}");
        }
    }

    /// Puts the message into quarantine; says whether it is there.
    async fn set_aside<M: Work>(&self, delivery: Delivery, passage: &Passage, why: &str, attempts: u32) -> bool {
        let Delivery { properties, data, .. } = delivery;
        let subject = subject(&properties);
        let queue = self.topology.queue(M::QUEUE);
        let notice = Notice::new(&self.consumer_name, &message_type(&properties), &subject, &queue, why, attempts);
        let outgoing = Outgoing::set_aside(self.topology.work_exchange(), quarantine_key(M::QUEUE), data, properties, passage, &notice);
        match self.publish(outgoing).await {
            Ok(()) => {
                tracing::error!(queue = M::QUEUE, %subject, %why, "{subject} is set aside: {why}");
                true
            }
            Err(error) => {
                tracing::error!(queue = M::QUEUE, %subject, %why, %error, "{subject} cannot be set aside yet ({error}): {why}");
                false
            }
        }
    }
}
