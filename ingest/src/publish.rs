//! Handing an article to the bus, waiting out one that is away.

use std::time::Duration;

use bus::{ArticleFetchedV1, Bus, PublishError, Receipt};
use claims::Article;
use tokio_util::sync::CancellationToken;

/// How long to wait before offering again what the bus would not take; doubled each time up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long an article that was offered may still take once everything is stopping.
const GRACE: Duration = Duration::from_secs(5);

/// What became of an article.
#[derive(Debug)]
pub enum Handed {
    /// The bus has it.
    Over,
    /// It will never be taken; why.
    Refused(String),
    /// Not handed over: everything is stopping.
    Stopped,
}

/// Hands `article` to `bus`. While the bus is unavailable it waits, until `shutdown`. The error is a bus that cannot work.
pub async fn hand_over(bus: &Bus, article: Article, shutdown: &CancellationToken) -> Result<Handed, PublishError> {
    bus::taking_in(offer(bus, article, shutdown)).await
}

async fn offer(bus: &Bus, article: Article, shutdown: &CancellationToken) -> Result<Handed, PublishError> {
    let message = ArticleFetchedV1 { article };
    let mut pause = FIRST_PAUSE;
    loop {
        let overdue = async {
            shutdown.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        let offered = tokio::select! {
            offered = bus.publish(&message) => offered,
            () = overdue => return Ok(Handed::Stopped),
        };
        match offered {
            Ok(Receipt::Queued | Receipt::Handled) => return Ok(Handed::Over),
            Ok(Receipt::Quarantined(reason)) => return Ok(Handed::Refused(format!("it was set aside in quarantine: {reason}"))),
            Err(error @ (PublishError::Unsendable(_) | PublishError::Refused { .. })) => return Ok(Handed::Refused(error.to_string())),
            Err(PublishError::Closed) => return Ok(Handed::Stopped),
            Err(error @ PublishError::Unroutable { .. }) => return Err(error),
            Err(error @ PublishError::Unavailable(_)) => tracing::warn!(%error, "{error}; trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (2 * pause).min(LONGEST_PAUSE),
            () = shutdown.cancelled() => return Ok(Handed::Stopped),
        }
    }
}
