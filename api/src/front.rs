//! The api's socket and what stands before every request, ready before database and broker are.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use runtime::ops::Ops;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;

use crate::access::{Gate, admit};
use crate::connections::{self, Limits};
use crate::metrics::{self, Metrics};
use crate::{Config, Problem, headers, pages};

/// An open socket with its gate: keys, rates and limits.
#[derive(Debug)]
pub struct Front {
    pub(crate) config: Config,
    pub(crate) gate: Gate,
    pub(crate) metrics: Metrics,
    pub(crate) ops: Ops,
    pub(crate) shutdown: CancellationToken,
    listener: TcpListener,
    limits: Limits,
}

impl Front {
    /// Reads the keys and registers the metrics, which can be done once an `ops`. A `ConfigError` where the keys or a limit cannot be used.
    pub fn open(config: Config, listener: TcpListener, ops: Ops, shutdown: CancellationToken) -> anyhow::Result<Self> {
        let metrics = Metrics::register(&ops.registry).context("the metrics of the api cannot be registered")?;
        let address = listener.local_addr().context("the api has no address")?;
        let gate = Gate::open(&config, address, &metrics, &shutdown)?;
        let limits = Limits::of(&config);
        Ok(Self { config, gate, metrics, ops, shutdown, listener, limits })
    }

    /// Answers while `waiting` for the database: health and metrics as they are, all else with 503.
    pub async fn answer_meanwhile<T>(&self, waiting: impl Future<Output = T>) -> T {
        let routes = self.surround(self.ops.routes().fallback(async || Problem::no_database()));
        // Who is being answered when the wait is over gets that answer, and comes again on another connection.
        let over = CancellationToken::new();
        let _over_once_dropped = over.clone().drop_guard();
        let serving = async {
            self.accept(routes, &over).await;
            std::future::pending::<Infallible>().await
        };
        tokio::select! {
            result = waiting => result,
            never = serving => match never {},
        }
    }

    /// Serves `routes` until the shutdown, then lets the requests that were begun finish.
    pub(crate) async fn serve(self, routes: Router) -> anyhow::Result<()> {
        let address = self.listener.local_addr().context("the api has no address")?;
        tracing::info!(%address, "pages and API at http://{address}/");
        let connections = self.accept(self.surround(routes), &self.shutdown).await;
        // Whoever comes now is refused, rather than left to wait.
        drop(self.listener);
        // A client that never reads its answer must not keep the process from ending.
        let patience = runtime::shutdown::GRACE.saturating_sub(Duration::from_secs(1));
        if tokio::time::timeout(patience, connections.wait()).await.is_err() {
            tracing::warn!("some requests were cut off: their clients were still reading at the end");
        }
        Ok(())
    }

    async fn accept(&self, routes: Router, stop: &CancellationToken) -> TaskTracker {
        connections::accept(&self.listener, &routes, &self.gate, &self.limits, stop).await
    }

    /// What goes around every request, the innermost first.
    fn surround(&self, routes: Router) -> Router {
        routes
            .layer(from_fn_with_state(self.gate.clone(), admit))
            .layer(from_fn_with_state(self.config.request_timeout(), limit_time))
            .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| panicked(panic.as_ref())))
            .layer(from_fn(pages::problems_as_pages))
            .layer(from_fn_with_state(self.metrics.clone(), metrics::measure))
            .layer(from_fn(headers::harden))
    }
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
    use axum::routing::get;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Sections {
        api: Config,
    }

    /// The status, type and body of the answer to `GET path` of a server of two bad routes.
    async fn ask(path: &str) -> (u16, String, String) {
        let routes = Router::new()
            .route("/panics", get(async || -> String { panic!("the inside") }))
            .route("/never", get(std::future::pending::<String>));
        let settings = [crate::DEFAULTS, "[api]\nrequest_timeout_s = 1\n"];
        let config = runtime::config::load::<Sections>(&settings, None).unwrap().api;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let front = Front::open(config, listener, Ops::new().unwrap(), shutdown.clone()).unwrap();
        let server = tokio::spawn(front.serve(routes));
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
        let media_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
        let result = (answer.status().as_u16(), media_type, answer.text().await.unwrap());
        shutdown.cancel();
        server.await.unwrap().unwrap();
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
