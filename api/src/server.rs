//! The service: what its handlers need, and its routes.

use anyhow::Context as _;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::get;
use bus::Bus;
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::access::Places;
use crate::metrics::Metrics;
use crate::{Front, Problem, assets, pages, v1};

/// What the handlers need. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) bus: Bus,
    pub(crate) store: Store,
    pub(crate) metrics: Metrics,
    pub(crate) event_streams: Places,
    pub(crate) shutdown: CancellationToken,
}

/// Serves behind `front` until its shutdown, then finishes the requests that were begun.
pub async fn run(front: Front, bus: Bus, store: Store) -> anyhow::Result<()> {
    front.ops.readiness.follow("bus", bus.state(), front.shutdown.clone());
    store.show_connections(&front.ops.registry).context("the metrics of the database cannot be registered")?;
    store::watch(&store, front.ops.readiness.need("database"), front.shutdown.clone());
    let (metrics, event_streams) = (front.metrics.clone(), front.gate.event_streams.clone());
    let api = Api { bus, store, metrics, event_streams, shutdown: front.shutdown.clone() };
    let (v1, openapi) = v1::routes();
    let routes = v1
        .merge(pages::routes())
        .route("/assets/{name}", get(assets::serve))
        .with_state(api)
        .merge(v1::document(openapi))
        .merge(front.ops.routes())
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method: the header Allow says which it takes")
        })
        .layer(DefaultBodyLimit::max(front.config.body_limit()));
    front.serve(routes).await
}
