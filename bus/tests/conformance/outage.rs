//! The broker fails in mid-flow: nothing confirmed is lost, and publishing and consuming go on by themselves.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::{ArticleFetchedV1, Handler, Outcome};
use tokio::sync::Semaphore;

use crate::broker::{OnBroker, rabbitmqctl};
use crate::fixture::{Fixture, Scripted, article, consume, until, within};

/// How many messages flow during the disturbances.
const MESSAGES: usize = 3_000;

#[tokio::test(flavor = "multi_thread")]
async fn no_confirmed_message_is_lost_when_connections_are_closed() {
    nothing_is_lost(&[&["close_all_connections", "test"], &["close_all_connections", "test"], &["close_all_connections", "test"]]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_confirmed_message_is_lost_when_the_broker_restarts() {
    nothing_is_lost(&[&["stop_app"], &["start_app"]]).await;
}

/// Publishes and consumes while rabbitmqctl runs these commands one after the other.
async fn nothing_is_lost(disturbances: &'static [&'static [&'static str]]) {
    let fixture = OnBroker::start_alone().await;
    let (bus, handler) = (fixture.bus(), Slow { handler: Scripted::done() });
    let consumer = consume(&bus, 4, 4, handler.clone());
    let at_once = Arc::new(Semaphore::new(32));
    let mut published = Vec::new();
    for number in 0..MESSAGES {
        let (bus, at_once) = (bus.clone(), at_once.clone());
        published.push(tokio::spawn(async move {
            let _permit = at_once.acquire().await.unwrap();
            bus.publish(&article(number)).await
        }));
    }
    until("messages flow", || handler.handler.seen().len() > 100).await;
    for disturbance in disturbances {
        tokio::task::spawn_blocking(|| rabbitmqctl(disturbance)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(handler.handler.seen().len() < MESSAGES, "the disturbances came too late to disturb anything");
    for one in published {
        within(one).await.unwrap().expect("publishing waits for the connection to come back");
    }
    until("all are handled", || handler.handler.seen().into_iter().collect::<BTreeSet<_>>().len() == MESSAGES).await;
    until("the bus is there", || bus.state().borrow().is_ok()).await;
    consumer.stop().await;
    let repeated = handler.handler.seen().len() - MESSAGES;
    assert!(repeated < 500, "what was in flight is handled again, not more: {repeated}");
    assert!(fixture.quarantined().await.is_empty());
    assert!(fixture.get("article.fetched").await.is_none(), "nothing is left");
    fixture.end().await;
}

/// Takes a moment for each batch, so that some are always in hand.
#[derive(Clone)]
struct Slow {
    handler: Scripted,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Slow {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.handler.handle(messages).await
    }
}
