//! The in-process backend under test, and what only it can be asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bus::{ArticleExtractedV1, ArticleFetchedV1, Bus, BusError, Consumption, Handler, InProcess, Outcome, PublishError, Queues, Receipt};
use prometheus::{Registry, TextEncoder};
use serde_json::Value;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_util::sync::CancellationToken;

use crate::fixture::{ATTEMPTS, Fixture, Kept, RETRY_DELAY, Scripted, all_taken, article, consume, publish, until, within};

/// A bus whose quarantine is a folder of its own.
pub(crate) struct InOneProcess {
    bus: Bus,
    registry: Registry,
    folder: TempDir,
}

impl Fixture for InOneProcess {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (limits, registry) = (limits(Some(&folder)), Registry::new());
        Self { bus: Bus::in_process(limits, &registry).unwrap(), registry, folder }
    }

    fn metrics(&self) -> String {
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap()
    }

    fn bus(&self) -> Bus {
        self.bus.clone()
    }

    fn waits_to_the_end(&self) -> bool {
        true
    }

    async fn quarantined(&self) -> Vec<Kept> {
        let all = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        // One that is being written has a name that begins with a dot.
        let mut paths: Vec<_> = all.filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.')).collect();
        paths.sort();
        let read = |path: &std::path::PathBuf| {
            let Value::Object(mut fields) = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() else {
                panic!("{} holds no object", path.display())
            };
            let message = fields.remove("message").unwrap();
            let passage = fields.remove("passage").unwrap();
            let taken_at = OffsetDateTime::parse(passage["taken_at"].as_str().unwrap(), &Rfc3339).unwrap();
            let passage = (taken_at, passage["traceparent"].as_str().map(str::to_owned));
            let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Kept { notice: fields.into_iter().map(|(name, value)| (name, text(value))).collect(), message, passage }
        };
        paths.iter().map(read).collect()
    }

    async fn queues(&self) -> Queues {
        Queues::in_folder(self.folder.path(), Some(self.bus.clone()))
    }

    async fn end(self) {
        self.bus.close().await;
    }
}

fn limits(folder: Option<&TempDir>) -> InProcess {
    InProcess { capacity: 1_000, retry_delay: RETRY_DELAY, attempts: ATTEMPTS, quarantine: folder.map(|folder| folder.path().to_owned()) }
}

#[tokio::test]
async fn publishing_waits_while_as_many_are_owed_as_may_be() {
    let bus = Bus::in_process(InProcess { capacity: 3, ..limits(None) }, &Registry::new()).unwrap();
    let published = publish(&bus, 0..9);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(published.iter().all(|one| !one.is_finished()), "nobody consumes yet, so everybody waits");
    let handler = Scripted::done();
    let consumer = consume(&bus, 1, 100, handler.clone());
    all_taken(published).await;
    consumer.stop().await;
    assert_eq!(handler.seen(), (0..9).collect::<Vec<_>>());
}

#[tokio::test]
async fn without_a_quarantine_a_refused_message_stays_its_publishers() {
    let bus = Bus::in_process(limits(None), &Registry::new()).unwrap();
    let consumer = consume(&bus, 1, 1, Scripted::new(|_, _| Outcome::Quarantine("too hard".into())));
    let refused = within(bus.publish(&article(1))).await.unwrap_err();
    assert!(matches!(&refused, PublishError::Refused { why, .. } if why == "too hard"), "{refused}");
    consumer.stop().await;
}

#[tokio::test]
async fn a_quarantine_that_cannot_be_written_is_refused_at_the_start() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let limits = InProcess { quarantine: Some(file.path().join("inside")), ..limits(None) };
    let error = Bus::in_process(limits, &Registry::new()).unwrap_err();
    assert!(matches!(&error, BusError::Quarantine { path, .. } if path.ends_with("inside")), "{error}");
}

#[tokio::test]
async fn a_message_set_aside_is_on_disk_before_its_publisher_knows() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Bus::in_process(limits(Some(&folder)), &Registry::new()).unwrap();
    let consumer = consume(&bus, 1, 1, Scripted::new(|_, _| Outcome::Quarantine("too hard".into())));
    assert_eq!(within(bus.publish(&article(1))).await.unwrap(), Receipt::Quarantined("too hard".into()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    consumer.stop().await;
}

/// Hands each article on and waits for it, as extract does.
#[derive(Clone)]
struct HandsOn {
    bus: Bus,
    begun: Arc<AtomicUsize>,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for HandsOn {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for ArticleFetchedV1 { article } in messages {
            self.begun.fetch_add(1, Ordering::SeqCst);
            let extracted = ArticleExtractedV1 { article, claims: vec![], skipped: None, extractor: "test".into() };
            outcomes.push(match self.bus.publish(&extracted).await {
                Ok(_) => Outcome::Done,
                Err(error) => Outcome::RetryLater(error.to_string()),
            });
        }
        outcomes
    }
}

/// Takes its time, as store does.
#[derive(Clone, Default)]
struct Commits {
    committed: Arc<AtomicUsize>,
}

#[async_trait]
impl Handler<ArticleExtractedV1> for Commits {
    async fn handle(&self, messages: Vec<ArticleExtractedV1>) -> Vec<Outcome> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.committed.fetch_add(messages.len(), Ordering::SeqCst);
        vec![Outcome::Done; messages.len()]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn chains_end_at_shutdown_and_what_is_not_committed_is_given_back() {
    let bus = Bus::in_process(InProcess { capacity: 20, ..limits(None) }, &Registry::new()).unwrap();
    let (shutdown, commits) = (CancellationToken::new(), Commits::default());
    let hands_on = HandsOn { bus: bus.clone(), begun: Arc::default() };
    let (extract, store) = (bus.clone(), bus.clone());
    let consumption = Consumption { workers: 4, batch: 2 };
    let extract = tokio::spawn({
        let (handler, shutdown) = (hands_on.clone(), shutdown.clone());
        async move { extract.consume::<ArticleFetchedV1, _>(consumption, handler, shutdown).await }
    });
    let store = tokio::spawn({
        let (handler, shutdown) = (commits.clone(), shutdown.clone());
        async move { store.consume::<ArticleExtractedV1, _>(Consumption { workers: 1, batch: 2 }, handler, shutdown).await }
    });
    let published = publish(&bus, 0..200);
    until("some are committed", || commits.committed.load(Ordering::SeqCst) >= 10).await;
    shutdown.cancel();
    within(extract).await.unwrap().unwrap();
    within(store).await.unwrap().unwrap();
    let (mut handled, mut given_back) = (0, 0);
    for one in published {
        match within(one).await.unwrap() {
            Ok(receipt) => {
                assert_eq!(receipt, Receipt::Handled);
                handled += 1;
            }
            Err(PublishError::Closed) => given_back += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(handled + given_back, 200);
    assert_eq!(handled, commits.committed.load(Ordering::SeqCst), "exactly what was committed is acknowledged");
    assert!(given_back > 0);
}
