//! The service around the ledger: takes extractions off the bus, commits them, and tells that the ledger has changed.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_trait::async_trait;
use bus::{ArticleExtractedV1, Bus, Consumption, Handler, LedgerChangedV1, Outcome};
use claims::Extraction;
use futures::future::join_all;
use runtime::ops::Ops;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::metrics::{Failure, Metrics};
use crate::watch::watching;
use crate::{Commit, Config, Store, StoreError};

/// How long a transaction may take before its connection counts as lost.
const LONGEST_COMMIT: Duration = Duration::from_mins(2);

/// How long to wait before committing again while the database is away; doubled each time up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest such wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How often the ledger is counted for its metrics, at the most.
const COUNTING: Duration = Duration::from_secs(30);

/// Commits extractions until `shutdown`, then finishes those that were begun.
pub async fn run(config: Config, bus: Bus, store: Store, ops: Ops, shutdown: CancellationToken) -> anyhow::Result<()> {
    let metrics = Metrics::new(&ops.registry).context("the metrics of store cannot be registered")?;
    store.show_connections(&ops.registry).context("the metrics of the database cannot be registered")?;
    ops.readiness.follow("bus", bus.state(), shutdown.clone());
    let need = ops.readiness.need("database");
    tokio::spawn({
        let (store, metrics, shutdown) = (store.clone(), metrics.clone(), shutdown.clone());
        async move {
            let tell = |answer: Result<(), String>| {
                metrics.database(answer.is_ok());
                match answer {
                    Ok(()) => need.met(),
                    Err(why) => need.missing(&why),
                }
            };
            tokio::join!(watching(&store, &shutdown, tell), counting(&store, &metrics, &shutdown));
        }
    });
    let consumption = Consumption { workers: config.workers.get(), batch: config.batch.get() };
    let committer = Committer { bus: bus.clone(), store, metrics, shutdown: shutdown.clone() };
    bus.consume::<ArticleExtractedV1, _>(consumption, committer, shutdown).await.context("store cannot take extractions off the bus")
}

/// Counts the ledger now and then; the more rarely, the longer it takes.
async fn counting(store: &Store, metrics: &Metrics, shutdown: &CancellationToken) {
    loop {
        let begun = Instant::now();
        // A database that is away is told of by the watch.
        if let Err(error) = count(store, metrics).await {
            tracing::debug!(%error, "the ledger was not counted: {error}");
        }
        tokio::select! {
            () = sleep(COUNTING.max(20 * begun.elapsed())) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

async fn count(store: &Store, metrics: &Metrics) -> Result<(), StoreError> {
    let (counts, claims) = (store.ledger.counts().await?, store.measured.claim_tallies().await?);
    metrics.ledger(counts, &claims, &store.measured.source_tallies().await?);
    metrics.space(store.measured.space().await?);
    Ok(())
}

/// Commits batches.
struct Committer {
    bus: Bus,
    store: Store,
    metrics: Metrics,
    shutdown: CancellationToken,
}

#[async_trait]
impl Handler<ArticleExtractedV1> for Committer {
    async fn handle(&self, messages: Vec<ArticleExtractedV1>) -> Vec<Outcome> {
        let _in_flight = self.metrics.taken(messages.len());
        let checked: Vec<_> =
            messages.into_iter().map(|message| Extraction::try_from(message).map_err(|error| error.to_string())).collect();
        let sound: Vec<Extraction> = checked.iter().filter_map(|extraction| extraction.as_ref().ok().cloned()).collect();
        let committed = self.commit(&sound).await;
        self.announce(&sound, &committed).await;
        let mut committed = committed.into_iter();
        let outcome = |checked: Result<Extraction, String>| match checked {
            Ok(_) => match committed.next() {
                Some(Ok(_)) => Outcome::Done,
                Some(Err(outcome)) => outcome,
                None => Outcome::RetryLater("it was not committed".to_owned()),
            },
            Err(why) => {
                self.metrics.refused();
                Outcome::Quarantine(why)
            }
        };
        checked.into_iter().map(outcome).collect()
    }
}

impl Committer {
    /// Commits `extractions` together, or, where one spoils that, each alone, so that only that one fails.
    async fn commit(&self, extractions: &[Extraction]) -> Vec<Result<Commit, Outcome>> {
        let together = self.commit_when_there(extractions).await;
        let answers = match together {
            Ok(commits) => commits.into_iter().map(Ok).collect(),
            Err(error) if error.is_transient() => vec![Err(Outcome::RetryLater(error.to_string())); extractions.len()],
            Err(error) if extractions.len() == 1 => vec![Err(Outcome::Quarantine(error.to_string()))],
            Err(_) => {
                let mut each = Vec::with_capacity(extractions.len());
                for extraction in extractions {
                    let alone = self.commit_when_there(std::slice::from_ref(extraction)).await;
                    each.push(match alone {
                        Ok(commits) => Ok(commits.first().copied().unwrap_or(Commit::Unchanged)),
                        Err(error) if error.is_transient() => Err(Outcome::RetryLater(error.to_string())),
                        Err(error) => Err(Outcome::Quarantine(error.to_string())),
                    });
                }
                each
            }
        };
        for (extraction, answer) in extractions.iter().zip(&answers) {
            match answer {
                Ok(commit) => self.metrics.article(*commit, extraction.claims().len() as u64),
                Err(Outcome::Quarantine(_)) => self.metrics.refused(),
                Err(_) => {}
            }
        }
        answers
    }

    /// Waits for a database that is away rather than count that against the articles; gives up only at shutdown.
    async fn commit_when_there(&self, extractions: &[Extraction]) -> Result<Vec<Commit>, StoreError> {
        if extractions.is_empty() {
            return Ok(Vec::new());
        }
        // One in the trace of each article.
        let _spans: Vec<Span> = extractions.iter().map(|extraction| commit_span(extraction, extractions.len())).collect();
        let mut pause = FIRST_PAUSE;
        loop {
            let begun = Instant::now();
            let error = match timeout(LONGEST_COMMIT, self.store.ledger.commit(extractions)).await {
                Ok(Ok(commits)) => {
                    self.metrics.committed(extractions.len(), begun.elapsed().as_secs_f64());
                    return Ok(commits);
                }
                Ok(Err(error)) if !error.is_transient() => {
                    self.metrics.failed(Failure::Refused);
                    return Err(error);
                }
                Ok(Err(error)) => {
                    self.metrics.failed(Failure::Unavailable);
                    error
                }
                Err(_) => {
                    self.metrics.failed(Failure::TimedOut);
                    let why = format!("a commit took longer than {} s", LONGEST_COMMIT.as_secs());
                    StoreError::Unavailable { what: "of the ledger".to_owned(), why }
                }
            };
            tracing::warn!(articles = extractions.len(), %error, "{} articles wait to be committed: {error}", extractions.len());
            tokio::select! {
                () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                () = self.shutdown.cancelled() => return Err(error),
            }
        }
    }

    /// Tells of every article about which the ledger now says something else. The ledger is the truth: an announcement
    /// that is lost is only a page that is refreshed later.
    async fn announce(&self, extractions: &[Extraction], committed: &[Result<Commit, Outcome>]) {
        let changed = extractions.iter().zip(committed).filter(|(_, commit)| matches!(commit, Ok(Commit::Added | Commit::Replaced)));
        let announcements = changed.map(|(extraction, _)| async {
            let event = LedgerChangedV1 {
                article_id: extraction.article.id(),
                title: extraction.article.title.clone(),
                claims: extraction.claims().len() as u64,
            };
            if let Err(error) = self.bus.announce(&event).await {
                let span = bus::span_of(&event.article_id.to_string());
                let _within = span.enter();
                tracing::warn!(article_id = %event.article_id, %error, "a change of the ledger was not announced: {error}");
            }
        });
        join_all(announcements).await;
    }
}

fn commit_span(extraction: &Extraction, articles: usize) -> Span {
    let article_id = extraction.article.id().to_string();
    bus::span_of(&article_id).in_scope(|| tracing::error_span!("commit", article_id, articles))
}
