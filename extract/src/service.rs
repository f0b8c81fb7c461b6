//! The service around [`analyse`]: takes fetched articles off the bus, hands them on with their claims.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_trait::async_trait;
use bus::{ArticleExtractedV1, ArticleFetchedV1, Bus, Consumption, Handler, Outcome, PublishError, Receipt};
use claims::{Article, Extraction};
use runtime::ops::Ops;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::analyse;
use crate::config::Config;
use crate::metrics::{Metrics, Step};

/// How long to wait before handing on again what the bus would not take; doubled each time up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest such wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Reads articles until `shutdown`, then finishes those that were begun.
pub async fn run(config: Config, bus: Bus, ops: Ops, shutdown: CancellationToken) -> anyhow::Result<()> {
    let metrics = Metrics::new(&ops.registry).context("the metrics of extract cannot be registered")?;
    ops.readiness.follow("bus", bus.state(), shutdown.clone());
    let consumption = Consumption { workers: config.workers(), batch: 1 };
    let reader = Reader { bus: bus.clone(), metrics, shutdown: shutdown.clone() };
    bus.consume::<ArticleFetchedV1, _>(consumption, reader, shutdown).await.context("extract cannot take articles off the bus")
}

/// Reads one article after the other.
struct Reader {
    bus: Bus,
    metrics: Metrics,
    shutdown: CancellationToken,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Reader {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(messages.len());
        for message in messages {
            self.metrics.taken();
            let span = tracing::error_span!("read", article_id = %message.article.id());
            outcomes.push(match self.read(message.article).instrument(span).await {
                Ok(extraction) => self.hand_on(&extraction.into()).await,
                Err(reason) => Outcome::Quarantine(reason),
            });
        }
        outcomes
    }
}

impl Reader {
    /// Reads an article on a thread of its own, so that a long one holds up nobody.
    async fn read(&self, article: Article) -> Result<Extraction, String> {
        let id = article.id();
        let _reading = self.metrics.in_flight(Step::Reading);
        let begun = Instant::now();
        let read = tokio::task::spawn_blocking(move || analyse(&article).into_extraction(article)).await;
        match read {
            Ok(extraction) => {
                self.metrics.read(&extraction, begun.elapsed().as_secs_f64());
                tracing::debug!(article_id = %id, claims = extraction.claims().len(), "article {id} was read");
                Ok(extraction)
            }
            // `analyse` never panics; should it all the same, the text is kept with the reason.
            Err(error) => {
                self.metrics.failed();
                Err(format!("{} cannot read article {id}: {error}", crate::EXTRACTOR))
            }
        }
    }

    /// Waits for a bus that is full or away rather than count that against the article.
    async fn hand_on(&self, message: &ArticleExtractedV1) -> Outcome {
        let _handing_on = self.metrics.in_flight(Step::HandingOn);
        let mut pause = FIRST_PAUSE;
        loop {
            match self.bus.publish(message).await {
                Ok(Receipt::Queued | Receipt::Handled) => {
                    self.metrics.handed_on();
                    return Outcome::Done;
                }
                Ok(Receipt::Quarantined(reason)) => return Outcome::Quarantine(reason),
                Err(error @ (PublishError::Unsendable(_) | PublishError::Refused { .. })) => return Outcome::Quarantine(error.to_string()),
                Err(error @ PublishError::Closed) => return Outcome::RetryLater(error.to_string()),
                Err(error @ (PublishError::Unavailable(_) | PublishError::Unroutable { .. })) => {
                    tracing::warn!(article_id = %message.article.id(), %error, "an article waits to be handed on: {error}");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                        () = self.shutdown.cancelled() => return Outcome::RetryLater(error.to_string()),
                    }
                }
            }
        }
    }
}
