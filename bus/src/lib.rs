//! What crosses a service boundary: messages, the queues they travel on, publishing and consuming.

mod consume;
mod error;
mod message;

pub use consume::{Consumption, Handler, Outcome};
pub use error::{BusError, PublishError};
pub use message::{ArticleExtractedV1, ArticleFetchedV1, Event, LedgerChangedV1, Message, Work};

use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

/// What became of a published message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// The broker has it, on disk, in its queue: it will be handled.
    Queued,
    /// It has been handled to the end (in-process bus).
    Handled,
    /// It was set aside with this reason and is kept in quarantine (in-process bus).
    Quarantined(String),
}

/// A bus: RabbitMQ, or queues within this process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bus {}

impl Bus {
    /// Publishes work. Resolves once the message is owed to nobody but the bus: on the broker's confirmation, or, in
    /// process, when it has been handled to the end.
    pub async fn publish<M: Work>(&self, message: &M) -> Result<Receipt, PublishError> {
        let _ = message;
        Err(PublishError::Unavailable("not yet".to_owned()))
    }

    /// Announces an event to whoever listens now; nobody listening is no error.
    pub async fn announce<E: Event>(&self, event: &E) -> Result<(), PublishError> {
        let _ = event;
        Err(PublishError::Unavailable("not yet".to_owned()))
    }

    /// Consumes a type of work until `shutdown`, then finishes what was begun. Survives the loss of the broker.
    pub async fn consume<M: Work, H: Handler<M>>(
        &self,
        consumption: Consumption,
        handler: H,
        shutdown: CancellationToken,
    ) -> Result<(), BusError> {
        let _ = (consumption, handler, shutdown);
        Ok(())
    }

    /// Listens to an event from now on. A receiver that lags loses the oldest; the ledger stays the truth.
    pub fn subscribe<E: Event>(&self) -> broadcast::Receiver<E> {
        broadcast::channel(1).1
    }

    /// Whether the bus can take and give messages now, with the reason if not.
    pub fn state(&self) -> watch::Receiver<Result<(), String>> {
        watch::channel(Ok(())).1
    }
}
