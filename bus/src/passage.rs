//! What travels with a message besides its body: since when its article is on its way, and the trace that it belongs to.
//!
//! A handler runs within the passages of its messages, so that what it publishes about an article goes on with that article's
//! passage, whichever messages were handled beside it.

use std::sync::Arc;

use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tracing::Span;
use tracing::instrument::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header of a message for each part of a trace's context, by W3C Trace Context.
pub(crate) const TRACE_HEADERS: [&str; 2] = ["traceparent", "tracestate"];

/// What travels with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// When its article was first taken in, to the millisecond.
    #[serde(with = "time::serde::rfc3339")]
    pub taken_at: OffsetDateTime,
    /// The span that published it.
    #[serde(flatten)]
    pub trace: TraceContext,
}

/// A span as it is named in another process, by W3C Trace Context. Empty where nothing is traced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceContext {
    /// The trace, the span, and whether it is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// What tracing systems add to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracestate: Option<String>,
}

/// What runs within a task: the messages in its hands, or an article that is being taken in.
#[derive(Clone, Debug)]
struct Carried {
    /// What the message is about; none holds for whatever is published.
    subject: Option<String>,
    passage: Passage,
    span: Span,
}

#[derive(Debug)]
struct Within {
    carried: Vec<Carried>,
    /// The span that the work runs within, which is of no single message where there are several.
    around: Option<tracing::Id>,
}

tokio::task_local! {
    static WITHIN: Arc<Within>;
}

/// Runs `work`, which takes an article in: however often it publishes the article, that counts as taken in now.
pub async fn taking_in<F: Future>(work: F) -> F::Output {
    going_on(Passage::from_now(), work).await
}

/// Runs `work`, whose messages go on with `passage`.
pub(crate) async fn going_on<F: Future>(passage: Passage, work: F) -> F::Output {
    let carried = Carried { subject: None, passage, span: Span::none() };
    WITHIN.scope(Arc::new(Within { carried: vec![carried], around: None }), work).await
}

/// The span of the message about `subject` that this task handles, for what is done for that one alone; else the current span.
pub fn span_of(subject: &str) -> Span {
    carried(subject).map_or_else(Span::current, |(carried, _)| carried.span)
}

impl Passage {
    /// Of the message about `subject` that this task handles.
    pub fn of(subject: &str) -> Option<Self> {
        carried(subject).map(|(carried, _)| carried.passage)
    }

    /// Of an article that is taken in at this moment.
    pub(crate) fn from_now() -> Self {
        Self { taken_at: to_milliseconds(OffsetDateTime::now_utc()), trace: TraceContext::default() }
    }

    /// Seconds since the article was taken in.
    pub(crate) fn age(&self) -> f64 {
        // Clocks of two machines may differ.
        (OffsetDateTime::now_utc() - self.taken_at).as_seconds_f64().max(0.0)
    }

    /// Milliseconds from the Unix epoch until the article was taken in.
    pub(crate) fn taken_at_ms(&self) -> i64 {
        i64::try_from(self.taken_at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
    }

    /// The span of a message's way onto `queue`, and what is to travel with that message.
    pub(crate) fn outward(queue: &'static str, subject: &str) -> (Span, Self) {
        let found = carried(subject);
        let current = Span::current();
        let parent = match &found {
            Some((carried, around)) if *around == current.id() => carried.span.clone(),
            _ => current,
        };
        let span = tracing::error_span!(
            parent: &parent, "publish", otel.name = format!("publish {queue}"), otel.kind = "producer", article_id = subject, queue
        );
        let carried = found.map_or_else(Self::from_now, |(carried, _)| carried.passage);
        let here = TraceContext::of(&span);
        let trace = if here.traceparent.is_some() { here } else { carried.trace };
        (span, Self { trace, ..carried })
    }
}

impl TraceContext {
    /// Of a span; empty unless spans are traced.
    fn of(span: &Span) -> Self {
        let context = span.context();
        let mut trace = Self::default();
        if context.span().span_context().is_valid() {
            TraceContextPropagator::new().inject_context(&context, &mut trace);
        }
        trace
    }

    /// Makes the span that is named here the parent of `span`.
    fn adopt(&self, span: &Span) {
        if self.traceparent.is_some() {
            // Fails where spans are not traced, and then nothing is to be done.
            let _untraced = span.set_parent(TraceContextPropagator::new().extract_with_context(&opentelemetry::Context::new(), self));
        }
    }
}

impl Injector for TraceContext {
    fn set(&mut self, key: &str, value: String) {
        match key {
            "traceparent" => self.traceparent = Some(value),
            "tracestate" => self.tracestate = Some(value).filter(|value| !value.is_empty()),
            _ => {}
        }
    }
}

impl Extractor for TraceContext {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => self.traceparent.as_deref(),
            "tracestate" => self.tracestate.as_deref(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        TRACE_HEADERS.to_vec()
    }
}

/// A message in a consumer's hands, with the span of its handling.
#[derive(Clone, Debug)]
pub(crate) struct InHand {
    pub(crate) subject: String,
    pub(crate) passage: Passage,
    pub(crate) span: Span,
}

impl InHand {
    /// Begins the handling of a message of `queue`.
    pub(crate) fn new(queue: &'static str, subject: String, passage: Passage, attempts: u32) -> Self {
        let span = tracing::error_span!(
            parent: None,
            "handle",
            otel.name = format!("handle {queue}"),
            otel.kind = "consumer",
            article_id = subject,
            queue,
            attempts,
            outcome = tracing::field::Empty,
        );
        passage.trace.adopt(&span);
        Self { subject, passage, span }
    }
}

/// Runs `work` within the passages of the messages that it handles: within the span of the only one, or in one that names them all.
pub(crate) async fn within<F: Future>(hands: &[InHand], work: F) -> F::Output {
    let around = if let [one] = hands {
        one.span.clone()
    } else {
        let ids = hands.iter().map(|hand| hand.subject.as_str()).collect::<Vec<_>>().join(" ");
        tracing::error_span!(target: "bus::batch", parent: None, "batch", article_ids = ids)
    };
    let carried =
        hands.iter().map(|hand| Carried { subject: Some(hand.subject.clone()), passage: hand.passage.clone(), span: hand.span.clone() });
    let within = Within { carried: carried.collect(), around: around.id() };
    WITHIN.scope(Arc::new(within), work.instrument(around)).await
}

/// What this task carries about `subject`, and the span that the task's work runs within.
fn carried(subject: &str) -> Option<(Carried, Option<tracing::Id>)> {
    let find = |within: &Arc<Within>| {
        let of_this = |carried: &&Carried| carried.subject.as_deref().is_none_or(|about| about == subject);
        within.carried.iter().find(of_this).map(|carried| (carried.clone(), within.around.clone()))
    };
    WITHIN.try_with(find).ok().flatten()
}

/// As it travels.
fn to_milliseconds(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_millisecond(moment.millisecond()).unwrap_or(moment)
}
