//! The consume loop within one process.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::InProcess;
use super::queue::{Queue, Taken};
use crate::handling::{handle, verdict};
use crate::quarantine::Notice;
use crate::{Consumption, Handler, Outcome, PublishError, Receipt, Work};

/// Consumes until `shutdown` or the bus is closed, then finishes what was begun.
pub(super) async fn consume<M: Work, H: Handler<M>>(
    bus: &Arc<InProcess>,
    queue: Arc<Queue<M>>,
    consumption: Consumption,
    handler: H,
    shutdown: CancellationToken,
) {
    let handler = Arc::new(handler);
    let attached = queue.attach();
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            () = bus.closed.cancelled() => break,
            Some(_) = running.join_next(), if !running.is_empty() => {}
            taken = queue.take(consumption.batch), if running.len() < consumption.workers.max(1) => {
                running.spawn(work(Arc::clone(bus), Arc::clone(&queue), Arc::clone(&handler), taken));
            }
        }
    }
    drop(attached);
    while running.join_next().await.is_some() {}
}

/// Handles one batch and settles each of its messages.
async fn work<M: Work, H: Handler<M>>(bus: Arc<InProcess>, queue: Arc<Queue<M>>, handler: Arc<H>, mut batch: Vec<Taken<M>>) {
    let attempts: Vec<u32> = batch.iter_mut().map(Taken::begin).collect();
    let messages = batch.iter().filter_map(|taken| taken.message().cloned()).collect();
    let outcomes = handle(&*handler, messages, &bus.metrics).await;
    for ((taken, attempts), outcome) in batch.into_iter().zip(attempts).zip(outcomes) {
        let outcome = verdict(outcome, attempts, bus.limits.attempts);
        bus.metrics.handled(M::QUEUE, &outcome);
        match outcome {
            Outcome::Done => taken.settle(Ok(Receipt::Handled)),
            Outcome::RetryLater(why) => come_back(&bus, &queue, taken, &why),
            Outcome::Quarantine(why) => quarantine(&bus, taken, why, attempts).await,
        }
    }
}

/// Puts the message back after the delay, or at once where the queue closes, which gives it to its publisher.
fn come_back<M: Work>(bus: &InProcess, queue: &Arc<Queue<M>>, taken: Taken<M>, why: &str) {
    let subject = taken.message().map(M::subject).unwrap_or_default();
    tracing::warn!(queue = M::QUEUE, %subject, %why, "{subject} comes back to {} later: {why}", M::QUEUE);
    let (delay, queue) = (bus.limits.retry_delay, Arc::clone(queue));
    tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = queue.closed() => {}
        }
        drop(taken);
    });
}

async fn quarantine<M: Work>(bus: &InProcess, taken: Taken<M>, why: String, attempts: u32) {
    let Some(message) = taken.message() else { return };
    let subject = message.subject();
    tracing::error!(queue = M::QUEUE, %subject, %why, "{subject} is set aside: {why}");
    // By way of the text, so that a number is kept as it would travel.
    let json = serde_json::to_vec(message).and_then(|text| serde_json::from_slice(&text));
    let kept = match (&bus.quarantine, json) {
        (_, Err(error)) => Err(error.to_string()),
        (None, _) => Err("no quarantine is configured".to_owned()),
        (Some(folder), Ok(message)) => {
            let notice = Notice::new("in process", M::TYPE, &subject, M::QUEUE, &why, attempts);
            let folder = folder.clone();
            let written = tokio::task::spawn_blocking(move || folder.keep(&notice, message)).await;
            match written {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(error) => Err(error.to_string()),
            }
        }
    };
    taken.settle(match kept {
        Ok(()) => Ok(Receipt::Quarantined(why)),
        Err(unkept) => Err(PublishError::Refused { subject, why, unkept }),
    });
}
