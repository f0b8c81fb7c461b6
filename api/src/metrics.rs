//! What the service tells Prometheus. Labels are route templates, methods and classes: their number is bounded.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use prometheus::{HistogramVec, IntCounterVec, IntGauge, Registry, histogram_opts, opts};

/// The metrics of this crate. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    /// Requests answered.
    requests: IntCounterVec,
    /// Seconds until the head of the answer.
    seconds: HistogramVec,
    /// Requests being worked on.
    in_flight: IntGauge,
    /// Event streams that are open.
    pub(crate) event_streams: IntGauge,
    /// Articles posted.
    pub(crate) posted: IntCounterVec,
}

impl Metrics {
    /// Registers them.
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let requests = opts!("gainsay_api_requests_total", "Requests answered, by route template, method and class of status.");
        let seconds = histogram_opts!(
            "gainsay_api_request_seconds",
            "Seconds from a request to the head of its answer, by route template.",
            vec![0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]
        );
        let posted =
            opts!("gainsay_api_articles_posted_total", "Articles posted, by result: handled, queued, quarantined, refused, failed.");
        let metrics = Self {
            requests: IntCounterVec::new(requests, &["route", "method", "status"])?,
            seconds: HistogramVec::new(seconds, &["route"])?,
            in_flight: IntGauge::new("gainsay_api_requests_in_flight", "Requests being worked on now.")?,
            event_streams: IntGauge::new("gainsay_api_event_streams", "Streams of /v1/events that are open now.")?,
            posted: IntCounterVec::new(posted, &["result"])?,
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.seconds.clone()))?;
        registry.register(Box::new(metrics.in_flight.clone()))?;
        registry.register(Box::new(metrics.event_streams.clone()))?;
        registry.register(Box::new(metrics.posted.clone()))?;
        Ok(metrics)
    }
}

/// Counts while it lives, also where a request is given up half way.
#[derive(Debug)]
pub(crate) struct Counted(IntGauge);

impl Counted {
    /// Adds one to `gauge` until dropped.
    pub(crate) fn on(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Measures every request.
pub(crate) async fn measure(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str).to_owned();
    let method = method(request.method());
    let begun = Instant::now();
    let in_flight = Counted::on(&metrics.in_flight);
    let response = next.run(request).await;
    drop(in_flight);
    let class = match response.status().as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "1xx",
    };
    metrics.requests.with_label_values(&[route.as_str(), method, class]).inc();
    metrics.seconds.with_label_values(&[route.as_str()]).observe(begun.elapsed().as_secs_f64());
    response
}

/// Anyone may send any method: those that no route has share a label.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}
