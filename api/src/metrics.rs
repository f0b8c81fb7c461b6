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
    /// Requests and connections that were turned away at the gate.
    rejected: IntCounterVec,
    /// Requests let through with a key.
    pub(crate) key_requests: IntCounterVec,
    /// Keys in force.
    pub(crate) keys: IntGauge,
    /// Whether the keys file is not as it must be.
    pub(crate) keys_file_bad: IntGauge,
}

/// Why a request or a connection was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    NoKey,
    WrongKey,
    Scope,
    ReadRate,
    WriteRate,
    AddressTooLong,
    BodyTooLarge,
    StalledHead,
    StalledBody,
    StalledAnswer,
    Connections,
    EventStreams,
}

impl Rejected {
    const ALL: [Self; 12] = [
        Self::NoKey,
        Self::WrongKey,
        Self::Scope,
        Self::ReadRate,
        Self::WriteRate,
        Self::AddressTooLong,
        Self::BodyTooLarge,
        Self::StalledHead,
        Self::StalledBody,
        Self::StalledAnswer,
        Self::Connections,
        Self::EventStreams,
    ];

    /// The label's value.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NoKey => "no_key",
            Self::WrongKey => "wrong_key",
            Self::Scope => "scope",
            Self::ReadRate => "read_rate",
            Self::WriteRate => "write_rate",
            Self::AddressTooLong => "address_too_long",
            Self::BodyTooLarge => "body_too_large",
            Self::StalledHead => "stalled_head",
            Self::StalledBody => "stalled_body",
            Self::StalledAnswer => "stalled_answer",
            Self::Connections => "connections",
            Self::EventStreams => "event_streams",
        }
    }
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
        let rejected = opts!(
            "gainsay_api_rejected_total",
            "Requests and connections turned away, by reason: no_key, wrong_key, scope, read_rate, write_rate, address_too_long, \
             body_too_large, stalled_head, stalled_body, stalled_answer, connections, event_streams."
        );
        let key_requests = opts!("gainsay_api_key_requests_total", "Requests let through with a key, by the key's name.");
        let metrics = Self {
            requests: IntCounterVec::new(requests, &["route", "method", "status"])?,
            seconds: HistogramVec::new(seconds, &["route"])?,
            in_flight: IntGauge::new("gainsay_api_requests_in_flight", "Requests being worked on now.")?,
            event_streams: IntGauge::new("gainsay_api_event_streams", "Streams of /v1/events that are open now.")?,
            posted: IntCounterVec::new(posted, &["result"])?,
            rejected: IntCounterVec::new(rejected, &["reason"])?,
            key_requests: IntCounterVec::new(key_requests, &["key"])?,
            keys: IntGauge::new("gainsay_api_keys", "API keys in force: those of the keys file as it last was in order.")?,
            keys_file_bad: IntGauge::new(
                "gainsay_api_keys_file_bad",
                "1 while the keys file cannot be read and the keys read before stay in force, else 0.",
            )?,
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.seconds.clone()))?;
        registry.register(Box::new(metrics.in_flight.clone()))?;
        registry.register(Box::new(metrics.event_streams.clone()))?;
        registry.register(Box::new(metrics.posted.clone()))?;
        registry.register(Box::new(metrics.rejected.clone()))?;
        registry.register(Box::new(metrics.key_requests.clone()))?;
        registry.register(Box::new(metrics.keys.clone()))?;
        registry.register(Box::new(metrics.keys_file_bad.clone()))?;
        for reason in Rejected::ALL {
            metrics.rejected.with_label_values(&[reason.as_str()]).inc_by(0);
        }
        Ok(metrics)
    }

    /// Counts what was turned away.
    pub(crate) fn reject(&self, reason: Rejected) {
        self.rejected.with_label_values(&[reason.as_str()]).inc();
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
