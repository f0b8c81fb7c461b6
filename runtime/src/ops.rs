//! `/metrics`, `/health/live` and `/health/ready`: what Prometheus scrapes and an operator's tools ask.

use std::net::SocketAddr;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use prometheus::{Registry, TextEncoder};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::health::Readiness;

/// Section `[ops]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
}

/// What the endpoints tell of. Cheap to clone; one a process.
#[derive(Clone, Debug, Default)]
pub struct Ops {
    /// The metrics of this process. Each crate registers its own.
    pub registry: Registry,
    /// What it needs to work.
    pub readiness: Readiness,
}

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {why}")]
pub struct BindError {
    address: SocketAddr,
    why: std::io::Error,
}

impl Ops {
    /// With the metrics of the process itself: memory, processor time, open files.
    pub fn new() -> Result<Self, prometheus::Error> {
        let ops = Self::default();
        ops.registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(ops)
    }

    /// The same for the process of `service`, which tells its version as well.
    pub fn of(service: &str) -> Result<Self, prometheus::Error> {
        let ops = Self::new()?;
        crate::metrics::register_build_info(&ops.registry, service)?;
        Ok(ops)
    }

    /// The three endpoints, to be merged into a router or served alone.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/metrics", get(metrics))
            .route("/health/live", get(|| async { Json(serde_json::json!({"status": "live"})) }))
            .route("/health/ready", get(ready))
            .with_state(self.clone())
    }

    /// Serves the endpoints at `config.listen` until `shutdown`; returns the address once it listens.
    pub async fn serve(&self, config: &Config, shutdown: CancellationToken) -> Result<SocketAddr, BindError> {
        let listener = bind(config.listen).await?;
        let address = listener.local_addr().map_err(|why| BindError { address: config.listen, why })?;
        let routes = self.routes();
        tokio::spawn(async move {
            let served = axum::serve(listener, routes).with_graceful_shutdown(shutdown.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::error!(%error, "metrics and health are served no more: {error}");
            }
        });
        Ok(address)
    }
}

/// Listens on `address`, or says which address and why not.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|why| BindError { address, why })
}

async fn metrics(State(ops): State<Ops>) -> Response {
    match TextEncoder::new().encode_to_string(&ops.registry.gather()) {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn ready(State(ops): State<Ops>) -> Response {
    let missing = ops.readiness.missing();
    if missing.is_empty() {
        Json(serde_json::json!({"status": "ready"})).into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::json!({"status": "not ready", "missing": missing}))).into_response()
    }
}
