//! Events: each listener has a queue of its own on the broker, which goes when the listener does.

use std::sync::Arc;

use futures::StreamExt;
use lapin::options::{BasicConsumeOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use tokio::sync::broadcast;

use super::Shared;
use super::connection::Link;
use super::wire::decode;
use crate::Event;

/// Events that a listener may lag behind before it loses the oldest.
const EVENTS_KEPT: usize = 1_024;

/// Listens until the answer is dropped or the bus is closed.
pub(super) fn subscribe<E: Event>(shared: &Arc<Shared>) -> broadcast::Receiver<E> {
    let (sender, receiver) = broadcast::channel(EVENTS_KEPT);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        tokio::select! {
            () = forward(&shared, &sender) => {}
            () = sender.closed() => {}
            () = shared.closed.cancelled() => {}
        }
    });
    receiver
}

async fn forward<E: Event>(shared: &Shared, sender: &broadcast::Sender<E>) {
    loop {
        match shared.link().await {
            Ok(Some(link)) => {
                if let Err(error) = forward_from::<E>(shared, &link, sender).await {
                    link.lose(&error.to_string());
                }
            }
            Ok(None) => return,
            // Reported by the bus's state; until it is mended there are no events.
            Err(_) => shared.status_changed().await,
        }
    }
}

/// Forwards the events of one connection until it is lost.
async fn forward_from<E: Event>(shared: &Shared, link: &Link, sender: &broadcast::Sender<E>) -> lapin::Result<()> {
    let channel = link.consuming.create_channel().await?;
    let options = QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
    // The broker names it.
    let queue = channel.queue_declare("".into(), options, FieldTable::default()).await?.name().clone();
    let exchange = shared.topology.event_exchange(E::TYPE);
    channel.queue_bind(queue.clone(), exchange.into(), "".into(), QueueBindOptions::default(), FieldTable::default()).await?;
    let options = BasicConsumeOptions { no_ack: true, exclusive: true, ..BasicConsumeOptions::default() };
    let mut consumer = channel.basic_consume(queue, "".into(), options, FieldTable::default()).await?;
    while let Some(delivery) = consumer.next().await {
        let delivery = delivery?;
        match decode::<E>(&delivery.properties, &delivery.data) {
            Ok(event) => {
                // An error says that nobody listens any more, and then this ends by itself.
                let _nobody_listens = sender.send(event);
            }
            Err(why) => tracing::warn!(event = E::TYPE, %why, "an event is passed over: {why}"),
        }
    }
    Ok(())
}
