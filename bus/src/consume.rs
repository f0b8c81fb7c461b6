//! How work is handled: what a handler answers, and how much of it runs at once.

use async_trait::async_trait;

use crate::Work;

/// What became of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Handled; its effects are committed downstream.
    Done,
    /// Not handled, and the same message may succeed later: it comes back after a fixed delay, a few times.
    RetryLater(String),
    /// It can never succeed: set aside with this reason, where it can be looked at and replayed.
    Quarantine(String),
}

/// Handles one type of work.
#[async_trait]
pub trait Handler<M: Work>: Send + Sync + 'static {
    /// Handles up to [`Consumption::batch`] messages; answers one outcome each, in their order.
    async fn handle(&self, messages: Vec<M>) -> Vec<Outcome>;
}

/// How much of a type of work one consumer takes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consumption {
    /// Handlers that run at once.
    pub workers: usize,
    /// The most messages that one call of a handler gets; it never waits for more than are there.
    pub batch: usize,
}

impl Consumption {
    /// Messages the consumer holds unacknowledged: enough for every worker's batch and the next.
    pub fn prefetch(self) -> u16 {
        u16::try_from(self.workers.saturating_mul(self.batch).saturating_mul(2)).unwrap_or(u16::MAX).max(1)
    }
}
