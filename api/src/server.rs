//! The service: its routes, what goes around every request, and its orderly end.

use std::future::IntoFuture;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bus::Bus;
use runtime::ops::Ops;
use store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use crate::metrics::{self, Metrics};
use crate::{Config, Problem, assets, headers, pages, v1};

/// What the handlers need. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    pub(crate) bus: Bus,
    pub(crate) store: Store,
    pub(crate) metrics: Metrics,
    pub(crate) shutdown: CancellationToken,
    config: Config,
    ops: Ops,
}

impl Api {
    /// Puts the parts together and registers the metrics, which can be done once an `ops`.
    pub fn new(config: Config, bus: Bus, store: Store, ops: Ops, shutdown: CancellationToken) -> Result<Self, prometheus::Error> {
        let metrics = Metrics::register(&ops.registry)?;
        Ok(Self { bus, store, metrics, shutdown, config, ops })
    }
}

/// Serves on `listener` until `shutdown`, then finishes the requests that were begun.
pub async fn run(
    config: Config,
    listener: TcpListener,
    bus: Bus,
    store: Store,
    ops: Ops,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    ops.readiness.follow("bus", bus.state(), shutdown.clone());
    store.show_connections(&ops.registry).context("the metrics of the database cannot be registered")?;
    store::watch(&store, ops.readiness.need("database"), shutdown.clone());
    let api = Api::new(config, bus, store, ops, shutdown.clone()).context("the metrics of the api cannot be registered")?;
    let address = listener.local_addr().context("the api has no address")?;
    tracing::info!(%address, "pages and API at http://{address}/");
    let served = axum::serve(listener, router(api)).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    // A client that never reads its answer must not keep the process from ending.
    let overrun = async {
        shutdown.cancelled().await;
        tokio::time::sleep(runtime::shutdown::GRACE.saturating_sub(Duration::from_secs(1))).await;
    };
    tokio::select! {
        ended = served => ended.context("the api serves no more"),
        () = overrun => {
            tracing::warn!("some requests were cut off: their clients were still reading at the end");
            Ok(())
        }
    }
}

/// Answers on `listener` while `waiting` for the database: health as it is, all else with 503; then hands both back.
pub async fn answer_meanwhile<T>(listener: TcpListener, ops: &Ops, waiting: impl Future<Output = T>) -> anyhow::Result<(TcpListener, T)> {
    // The socket stays open between the two servers, so that nobody is refused in the moment of the change.
    let socket = listener.into_std().context("the api's socket is unusable")?;
    let meanwhile = TcpListener::from_std(socket.try_clone().context("the api's socket cannot be shared")?)?;
    let routes =
        ops.routes().fallback(async || Problem::no_database()).layer(from_fn(pages::problems_as_pages)).layer(from_fn(headers::harden));
    let over = CancellationToken::new();
    let _served_no_longer_if_dropped = over.clone().drop_guard();
    tokio::spawn(axum::serve(meanwhile, routes).with_graceful_shutdown(over.cancelled_owned()).into_future());
    let result = waiting.await;
    Ok((TcpListener::from_std(socket)?, result))
}

/// All routes, with what goes around each request.
pub fn router(api: Api) -> Router {
    let (v1, openapi) = v1::routes();
    let routes = v1
        .merge(pages::routes())
        .route("/assets/{name}", get(assets::serve))
        .with_state(api.clone())
        .merge(v1::document(openapi))
        .merge(api.ops.routes())
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method: the header Allow says which it takes")
        })
        .layer(DefaultBodyLimit::max(api.config.body_limit()));
    around(routes, api.config.request_timeout(), api.metrics)
}

/// What goes around every request, the innermost first.
fn around(routes: Router, timeout: Duration, metrics: Metrics) -> Router {
    routes
        .layer(from_fn_with_state(timeout, limit_time))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| panicked(panic.as_ref())))
        .layer(from_fn(pages::problems_as_pages))
        .layer(from_fn_with_state(metrics, metrics::measure))
        .layer(from_fn(headers::harden))
}

async fn limit_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        let detail = format!("the request was not done within {} s: try again, or ask for less at once", limit.as_secs());
        Problem::new(StatusCode::GATEWAY_TIMEOUT, detail).into_response()
    })
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text, "a request ended in a panic");
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The status, type and body of the answer to `GET path` of a server of two bad routes.
    async fn ask(path: &str) -> (u16, String, String) {
        let ops = Ops::new().unwrap();
        let routes = Router::new()
            .route("/panics", get(async || -> String { panic!("the inside") }))
            .route("/never", get(std::future::pending::<String>));
        let routes = around(routes, Duration::from_millis(50), Metrics::register(&ops.registry).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(axum::serve(listener, routes).into_future());
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
        let media_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
        let result = (answer.status().as_u16(), media_type, answer.text().await.unwrap());
        server.abort();
        result
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_shows_nothing_of_the_inside() {
        let (status, media_type, body) = ask("/panics").await;
        assert_eq!((status, media_type.as_str()), (500, "application/problem+json"));
        assert!(!body.contains("the inside"), "{body}");
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_a_problem() {
        let (status, media_type, body) = ask("/never").await;
        assert_eq!((status, media_type.as_str()), (504, "application/problem+json"));
        assert!(body.contains("not done within"), "{body}");
    }
}
