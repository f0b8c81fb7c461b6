//! Connections: how many, how long one may stall, and their orderly end. HTTP/1.1 alone, which is what proxies speak to what is behind them.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::Config;
use crate::access::{Client, Gate, Peer, Place, Places};
use crate::metrics::{Metrics, Rejected};
use crate::stalls::Stalls;

/// The longest head of a request, in bytes; a longer one is answered with 431.
const MAX_HEAD: usize = 32 * 1024;

/// How long to wait where the system has no more files to open.
const NO_FILES_PAUSE: Duration = Duration::from_millis(200);

/// What connections may take.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    places: Places,
    stall: Duration,
}

impl Limits {
    pub(crate) fn of(config: &Config) -> Self {
        Self { places: Places::new(config.connections.get() as usize), stall: config.stall_timeout() }
    }
}

/// Answers whoever connects until `stop`; the connections that are still open then are in their last request.
pub(crate) async fn accept(listener: &TcpListener, routes: &Router, gate: &Gate, limits: &Limits, stop: &CancellationToken) -> TaskTracker {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(connected) => connected,
            Err(error) => {
                // A client that went away again is nobody's failure; the rest is a lack of files, which passes.
                if !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
                    tracing::warn!(%error, "a connection was not taken: {error}");
                    tokio::time::sleep(NO_FILES_PAUSE).await;
                }
                continue;
            }
        };
        let client = (!gate.is_proxy(peer)).then(|| Client::from(peer.ip()));
        match limits.places.take(client) {
            Ok(place) => {
                let answering = answer(stream, peer, routes.clone(), limits.stall, gate.metrics.clone(), stop.clone(), place);
                connections.spawn(answering);
            }
            Err(full) => {
                tracing::debug!(?full, %peer, "a connection was closed: there are too many");
                gate.metrics.reject(Rejected::Connections);
            }
        }
    }
    connections.close();
    connections
}

async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
    stall: Duration,
    metrics: Metrics,
    stop: CancellationToken,
    _place: Place,
) {
    // Events are small, and would wait for one another.
    let _sooner = stream.set_nodelay(true);
    let amid_head = Arc::new(AtomicBool::new(false));
    let service = routes.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.map(Body::new)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(stall).max_header_size(MAX_HEAD);
    let stream = TokioIo::new(Stalls::new(stream, stall, amid_head.clone()));
    let mut connection = std::pin::pin!(http.serve_connection(stream, TowerToHyperService::new(service)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    let Err(error) = ended else { return };
    tracing::debug!(%error, %peer, "a connection ended early: {error}");
    if error.is_timeout() {
        // Between two requests a client may be silent: that connection is closed and nobody's failure.
        if amid_head.load(Ordering::Relaxed) {
            metrics.reject(Rejected::StalledHead);
        }
    } else if stalled(&error) {
        metrics.reject(Rejected::StalledAnswer);
    }
}

fn stalled(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
}
