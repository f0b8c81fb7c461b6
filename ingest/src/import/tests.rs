//! Tests of imports: cut off, resumed, with bad records.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bus::{ArticleFetchedV1, Consumption, Handler, InProcess, Outcome};
use prometheus::Registry;
use store::{DatabaseConfig, Store};

use super::*;

#[derive(Default)]
struct Notes {
    failed: Mutex<Vec<String>>,
    done_before: Mutex<Vec<u64>>,
    last: Mutex<Progress>,
}

impl ImportObserver for Notes {
    fn progress(&self, progress: Progress) {
        *self.last.lock().unwrap() = progress;
    }

    fn failed(&self, line: &str) {
        self.failed.lock().unwrap().push(line.to_owned());
    }

    fn done_before(&self, _name: &str, records: u64) {
        self.done_before.lock().unwrap().push(records);
    }
}

/// Takes articles; sets aside those that hold "poison"; stops everything after `stop_after`.
#[derive(Clone)]
struct Taker {
    texts: Arc<Mutex<Vec<String>>>,
    stop_after: usize,
    stop: CancellationToken,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Taker {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        let one = |message: ArticleFetchedV1| {
            let mut texts = self.texts.lock().unwrap();
            texts.push(message.article.text.clone());
            if texts.len() >= self.stop_after {
                self.stop.cancel();
            }
            if message.article.text.contains("poison") { Outcome::Quarantine("it is poison".to_owned()) } else { Outcome::Done }
        };
        messages.into_iter().map(one).collect()
    }
}

struct World {
    folder: tempfile::TempDir,
    store: Store,
    texts: Arc<Mutex<Vec<String>>>,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("ledger.db").display());
        let store = Store::open(&DatabaseConfig { url, connections: 2.try_into().unwrap() }).await.unwrap();
        Self { folder, store, texts: Arc::default() }
    }

    /// Imports `paths`; the consumer stops everything after `stop_after` articles.
    async fn import(&self, paths: &[&Path], stop_after: usize) -> (ImportSummary, Notes) {
        let quarantine = Some(self.folder.path().join("quarantine"));
        let limits = InProcess { capacity: 100, retry_delay: Duration::from_millis(10), attempts: 2, quarantine };
        let bus = Bus::in_process(limits, &Registry::new()).unwrap();
        let (stop, end) = (CancellationToken::new(), CancellationToken::new());
        let taker = Taker { texts: self.texts.clone(), stop_after, stop: stop.clone() };
        let consuming = tokio::spawn({
            let (bus, end) = (bus.clone(), end.clone());
            async move { bus.consume::<ArticleFetchedV1, _>(Consumption { workers: 2, batch: 4 }, taker, end).await }
        });
        let inputs: Vec<Input> = paths.iter().map(|path| Input::parse(path.to_str().unwrap()).unwrap()).collect();
        let notes = Notes::default();
        let fetcher = Fetcher::new(&[]).unwrap();
        let summary = import(&inputs, &Overrides::default(), &fetcher, &bus, &*self.store.intake, &notes, stop).await.unwrap();
        end.cancel();
        consuming.await.unwrap().unwrap();
        (summary, notes)
    }

    fn file(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn distinct(&self) -> usize {
        self.texts.lock().unwrap().iter().collect::<BTreeSet<_>>().len()
    }
}

fn lines(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "{{\"text\": \"Article {n}.\"}}");
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_is_added_or_named() {
    let world = World::new().await;
    let path = world.file("news.jsonl", &format!("{}broken\n{{\"text\": \"A poison pill.\"}}\n{{\"text\": \"Last.\"}}", lines(3)));
    let (summary, notes) = world.import(&[&path], usize::MAX).await;
    assert_eq!((summary.read, summary.added, summary.failed, summary.skipped, summary.stopped), (6, 4, 2, 0, false));
    let failed = notes.failed.into_inner().unwrap();
    assert!(failed[0].contains("news.jsonl, line 4: it is not an article as JSON"), "{failed:?}");
    assert!(
        failed[1].contains("news.jsonl, line 5: article ") && failed[1].ends_with("it was set aside in quarantine: it is poison"),
        "{failed:?}"
    );
    let last = notes.last.into_inner().unwrap();
    assert_eq!((last.records, last.bytes, last.total_bytes), (6, last.total_bytes, std::fs::metadata(&path).unwrap().len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_cut_off_goes_on_there_and_a_finished_one_does_nothing() {
    let world = World::new().await;
    let path = world.file("news.jsonl", &lines(1_000));
    let (first, _) = world.import(&[&path], 300).await;
    assert!(first.stopped && first.added >= 300 && first.added < 1_000, "{first:?}");
    let (second, _) = world.import(&[&path], usize::MAX).await;
    assert_eq!((second.skipped, second.added, second.failed, second.stopped), (first.added, 1_000 - first.added, 0, false));
    assert_eq!(world.distinct(), 1_000);
    let taken = world.texts.lock().unwrap().len();
    assert!(taken < 1_000 + 2 * IN_FLIGHT, "{taken}");
    let (third, notes) = world.import(&[&path], usize::MAX).await;
    assert_eq!((third.read, third.skipped), (0, 1_000));
    assert_eq!(*notes.done_before.lock().unwrap(), [1_000]);
    assert_eq!(world.texts.lock().unwrap().len(), taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_read_anew() {
    let world = World::new().await;
    let path = world.file("news.jsonl", &lines(3));
    world.import(&[&path], usize::MAX).await;
    world.file("news.jsonl", &lines(5));
    let (summary, _) = world.import(&[&path], usize::MAX).await;
    assert_eq!((summary.added, summary.skipped), (5, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_counts_file_by_file() {
    let world = World::new().await;
    world.file("in/a.txt", "A text.");
    world.file("in/b/news.jsonl", &lines(2));
    world.file("in/c.bin", "\0\0");
    let folder = world.folder.path().join("in");
    let (summary, notes) = world.import(&[&folder], usize::MAX).await;
    assert_eq!((summary.added, summary.failed), (3, 1));
    assert!(notes.failed.lock().unwrap()[0].contains("c.bin: it is a binary file"));
    assert_eq!(*world.texts.lock().unwrap().iter().collect::<BTreeSet<_>>().iter().next().unwrap(), "A text.");
    world.file("in/d.txt", "Another text.");
    let (again, notes) = world.import(&[&folder], usize::MAX).await;
    assert_eq!((again.added, again.failed, again.skipped), (1, 1, 3));
    assert_eq!(notes.done_before.lock().unwrap().len(), 2);
}
