//! What crosses a service boundary: messages, the queues they travel on, publishing and consuming.

mod config;
mod consume;
mod error;
mod handling;
mod in_process;
mod message;
mod metrics;
mod oldest;
mod passage;
mod quarantine;
mod queues;
mod rabbit;
mod topology;

pub use config::{Config, DEFAULTS, InProcess};
pub use consume::{Consumption, Handler, Outcome};
pub use error::{BusError, PublishError};
pub use message::{ArticleExtractedV1, ArticleFetchedV1, Event, LedgerChangedV1, Message, Work};
pub use passage::{Passage, TraceContext, span_of, taking_in};
pub use quarantine::Notice;
pub use queues::{Depth, Queues, QueuesError, Replayed, SetAside};
pub use rabbit::SILENT_CLIENT;
pub use rabbit::examine::{Broker, QueueState, examine};

use std::sync::Arc;

use metrics::Metrics;
use prometheus::Registry;
use rabbit::Rabbit;
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
pub struct Bus {
    backend: Backend,
}

#[derive(Clone, Debug)]
enum Backend {
    Rabbit(Arc<Rabbit>),
    InProcess(Arc<in_process::InProcess>),
}

impl Bus {
    /// A bus on the broker at `config.url`, for the service called `consumer_name`. Must be called within a tokio runtime.
    ///
    /// Does not wait for the broker: [`Bus::state`] tells whether it is there, and everything waits and tries again until it
    /// is. Fails on an address that cannot be one.
    pub fn rabbit(config: &Config, consumer_name: &str, registry: &Registry) -> Result<Self, BusError> {
        let rabbit = Rabbit::new(config, consumer_name, Metrics::new(registry)?)?;
        Ok(Self { backend: Backend::Rabbit(Arc::new(rabbit)) })
    }

    /// A bus within this process. Fails if its quarantine folder cannot be written.
    pub fn in_process(limits: InProcess, registry: &Registry) -> Result<Self, BusError> {
        let in_process = in_process::InProcess::new(limits, Metrics::new(registry)?)?;
        Ok(Self { backend: Backend::InProcess(Arc::new(in_process)) })
    }

    /// Publishes work. Resolves once the message is owed to nobody but the bus: on the broker's confirmation, or, in
    /// process, when it has been handled to the end.
    ///
    /// After an error the message may have been taken over nevertheless: publishing it again is always right, because
    /// handling it twice changes nothing.
    pub async fn publish<M: Work>(&self, message: &M) -> Result<Receipt, PublishError> {
        match &self.backend {
            Backend::Rabbit(rabbit) => rabbit.publish(message).await,
            Backend::InProcess(in_process) => in_process.publish(message).await,
        }
    }

    /// Announces an event to whoever listens now; nobody listening is no error.
    pub async fn announce<E: Event>(&self, event: &E) -> Result<(), PublishError> {
        match &self.backend {
            Backend::Rabbit(rabbit) => rabbit.announce(event).await,
            Backend::InProcess(in_process) => in_process.announce(event),
        }
    }

    /// Consumes a type of work until `shutdown`, then finishes what was begun. Survives the loss of the broker.
    ///
    /// At shutdown nothing more is begun, and what waits is given back: to the broker, or, in process, once the last consumer
    /// of its queue is gone, to its publisher as [`PublishError::Closed`]. Dropping the future kills the consumer: what it held is
    /// delivered again. A handler that panics counts as [`Outcome::RetryLater`].
    pub async fn consume<M: Work, H: Handler<M>>(
        &self,
        consumption: Consumption,
        handler: H,
        shutdown: CancellationToken,
    ) -> Result<(), BusError> {
        match &self.backend {
            Backend::Rabbit(rabbit) => rabbit.consume(consumption, handler, shutdown).await,
            Backend::InProcess(in_process) => in_process.consume(consumption, handler, shutdown).await,
        }
    }

    /// Listens to an event from now on. A receiver that lags loses the oldest; the ledger stays the truth.
    ///
    /// On a broker, listening begins once it is connected, and what is announced during a reconnection is not heard.
    pub fn subscribe<E: Event>(&self) -> broadcast::Receiver<E> {
        match &self.backend {
            Backend::Rabbit(rabbit) => rabbit.subscribe(),
            Backend::InProcess(in_process) => in_process.subscribe(),
        }
    }

    /// Whether the bus can take and give messages now, with the reason if not.
    pub fn state(&self) -> watch::Receiver<Result<(), String>> {
        match &self.backend {
            Backend::Rabbit(rabbit) => rabbit.state(),
            Backend::InProcess(in_process) => in_process.state(),
        }
    }

    /// Ends the bus, its consumers and its connection; whatever is published from here on fails with [`PublishError::Closed`].
    ///
    /// To stop in order, stop the consumers first and wait for them.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Rabbit(rabbit) => rabbit.close().await,
            Backend::InProcess(in_process) => in_process.close(),
        }
    }
}
