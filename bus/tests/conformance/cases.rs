//! The cases that every backend must pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bus::{ArticleFetchedV1, Consumption, Handler, LedgerChangedV1, Message, Outcome, PublishError, Receipt};
use tokio::sync::{Barrier, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::fixture::{ATTEMPTS, Fixture, RETRY_DELAY, Scripted, all_taken, article, consume, number, publish, until, within};

pub(crate) async fn everything_published_is_handled_once(fixture: &impl Fixture) {
    let handler = Scripted::done();
    let consumer = consume(&fixture.bus(), 3, 4, handler.clone());
    let receipts = all_taken(publish(&fixture.bus(), 0..200)).await;
    let expected = if fixture.waits_to_the_end() { Receipt::Handled } else { Receipt::Queued };
    assert!(receipts.iter().all(|receipt| *receipt == expected), "{receipts:?}");
    until("everything is handled", || handler.seen().len() >= 200).await;
    consumer.stop().await;
    assert_eq!(handler.seen(), (0..200).collect::<Vec<_>>());
}

pub(crate) async fn what_is_to_be_retried_comes_back_after_the_delay(fixture: &impl Fixture) {
    let handler = Scripted::new(|_, tries| if tries == 1 { Outcome::RetryLater("busy".into()) } else { Outcome::Done });
    let consumer = consume(&fixture.bus(), 1, 1, handler.clone());
    let begun = Instant::now();
    let published = publish(&fixture.bus(), [1, 2]);
    until("both came back", || handler.seen() == [1, 1, 2, 2]).await;
    assert!(begun.elapsed() >= RETRY_DELAY, "{:?}", begun.elapsed());
    all_taken(published).await;
    consumer.stop().await;
    assert!(fixture.quarantined().await.is_empty());
}

pub(crate) async fn after_the_last_attempt_it_is_set_aside_with_a_notice(fixture: &impl Fixture) {
    let handler = Scripted::new(|number, _| if number == 7 { Outcome::RetryLater("always busy".into()) } else { Outcome::Done });
    let consumer = consume(&fixture.bus(), 2, 2, handler.clone());
    let published = publish(&fixture.bus(), [7, 8]);
    let receipts = all_taken(published).await;
    until("the last attempt", || handler.seen() == [7, 7, 7, 8]).await;
    let kept = set_aside(fixture, 1).await;
    consumer.stop().await;
    assert_eq!(handler.seen().iter().filter(|number| **number == 7).count(), ATTEMPTS as usize);
    let notice = &kept[0].notice;
    assert_eq!(notice["type"], "ArticleFetchedV1");
    assert_eq!(notice["subject"], article(7).subject());
    assert_eq!(notice["why"], "given up after 3 attempts; the last: always busy");
    assert_eq!(notice["attempts"], "3");
    assert!(notice["where"].ends_with("article.fetched"), "{notice:?}");
    assert!(!notice["who"].is_empty() && notice["when"].starts_with("20") && notice["when"].ends_with('Z'), "{notice:?}");
    assert_eq!(kept[0].message, serde_json::to_value(article(7)).unwrap());
    if fixture.waits_to_the_end() {
        assert_eq!(receipts[0], Receipt::Quarantined(notice["why"].clone()));
    }
}

pub(crate) async fn what_can_never_succeed_is_set_aside_at_once(fixture: &impl Fixture) {
    let handler = Scripted::new(|_, _| Outcome::Quarantine("too hard".into()));
    let consumer = consume(&fixture.bus(), 1, 2, handler.clone());
    all_taken(publish(&fixture.bus(), 0..3)).await;
    let kept = set_aside(fixture, 3).await;
    consumer.stop().await;
    assert_eq!(handler.seen(), [0, 1, 2], "each is tried once");
    assert!(kept.iter().all(|kept| kept.notice["why"] == "too hard" && kept.notice["attempts"] == "1"), "{kept:?}");
}

pub(crate) async fn a_handler_that_panics_or_answers_too_little_is_tried_again(fixture: &impl Fixture) {
    let handler = Faulty { calls: Arc::default() };
    let consumer = consume(&fixture.bus(), 1, 1, handler.clone());
    let published = publish(&fixture.bus(), [1]);
    until("the third call", || handler.calls.load(Ordering::SeqCst) == 3).await;
    all_taken(published).await;
    consumer.stop().await;
    assert!(fixture.quarantined().await.is_empty());
}

pub(crate) async fn batches_fill_up_and_never_overflow(fixture: &impl Fixture) {
    let handler = Sizes::default();
    let published = publish(&fixture.bus(), 0..50);
    if !fixture.waits_to_the_end() {
        all_taken(published).await;
    }
    let consumer = consume(&fixture.bus(), 1, 8, handler.clone());
    until("all are handled", || handler.sizes().iter().sum::<usize>() == 50).await;
    consumer.stop().await;
    let sizes = handler.sizes();
    assert!(sizes.iter().all(|size| (1..=8).contains(size)), "{sizes:?}");
    assert!(sizes.iter().filter(|size| **size == 8).count() >= 4, "where messages wait, batches are full: {sizes:?}");
}

pub(crate) async fn workers_run_at_once(fixture: &impl Fixture) {
    let met = Arc::new(AtomicUsize::new(0));
    let handler = AllAtOnce { barrier: Barrier::new(4), met: met.clone() };
    let consumer = consume(&fixture.bus(), 4, 1, handler);
    let published = publish(&fixture.bus(), 0..8);
    all_taken(published).await;
    // Eight times, so that both rounds of four have met at the barrier.
    until("both rounds have met", || met.load(Ordering::SeqCst) == 8).await;
    consumer.stop().await;
}

pub(crate) async fn messages_may_be_finished_in_any_order(fixture: &impl Fixture) {
    let handler = Overtaken { done: Arc::default() };
    let consumer = consume(&fixture.bus(), 2, 1, handler.clone());
    let first = publish(&fixture.bus(), [0]);
    until("the first is begun", || handler.done.load(Ordering::SeqCst) >= 1).await;
    let others = publish(&fixture.bus(), 1..10);
    until("all are done", || handler.done.load(Ordering::SeqCst) == 11).await;
    all_taken(first).await;
    all_taken(others).await;
    consumer.stop().await;
    let again = Scripted::done();
    let consumer = consume(&fixture.bus(), 1, 1, again.clone());
    tokio::time::sleep(Duration::from_millis(300)).await;
    consumer.stop().await;
    assert_eq!(again.seen(), [0_usize; 0], "nothing is left");
}

pub(crate) async fn shutdown_finishes_what_was_begun_and_loses_nothing(fixture: &impl Fixture) {
    let gate = Gate::default();
    let consumer = consume(&fixture.bus(), 2, 1, gate.clone());
    let published = publish(&fixture.bus(), 0..10);
    until("two are begun", || gate.seen().len() == 2).await;
    consumer.shutdown.cancel();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!consumer.task.is_finished(), "it waits for what was begun");
    gate.open.add_permits(100);
    within(consumer.task).await.unwrap().unwrap();
    let begun = gate.seen();
    assert_eq!(begun.len(), 2, "nothing is begun after shutdown");

    let mut given_back = Vec::new();
    for (number, published) in published.into_iter().enumerate() {
        match within(published).await.unwrap() {
            Ok(_) => {}
            Err(PublishError::Closed) if fixture.waits_to_the_end() => given_back.push(number),
            Err(other) => panic!("{other}"),
        }
    }
    let rest = Scripted::done();
    let consumer = consume(&fixture.bus(), 2, 2, rest.clone());
    if fixture.waits_to_the_end() {
        assert_eq!(given_back.len(), 8);
        for number in given_back {
            // Until the new consumer is there, the queue gives everything back.
            while let Err(PublishError::Closed) = within(fixture.bus().publish(&article(number))).await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
    until("the rest is handled", || rest.seen().len() == 8).await;
    consumer.stop().await;
    let mut all = [begun, rest.seen()].concat();
    all.sort_unstable();
    assert_eq!(all, (0..10).collect::<Vec<_>>(), "each exactly once");
}

pub(crate) async fn what_a_killed_consumer_held_is_delivered_again(fixture: &impl Fixture) {
    let gate = Gate::default();
    let killed = consume(&fixture.bus(), 1, 3, gate.clone());
    let published = publish(&fixture.bus(), 0..6);
    until("some are begun", || !gate.seen().is_empty()).await;
    let survivor = Scripted::done();
    let consumer = consume(&fixture.bus(), 1, 3, survivor.clone());
    tokio::time::sleep(Duration::from_millis(100)).await;
    killed.task.abort();
    until("the other has them all", || survivor.seen() == [0, 1, 2, 3, 4, 5]).await;
    all_taken(published).await;
    consumer.stop().await;
}

pub(crate) async fn an_event_reaches_every_listener(fixture: &impl Fixture) {
    let bus = fixture.bus();
    let (mut first, mut second) = (bus.subscribe::<LedgerChangedV1>(), bus.subscribe::<LedgerChangedV1>());
    let event = |claims| LedgerChangedV1 { article_id: article(1).article.id(), title: Some("A title".into()), claims };
    // Listening begins when the backend is ready for it, so the first events may pass by.
    let mut claims = 0;
    let heard = async {
        while first.is_empty() || second.is_empty() {
            claims += 1;
            bus.announce(&event(claims)).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(heard).await;
    for listener in [&mut first, &mut second] {
        let mut last = within(listener.recv()).await.unwrap();
        while last.claims < claims {
            last = within(listener.recv()).await.unwrap();
        }
        assert_eq!(last, event(claims));
    }
    drop((first, second));
    within(bus.announce(&event(0))).await.unwrap();
}

pub(crate) async fn a_closed_bus_takes_nothing(fixture: &impl Fixture) {
    let bus = fixture.bus();
    let running = consume(&bus, 1, 1, Scripted::done());
    all_taken(publish(&bus, [1])).await;
    within(bus.close()).await;
    within(running.task).await.unwrap().unwrap();
    assert!(matches!(within(bus.publish(&article(2))).await, Err(PublishError::Closed)));
    assert!(bus.state().borrow().is_err());
    let consumption = Consumption { workers: 1, batch: 1 };
    within(bus.consume(consumption, Scripted::done(), CancellationToken::new())).await.unwrap();
}

pub(crate) async fn set_aside(fixture: &impl Fixture, count: usize) -> Vec<crate::fixture::Kept> {
    let mut kept = Vec::new();
    let waited = async {
        while kept.len() < count {
            kept.extend(fixture.quarantined().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(waited).await;
    assert_eq!(kept.len(), count, "{kept:?}");
    kept
}

/// Panics, then answers nothing, then answers.
#[derive(Clone)]
struct Faulty {
    calls: Arc<AtomicUsize>,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Faulty {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        match self.calls.fetch_add(1, Ordering::SeqCst) {
            0 => panic!("on purpose"),
            1 => Vec::new(),
            _ => messages.iter().map(|_| Outcome::Done).collect(),
        }
    }
}

/// Notes the sizes of its batches; slow enough that messages wait.
#[derive(Clone, Default)]
struct Sizes {
    sizes: Arc<std::sync::Mutex<Vec<usize>>>,
}

impl Sizes {
    fn sizes(&self) -> Vec<usize> {
        self.sizes.lock().unwrap().clone()
    }
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Sizes {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.sizes.lock().unwrap().push(messages.len());
        messages.iter().map(|_| Outcome::Done).collect()
    }
}

/// Goes on only when as many handlers run as the barrier wants.
struct AllAtOnce {
    barrier: Barrier,
    met: Arc<AtomicUsize>,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for AllAtOnce {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        within(self.barrier.wait()).await;
        self.met.fetch_add(1, Ordering::SeqCst);
        messages.iter().map(|_| Outcome::Done).collect()
    }
}

/// Finishes message 0 after nine others. `done` counts its beginning, too.
#[derive(Clone)]
struct Overtaken {
    done: Arc<AtomicUsize>,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Overtaken {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        if number(&messages[0]) == 0 {
            self.done.fetch_add(1, Ordering::SeqCst);
            until("the others are done", || self.done.load(Ordering::SeqCst) == 10).await;
        }
        self.done.fetch_add(1, Ordering::SeqCst);
        vec![Outcome::Done; messages.len()]
    }
}

/// Notes what it gets, and finishes it only once it is open.
#[derive(Clone)]
pub(crate) struct Gate {
    handler: Scripted,
    pub(crate) open: Arc<Semaphore>,
}

impl Gate {
    pub(crate) fn seen(&self) -> Vec<usize> {
        self.handler.seen()
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self { handler: Scripted::done(), open: Arc::new(Semaphore::new(0)) }
    }
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Gate {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        let outcomes = self.handler.handle(messages).await;
        self.open.acquire().await.unwrap().forget();
        outcomes
    }
}
