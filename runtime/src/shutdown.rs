//! When to stop: on SIGTERM or Ctrl-C, after which work that was begun has ten seconds to finish.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long work that was begun may take to finish.
pub const GRACE: Duration = Duration::from_secs(10);

/// A token that is cancelled on the first SIGTERM or SIGINT to this process.
pub fn on_signal() -> std::io::Result<CancellationToken> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        // First of all: whoever reads the logs may be gone.
        cancelled.cancel();
        tracing::info!("stopping: what was begun is finished, for at most {} s", GRACE.as_secs());
    });
    Ok(token)
}
