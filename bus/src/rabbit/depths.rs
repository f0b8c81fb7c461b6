//! How many messages are in each queue of the deployment, as the broker counts them.

use std::sync::Arc;

use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use tokio::time::timeout;

use super::connection::{Link, is_missing};
use super::{CLOSING, Shared};
use crate::metrics::{COUNTING, State};
use crate::topology::{WORK, delay_key, quarantine_key};

/// Tells the depth of every queue until the bus is closed, and nothing of them while the broker is away.
pub(super) async fn tell(shared: Arc<Shared>) {
    let looking = async {
        loop {
            match shared.link().await {
                Ok(Some(link)) => {
                    look(&shared, &link).await;
                    tokio::select! {
                        () = tokio::time::sleep(COUNTING) => {}
                        () = shared.status_changed() => {}
                    }
                }
                Ok(None) => return,
                // Reported by the bus's state.
                Err(_) => shared.status_changed().await,
            }
            if shared.state.borrow().is_err() {
                forget(&shared);
            }
        }
    };
    tokio::select! {
        () = looking => {}
        () = shared.closed.cancelled() => {}
    }
    forget(&shared);
}

async fn look(shared: &Shared, link: &Link) {
    for work in WORK {
        for (state, queue) in queues_of(work) {
            // On a channel of its own, which the broker closes where there is no such queue.
            let counted = timeout(CLOSING, count(link, shared.topology.queue(&queue))).await;
            let messages = match counted {
                Ok(Ok(messages)) => Some(messages.into()),
                Ok(Err(error)) => {
                    tracing::debug!(queue, %error, "the messages in {queue} cannot be counted: {error}");
                    if is_missing(&error) {
                        // It was deleted, and nobody else need miss it: a new connection declares it again.
                        link.lose("a queue is gone");
                    }
                    None
                }
                Err(_) => None,
            };
            shared.metrics.queue_messages(work, state, messages);
        }
    }
}

async fn count(link: &Link, queue: String) -> lapin::Result<u32> {
    let channel = link.consuming.create_channel().await?;
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let messages = channel.queue_declare(queue.into(), options, FieldTable::default()).await?.message_count();
    channel.close(200, "counted".into()).await?;
    Ok(messages)
}

fn forget(shared: &Shared) {
    for work in WORK {
        for (state, _) in queues_of(work) {
            shared.metrics.queue_messages(work, state, None);
        }
    }
}

/// The queues of a type of work by the state of what is in them, without the deployment's prefix.
fn queues_of(work: &str) -> [(State, String); 3] {
    [(State::Waiting, work.to_owned()), (State::Delayed, delay_key(work)), (State::Quarantined, quarantine_key(work))]
}
