//! The way to the broker: opened again whenever it is lost, with the topology declared anew each time.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{AMQPValue, FieldTable};
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, ErrorKind, Event, ExchangeKind};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::publish::Publisher;
use super::{CLOSING, Shared, pulse};
use crate::topology::{Argument, Queue, Topology};

/// The pauses between attempts to connect grow from the first to the last of these.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3));

/// How long connecting with all declarations may take.
const OPENING: Duration = Duration::from_secs(20);

/// Whether there is a connection now.
#[derive(Clone, Debug)]
pub(super) enum Status {
    /// There is.
    Up(Arc<Link>),
    /// There is not.
    Down,
    /// The broker has a queue or exchange of this name with other properties.
    Mismatch { queue: String, why: String },
    /// There will not be one again.
    Closed,
}

/// Two connections, lost and opened together. A broker that is short of memory or disk blocks what publishes; on a connection of
/// their own, acknowledgements still reach it, which is how it gets room again.
#[derive(Debug)]
pub(super) struct Link {
    /// What consumes and listens.
    pub(super) consuming: Connection,
    publishing: Connection,
    pub(super) publisher: Publisher,
    /// Why the link is of no more use, once it is.
    lost: watch::Sender<Option<String>>,
}

impl Link {
    /// Gives the link up, so that another is opened.
    pub(super) fn lose(&self, why: &str) {
        self.lost.send_if_modified(|lost| {
            let first = lost.is_none();
            lost.get_or_insert_with(|| why.to_owned());
            first
        });
    }

    /// Whether it was given up.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.borrow().is_some()
    }

    async fn lost(&self) -> String {
        let mut lost = self.lost.subscribe();
        // The sender lives as long as the link.
        lost.wait_for(Option::is_some).await.ok().and_then(|why| why.clone()).unwrap_or_default()
    }

    fn is_connected(&self) -> bool {
        self.consuming.status().connected() && self.publishing.status().connected()
    }

    /// Ends both connections. One that is gone cannot be closed politely, and need not be.
    async fn close(&self) {
        let close = async |connection: &Connection| connection.close(200, "bye".into()).await;
        let _gone = timeout(CLOSING, async { tokio::join!(close(&self.consuming), close(&self.publishing)) }).await;
    }
}

/// Why a connection could not be opened.
enum OpenError {
    Unreachable(String),
    Mismatch { queue: String, why: String },
}

impl From<lapin::Error> for OpenError {
    fn from(error: lapin::Error) -> Self {
        Self::Unreachable(error.to_string())
    }
}

/// Keeps a connection open until the bus is closed.
pub(super) async fn keep(shared: Arc<Shared>, uri: AMQPUri) {
    let mut pause = PAUSES.0;
    loop {
        let opened = tokio::select! {
            opened = timeout(OPENING, open(&shared, uri.clone())) => opened,
            () = shared.closed.cancelled() => break,
        };
        match opened.unwrap_or_else(|_| Err(OpenError::Unreachable(format!("no answer within {} s", OPENING.as_secs())))) {
            Ok(link) => {
                let (link, since) = (Arc::new(link), Instant::now());
                let why = hold(&shared, &link).await;
                if since.elapsed() > PAUSES.1 {
                    pause = PAUSES.0;
                }
                link.lose(&why);
                shared.down(Status::Down, format!("the connection to {} was lost: {why}", shared.address));
                link.close().await;
            }
            Err(OpenError::Unreachable(why)) => shared.down(Status::Down, format!("{} cannot be reached: {why}", shared.address)),
            Err(OpenError::Mismatch { queue, why }) => {
                let state = format!("{queue} is on the broker with other properties: {why}");
                shared.down(Status::Mismatch { queue, why }, state);
            }
        }
        tokio::select! {
            () = sleep(pause) => pause = (pause * 2).min(PAUSES.1),
            () = shared.closed.cancelled() => break,
        }
    }
    shared.down(Status::Closed, "the bus is closed".to_owned());
}

/// Offers the link until it is lost or the bus is closed; answers why.
async fn hold(shared: &Shared, link: &Arc<Link>) -> String {
    let mut consuming = std::pin::pin!(link.consuming.events_listener());
    let mut publishing = std::pin::pin!(link.publishing.events_listener());
    if !link.is_connected() {
        return "it was closed at once".to_owned();
    }
    let silent = watch::Sender::new(false);
    let mut silence = silent.subscribe();
    let mut pulse = std::pin::pin!(pulse::watch(&link.consuming, &silent));
    let mut blocked = None;
    shared.report(Ok(()));
    shared.status.send_replace(Status::Up(Arc::clone(link)));
    loop {
        let event = tokio::select! {
            () = shared.closed.cancelled() => return "the bus is closed".to_owned(),
            why = link.lost() => return why,
            why = &mut pulse => return why,
            Ok(()) = silence.changed() => None,
            event = consuming.next() => Some(event),
            event = publishing.next() => Some(event),
        };
        match event {
            Some(Some(Event::Error(error))) => return error.to_string(),
            Some(None) => return "the client gave up".to_owned(),
            Some(Some(Event::ConnectionBlocked(reason))) => blocked = Some(reason),
            Some(Some(Event::ConnectionUnblocked)) => blocked = None,
            Some(Some(_)) => continue,
            None => {}
        }
        shared.report(match &blocked {
            _ if *silence.borrow() => Err(format!("{} does not answer", shared.address)),
            Some(reason) => Err(format!("{} takes no messages now: {reason}", shared.address)),
            None => Ok(()),
        });
    }
}

/// Connects, declares the topology and makes the publishing channel.
async fn open(shared: &Shared, uri: AMQPUri) -> Result<Link, OpenError> {
    let connect = |what: &str| {
        let name = format!("gainsay {} {what}", shared.consumer_name);
        Connection::connect_uri(uri.clone(), ConnectionProperties::default().with_connection_name(name.into()))
    };
    let (consuming, publishing) = tokio::try_join!(connect("consuming"), connect("publishing"))?;
    declare(&consuming.create_channel().await?, &shared.topology).await?;
    let publisher = Publisher::open(&publishing).await?;
    Ok(Link { consuming, publishing, publisher, lost: watch::Sender::new(None) })
}

async fn declare(channel: &Channel, topology: &Topology) -> Result<(), OpenError> {
    let work = topology.work_exchange();
    let events = topology.event_exchanges().map(|exchange| (exchange, ExchangeKind::Fanout));
    for (exchange, kind) in std::iter::once((work.clone(), ExchangeKind::Direct)).chain(events) {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let declared = channel.exchange_declare(exchange.as_str().into(), kind, options, FieldTable::default()).await;
        declared.map_err(|error| refused(exchange, &error))?;
    }
    for Queue { name, routing_key, arguments } in topology.queues() {
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        let declared = channel.queue_declare(name.as_str().into(), options, table(arguments)).await;
        declared.map_err(|error| refused(name.clone(), &error))?;
        let (queue, exchange) = (name.as_str().into(), work.as_str().into());
        channel.queue_bind(queue, exchange, routing_key.into(), QueueBindOptions::default(), FieldTable::default()).await?;
    }
    Ok(channel.close(200, "declared".into()).await?)
}

fn refused(queue: String, error: &lapin::Error) -> OpenError {
    match broken_condition(error) {
        Some(why) => OpenError::Mismatch { queue, why },
        None => OpenError::Unreachable(error.to_string()),
    }
}

/// The broker's reason, where it refused something that it will refuse again.
pub(super) fn broken_condition(error: &lapin::Error) -> Option<String> {
    match error.kind() {
        ErrorKind::ProtocolError(why) if *why.kind() == AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED) => {
            Some(why.get_message().to_string())
        }
        _ => None,
    }
}

/// Whether the broker said that there is no such queue or exchange.
pub(super) fn is_missing(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(why) if *why.kind() == AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND))
}

pub(super) fn table(arguments: Vec<(&'static str, Argument)>) -> FieldTable {
    let mut table = FieldTable::default();
    for (key, value) in arguments {
        let value = match value {
            Argument::Text(text) => AMQPValue::LongString(text.into()),
            Argument::Number(number) => AMQPValue::LongLongInt(number),
        };
        table.insert(key.into(), value);
    }
    table
}

impl Shared {
    /// Resolves at the next change of the connection's status.
    pub(super) async fn status_changed(&self) {
        // The sender lives as long as the bus.
        let _gone = self.status.subscribe().changed().await;
    }

    /// Tells whoever follows the bus's state, who also logs it.
    fn report(&self, state: Result<(), String>) {
        self.metrics.connected(state.is_ok());
        let _before = self.state.send_replace(state);
    }

    fn down(&self, status: Status, why: String) {
        self.report(Err(why));
        self.status.send_replace(status);
    }
}
