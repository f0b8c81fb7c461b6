//! Imports: every article of the inputs to the bus, resumable at any moment.
//!
//! How far a file got is kept as the length of its settled prefix: so many records from its start are with the bus, or failed and
//! were named. Records beyond it may be published twice, which changes nothing.

use std::time::{Duration, Instant};

use bus::{Bus, PublishError};
use claims::Article;
use futures::StreamExt;
use store::{ImportProgress, Intake, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::Overrides;
use crate::fetch::Fetcher;
use crate::input::Input;
use crate::publish::{Handed, hand_over};
use crate::records::Records;
use crate::source::{Source, sources};

/// Articles that are with the bus and not settled yet.
const IN_FLIGHT: usize = 64;
/// How often progress is saved, at least.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// How many records are settled before progress is saved, at most.
const SAVE_AFTER: u64 = 256;

/// Watches an import.
pub trait ImportObserver: Send + Sync {
    /// The import got on.
    fn progress(&self, progress: Progress);

    /// A record failed: one line that names it and says why.
    fn failed(&self, line: &str);

    /// A source had been imported to its end before, and is passed over.
    fn done_before(&self, name: &str, records: u64);
}

/// How far an import got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records settled, those of earlier runs included.
    pub records: u64,
    /// Bytes read of the files, as they are stored.
    pub bytes: u64,
    /// Bytes of all files; less than `bytes` where a stream or page is among the inputs.
    pub total_bytes: u64,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ImportSummary {
    /// Records settled in this run: added or failed.
    pub read: u64,
    /// Articles that the bus took.
    pub added: u64,
    /// Records that failed, each named to the observer.
    pub failed: u64,
    /// Records that an earlier run had settled.
    pub skipped: u64,
    /// Whether it was stopped before its end; the next run goes on there.
    pub stopped: bool,
    /// How long it took.
    pub seconds: f64,
}

/// What ends an import before its time. What was settled stays so; the same import goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database with the book of imports failed.
    #[error("the import's progress cannot be kept: {0}")]
    Store(#[from] StoreError),
    /// The bus cannot work.
    #[error("the import cannot go on: {0}")]
    Bus(#[from] PublishError),
}

/// Hands every article of `inputs` to `bus`; goes on where an earlier import of the same files was cut off, by the book in `intake`.
/// After `shutdown` nothing more is read, what was begun is settled, and progress is saved.
pub async fn import(
    inputs: &[Input],
    overrides: &Overrides,
    fetcher: &Fetcher,
    bus: &Bus,
    intake: &dyn Intake,
    observer: &dyn ImportObserver,
    shutdown: CancellationToken,
) -> Result<ImportSummary, ImportError> {
    let begun = Instant::now();
    let sources = sources(inputs);
    let total_bytes = sources.iter().flatten().filter_map(Source::size).sum();
    let progress = Progress { total_bytes, ..Progress::default() };
    let mut run = Run { bus, intake, observer, shutdown, progress, summary: ImportSummary::default() };
    for source in sources {
        if run.summary.stopped || run.shutdown.is_cancelled() {
            run.summary.stopped = true;
            break;
        }
        match source {
            Ok(source) => run.source(&source, overrides, fetcher).await?,
            Err(error) => run.fail(&error.to_string()),
        }
    }
    run.summary.read = run.summary.added + run.summary.failed;
    run.summary.seconds = begun.elapsed().as_secs_f64();
    Ok(run.summary)
}

struct Run<'a> {
    bus: &'a Bus,
    intake: &'a dyn Intake,
    observer: &'a dyn ImportObserver,
    shutdown: CancellationToken,
    progress: Progress,
    summary: ImportSummary,
}

/// One record on its way: the article or the line that says why it is none, and how many bytes were read up to it.
struct Read {
    record: Result<Article, String>,
    place: String,
    bytes: u64,
}

impl Run<'_> {
    async fn source(&mut self, source: &Source, overrides: &Overrides, fetcher: &Fetcher) -> Result<(), ImportError> {
        let name = source.progress_name();
        let before = match &name {
            Some(name) => self.intake.import_progress(name).await?.unwrap_or_default(),
            None => ImportProgress::default(),
        };
        let bytes_before = self.progress.bytes;
        self.progress.records += before.settled;
        self.summary.skipped += before.settled;
        if before.finished {
            self.observer.done_before(&source.to_string(), before.settled);
        } else {
            // A server or whoever feeds standard input may let us wait for the first byte.
            let opened = tokio::select! {
                opened = source.open(overrides, fetcher) => Some(opened),
                () = self.shutdown.cancelled() => None,
            };
            match opened {
                Some(Ok(records)) => self.records(records, before, name.as_deref()).await?,
                Some(Err(error)) => self.fail(&error.to_string()),
                None => self.summary.stopped = true,
            }
        }
        if !self.summary.stopped {
            self.progress.bytes = bytes_before + source.size().unwrap_or(0);
        }
        self.observer.progress(self.progress);
        Ok(())
    }

    /// Publishes what follows the settled prefix, many at once, and settles it in order.
    async fn records(&mut self, records: Records, before: ImportProgress, name: Option<&str>) -> Result<(), ImportError> {
        let (bus, shutdown, bytes_before) = (self.bus, self.shutdown.clone(), self.progress.bytes);
        let read = read_on(records, before.settled, shutdown.clone());
        let on_its_way = futures::stream::unfold(read, |mut read| async {
            tokio::select! {
                biased;
                // Standard input may give nothing for ever.
                () = shutdown.cancelled() => None,
                record = read.recv() => record.map(|record| (record, read)),
            }
        });
        let handing_over = on_its_way.map(|Read { record, place, bytes }| {
            let shutdown = shutdown.clone();
            async move {
                let handed = match record {
                    Ok(article) => {
                        let id = article.id();
                        let named = |handed| match handed {
                            Handed::Refused(why) => Handed::Refused(format!("{place}: article {id}: {why}")),
                            other => other,
                        };
                        hand_over(bus, article, &shutdown).await.map(named)
                    }
                    Err(line) => Ok(Handed::Refused(line)),
                };
                (handed, bytes)
            }
        });
        let mut settling = std::pin::pin!(handing_over.buffered(IN_FLIGHT));
        let (mut progress, mut saved, mut saved_at) = (before, before.settled, Instant::now());
        let mut ended = Ok(());
        while let Some((handed, bytes)) = settling.next().await {
            match handed {
                Ok(Handed::Over) => self.summary.added += 1,
                Ok(Handed::Refused(line)) => {
                    progress.failed += 1;
                    self.fail(&line);
                }
                Ok(Handed::Stopped) => {
                    self.summary.stopped = true;
                    break;
                }
                Err(error) => {
                    ended = Err(error);
                    break;
                }
            }
            progress.settled += 1;
            self.progress.records += 1;
            self.progress.bytes = bytes_before + bytes;
            self.observer.progress(self.progress);
            if progress.settled - saved >= SAVE_AFTER || saved_at.elapsed() >= SAVE_EVERY {
                self.save(name, progress).await?;
                (saved, saved_at) = (progress.settled, Instant::now());
            }
        }
        // Without an end of its own, the reading was cut off by the shutdown.
        self.summary.stopped |= ended.is_ok() && shutdown.is_cancelled();
        progress.finished = ended.is_ok() && !self.summary.stopped;
        self.save(name, progress).await?;
        ended.map_err(ImportError::Bus)
    }

    async fn save(&self, name: Option<&str>, progress: ImportProgress) -> Result<(), ImportError> {
        match name {
            Some(name) => Ok(self.intake.save_import_progress(name, progress).await?),
            None => Ok(()),
        }
    }

    fn fail(&mut self, line: &str) {
        self.summary.failed += 1;
        self.observer.failed(line);
    }
}

/// Reads `records` beyond the first `settled` on a thread of its own, as fast as they are taken.
fn read_on(mut records: Records, settled: u64, shutdown: CancellationToken) -> mpsc::Receiver<Read> {
    let (sender, receiver) = mpsc::channel(IN_FLIGHT);
    tokio::task::spawn_blocking(move || {
        for _ in 0..settled {
            if !records.skip_one() {
                return;
            }
        }
        while let Some(record) = records.next() {
            let place = match records.line() {
                Some(line) => format!("{}, line {line}", records.name()),
                None => records.name().to_owned(),
            };
            let read = Read { record: record.map_err(|error| error.to_string()), place, bytes: records.bytes_read() };
            if shutdown.is_cancelled() || sender.blocking_send(read).is_err() {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests;
