//! The consume loop within one process.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::InProcess;
use super::queue::{Queue, Taken};
use crate::handling::{Reason, Verdict, handle};
use crate::metrics::{COUNTING, State};
use crate::passage::InHand;
use crate::quarantine::Notice;
use crate::{Consumption, Handler, PublishError, Receipt, Work};

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
    bus.metrics.consuming(M::QUEUE);
    let consuming = async {
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
    };
    tokio::select! {
        () = consuming => {}
        () = tell_depths(bus, &queue) => {}
    }
    drop(attached);
    while running.join_next().await.is_some() {}
}

/// Tells again and again how many messages there are; never returns.
async fn tell_depths<M: Work>(bus: &InProcess, queue: &Queue<M>) {
    let mut looks = tokio::time::interval(COUNTING);
    loop {
        looks.tick().await;
        let set_aside = match bus.quarantine.clone() {
            // A folder that cannot be read has an unknown depth.
            Some(folder) => tokio::task::spawn_blocking(move || folder.count(M::TYPE).ok()).await.ok().flatten(),
            None => Some(0),
        };
        let depths = [(State::Waiting, Some(queue.waiting())), (State::Delayed, Some(queue.delayed())), (State::Quarantined, set_aside)];
        for (state, messages) in depths {
            bus.metrics.queue_messages(M::QUEUE, state, messages.and_then(|messages| i64::try_from(messages).ok()));
        }
    }
}

/// Handles one batch and settles each of its messages.
async fn work<M: Work, H: Handler<M>>(bus: Arc<InProcess>, queue: Arc<Queue<M>>, handler: Arc<H>, mut batch: Vec<Taken<M>>) {
    let (mut hands, mut messages, mut attempts, mut held) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for taken in &mut batch {
        attempts.push(taken.begin());
        if let (Some(message), Some(passage)) = (taken.message(), taken.passage()) {
            held.push(bus.metrics.hold(M::QUEUE, passage));
            hands.push(InHand::new(M::QUEUE, message.subject(), passage.clone(), attempts.last().copied().unwrap_or_default()));
            messages.push(message.clone());
        }
    }
    let outcomes = handle(&*handler, messages, &hands, &bus.metrics).await;
    for ((((taken, attempts), hand), _held), outcome) in batch.into_iter().zip(attempts).zip(hands).zip(held).zip(outcomes) {
        let verdict = Verdict::of(outcome, attempts, bus.limits.attempts);
        bus.metrics.handled(M::QUEUE, &verdict, &hand.passage);
        hand.span.record("outcome", verdict.label());
        tracing::debug!(parent: &hand.span, queue = M::QUEUE, attempts, "an article of {} was handled: {}", M::QUEUE, verdict.label());
        match verdict {
            Verdict::Done => taken.settle(Ok(Receipt::Handled)),
            Verdict::ComeBack(why) => hand.span.in_scope(|| come_back(&bus, &queue, taken, &why)),
            Verdict::SetAside(reason, why) => quarantine(&bus, taken, reason, why, attempts).instrument(hand.span).await,
        }
    }
}

/// Puts the message back after the delay, or at once where the queue closes, which gives it to its publisher.
fn come_back<M: Work>(bus: &InProcess, queue: &Arc<Queue<M>>, taken: Taken<M>, why: &str) {
    let subject = taken.message().map(M::subject).unwrap_or_default();
    tracing::warn!(queue = M::QUEUE, %subject, %why, "{subject} comes back to {} later: {why}", M::QUEUE);
    let (delay, queue, delayed) = (bus.limits.retry_delay, Arc::clone(queue), taken.delay());
    tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = queue.closed() => {}
        }
        drop(delayed);
    });
}

async fn quarantine<M: Work>(bus: &InProcess, taken: Taken<M>, reason: Reason, why: String, attempts: u32) {
    let (Some(message), Some(passage)) = (taken.message(), taken.passage().cloned()) else { return };
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
            let written = tokio::task::spawn_blocking(move || folder.keep(&notice, &passage, message)).await;
            match written {
                Ok(Ok(_)) => {
                    bus.metrics.quarantined(M::QUEUE, reason);
                    Ok(())
                }
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
