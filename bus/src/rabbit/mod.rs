//! A bus over RabbitMQ. Nothing outside this folder names the client library.

mod connection;
mod consume;
mod depths;
pub(crate) mod examine;
mod listen;
pub(crate) mod operator;
mod publish;
mod pulse;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use lapin::uri::AMQPUri;
use tokio::sync::{Semaphore, broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::Instrument;

use crate::metrics::Metrics;
use crate::passage::Passage;
use crate::topology::Topology;
use crate::{BusError, Config, Consumption, Event, Handler, PublishError, Receipt, Work};
use connection::Status;
use wire::Outgoing;

/// Seconds between heartbeats, where the address names no other: a dead broker is noticed after two.
const HEARTBEAT_S: u16 = 10;

/// The most messages published and not yet confirmed; beyond, publishing waits. More no longer raise the rate.
const MOST_UNCONFIRMED: usize = 256;

/// The largest message, in bytes. RabbitMQ 3 takes 128 MiB; RabbitMQ 4 must be given a `max_message_size` of this much.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// What every broker takes unless it was told otherwise.
const BYTES_THAT_ANY_BROKER_TAKES: usize = 16 * 1024 * 1024;

/// How long a polite end of a channel or connection may take.
const CLOSING: Duration = Duration::from_secs(3);

/// A bus on a broker. Dropping it ends its connection.
#[derive(Debug)]
pub(crate) struct Rabbit {
    shared: Arc<Shared>,
    keeper: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    _ends_with_the_bus: DropGuard,
}

/// What the tasks of one bus share.
#[derive(Debug)]
struct Shared {
    topology: Topology,
    consumer_name: String,
    /// The address without its secrets.
    address: String,
    attempts: u32,
    confirm_timeout: Duration,
    metrics: Metrics,
    status: watch::Sender<Status>,
    state: watch::Sender<Result<(), String>>,
    unconfirmed: Semaphore,
    closed: CancellationToken,
}

impl Rabbit {
    /// Begins to connect, and goes on for as long as the bus lives. Must be called within a tokio runtime.
    pub(crate) fn new(config: &Config, consumer_name: &str, metrics: Metrics) -> Result<Self, BusError> {
        let (topology, mut uri, address) = parse(config)?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_S);
        let shared = Arc::new(Shared {
            topology,
            consumer_name: consumer_name.to_owned(),
            state: watch::Sender::new(Err(format!("connecting to {address}"))),
            address,
            attempts: config.attempts.get(),
            confirm_timeout: Duration::from_secs(config.confirm_timeout_s.get().into()),
            metrics,
            status: watch::Sender::new(Status::Down),
            unconfirmed: Semaphore::new(MOST_UNCONFIRMED),
            closed: CancellationToken::new(),
        });
        let keeper = tokio::spawn(connection::keep(Arc::clone(&shared), uri));
        tokio::spawn(depths::tell(Arc::clone(&shared)));
        let ends_with_the_bus = shared.closed.clone().drop_guard();
        Ok(Self { shared, keeper: tokio::sync::Mutex::new(Some(keeper)), _ends_with_the_bus: ends_with_the_bus })
    }

    pub(crate) async fn publish<M: Work>(&self, message: &M) -> Result<Receipt, PublishError> {
        let exchange = self.shared.topology.work_exchange();
        let (span, passage) = Passage::outward(M::QUEUE, &message.subject());
        let result = match Outgoing::new(message, exchange, M::QUEUE, true) {
            Ok(outgoing) => self.shared.publish(outgoing.with_passage(&passage)).instrument(span.clone()).await,
            Err(error) => Err(error),
        };
        self.shared.metrics.published(M::QUEUE, &result);
        if result.is_ok() {
            tracing::debug!(parent: &span, queue = M::QUEUE, "an article is handed to {}", M::QUEUE);
        }
        result.map(|()| Receipt::Queued)
    }

    pub(crate) async fn announce<E: Event>(&self, event: &E) -> Result<(), PublishError> {
        let exchange = self.shared.topology.event_exchange(E::TYPE);
        self.shared.publish(Outgoing::new(event, exchange, "", false)?).await
    }

    pub(crate) async fn consume<M: Work, H: Handler<M>>(
        &self,
        consumption: Consumption,
        handler: H,
        shutdown: CancellationToken,
    ) -> Result<(), BusError> {
        consume::consume(&self.shared, consumption, handler, shutdown).await
    }

    pub(crate) fn subscribe<E: Event>(&self) -> broadcast::Receiver<E> {
        listen::subscribe(&self.shared)
    }

    pub(crate) fn state(&self) -> watch::Receiver<Result<(), String>> {
        self.shared.state.subscribe()
    }

    /// Closes the connection; what its consumers hold goes back to the broker.
    pub(crate) async fn close(&self) {
        self.shared.closed.cancel();
        if let Some(keeper) = self.keeper.lock().await.take() {
            // It ends by itself; a panic in it would have been reported there.
            let _ended = keeper.await;
        }
    }
}

/// A filter of logs that silences the broker's client, for whoever tells of its failures in better words.
pub const SILENT_CLIENT: &str = "lapin=off";

/// The names of the deployment, where its broker is, and that address without its secrets.
fn parse(config: &Config) -> Result<(Topology, AMQPUri, String), BusError> {
    if !(1..=100).contains(&config.prefix.len())
        || !config.prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
    {
        return Err(BusError::BadPrefix(config.prefix.clone()));
    }
    let address = config.shown_url();
    let uri = config.url.parse().map_err(|why: String| {
        BusError::BadAddress(address.clone(), format!("{}; give amqp://USER:PASSWORD@HOST:PORT/VHOST", why.replace(&config.url, &address)))
    })?;
    Ok((Topology::new(&config.prefix, Duration::from_secs(config.retry_delay_s.get().into())), uri, address))
}
