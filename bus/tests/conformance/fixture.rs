//! What the cases need of a backend, and messages and handlers to try it with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bus::{ArticleFetchedV1, Bus, Consumption, Handler, Message, Outcome, PublishError, Queues, Receipt};
use claims::{Article, ArticleForm};
use futures::FutureExt;
use serde_json::Value;
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often a message is tried on every bus under test.
pub(crate) const ATTEMPTS: u32 = 3;

/// How long until a message comes back on every bus under test.
pub(crate) const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The longest that a case waits for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// A backend under test: one bus with names of its own.
pub(crate) trait Fixture: Sized {
    async fn start() -> Self;
    fn bus(&self) -> Bus;
    /// What the bus counts, as Prometheus reads it.
    fn metrics(&self) -> String;
    /// Whether publishing resolves only when the message has been handled.
    fn waits_to_the_end(&self) -> bool;
    /// The notices and bodies of the fetched articles that were set aside, in the order of their subjects.
    async fn quarantined(&self) -> Vec<Kept>;
    /// Its queues as an operator sees them.
    async fn queues(&self) -> Queues;
    async fn end(self);
}

/// A message that was set aside.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) notice: BTreeMap<String, String>,
    pub(crate) message: Value,
    /// When its article was taken in, and the span that published it.
    pub(crate) passage: (OffsetDateTime, Option<String>),
}

/// A message about an article of its own.
pub(crate) fn article(number: usize) -> ArticleFetchedV1 {
    let form = ArticleForm { given_id: Some(number.to_string()), text: format!("Article number {number}."), ..ArticleForm::default() };
    ArticleFetchedV1 { article: Article::new(form).unwrap() }
}

/// The number of a message made by [`article`].
pub(crate) fn number(message: &ArticleFetchedV1) -> usize {
    message.article.given_id.as_ref().unwrap().parse().unwrap()
}

/// Publishes the articles of `numbers`, all at once.
pub(crate) fn publish(bus: &Bus, numbers: impl IntoIterator<Item = usize>) -> Vec<JoinHandle<Result<Receipt, PublishError>>> {
    let publish = |number| {
        let bus = bus.clone();
        tokio::spawn(async move { bus.publish(&article(number)).await })
    };
    numbers.into_iter().map(publish).collect()
}

/// Waits for all of them; fails where one was not taken over.
pub(crate) async fn all_taken(published: Vec<JoinHandle<Result<Receipt, PublishError>>>) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    for one in published {
        receipts.push(within(one).await.unwrap().unwrap());
    }
    receipts
}

/// Waits as long as a case may.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes far too long")
}

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let waited = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}

/// A consumer in a task of its own.
pub(crate) struct Running {
    pub(crate) task: JoinHandle<Result<(), bus::BusError>>,
    pub(crate) shutdown: CancellationToken,
}

impl Running {
    /// Stops it in order and waits for its end.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        within(self.task).await.unwrap().unwrap();
    }
}

/// Consumes with `handler` until stopped; has begun to when this returns, so that nobody publishes to a queue that its last consumer
/// has just left.
pub(crate) fn consume<H: Handler<ArticleFetchedV1>>(bus: &Bus, workers: usize, batch: usize, handler: H) -> Running {
    let (bus, shutdown) = (bus.clone(), CancellationToken::new());
    let token = shutdown.clone();
    let mut consuming = Box::pin(async move { bus.consume(Consumption { workers, batch }, handler, token).await });
    assert!((&mut consuming).now_or_never().is_none(), "it consumes until it is stopped");
    Running { task: tokio::spawn(consuming), shutdown }
}

/// A handler that notes the numbers it gets and answers by a function of number and try (from 1).
#[derive(Clone)]
pub(crate) struct Scripted {
    seen: Arc<Mutex<Vec<usize>>>,
    answer: Arc<dyn Fn(usize, usize) -> Outcome + Send + Sync>,
}

impl Scripted {
    pub(crate) fn new(answer: impl Fn(usize, usize) -> Outcome + Send + Sync + 'static) -> Self {
        Self { seen: Arc::default(), answer: Arc::new(answer) }
    }

    pub(crate) fn done() -> Self {
        Self::new(|_, _| Outcome::Done)
    }

    /// The numbers it was given, sorted.
    pub(crate) fn seen(&self) -> Vec<usize> {
        let mut seen = self.seen.lock().unwrap().clone();
        seen.sort_unstable();
        seen
    }
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Scripted {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        let answer = |message: &ArticleFetchedV1| {
            let number = number(message);
            assert_eq!(message.subject(), article(number).subject());
            let mut seen = self.seen.lock().unwrap();
            seen.push(number);
            let tries = seen.iter().filter(|seen| **seen == number).count();
            drop(seen);
            (self.answer)(number, tries)
        };
        messages.iter().map(answer).collect()
    }
}
