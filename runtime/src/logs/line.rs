//! What a line of the logs looks like. Whatever is written while an article is handled tells of that article and its trace.

use std::fmt;

use opentelemetry::trace::TraceContextExt;
use serde::Serializer;
use serde::ser::SerializeMap;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::fmt::format::{DefaultFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::trace::ARTICLE_ID;

/// For people: when, how grave, where, what; the article last, where the words do not name it themselves.
#[derive(Debug)]
pub(super) struct Text;

/// For machines: one JSON object, with the fields of the event and of every span around it side by side.
#[derive(Debug)]
pub(super) struct Json;

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let colours = writer.has_ansi_escapes();
        let (dim, plain) = if colours { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        let level = if colours { colour(*metadata.level()) } else { "" };
        writer.write_str(dim)?;
        SystemTime.format_time(&mut writer)?;
        write!(writer, "{plain} {level}{:>5}{plain} {dim}{}:{plain} ", metadata.level(), metadata.target())?;
        // The fields of spans are kept as JSON, these are for people.
        DefaultFields::new().format_fields(writer.by_ref(), event)?;
        let mut own = Fields::default();
        event.record(&mut own);
        if let (None, Some(article)) = (own.0.get(ARTICLE_ID), around(context).get(ARTICLE_ID).and_then(Value::as_str)) {
            write!(writer, " {dim}{ARTICLE_ID}={plain}{article}")?;
        }
        writeln!(writer)
    }
}

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let mut fields = Fields(around(context));
        event.record(&mut fields);
        let mut fields = fields.0;
        if let Some(trace) = trace_of(context) {
            fields.insert("trace_id".to_owned(), trace.into());
        }
        let mut moment = String::new();
        SystemTime.format_time(&mut Writer::new(&mut moment))?;
        let message = fields.remove("message");
        // No field may pass itself off as one of these.
        for reserved in ["timestamp", "level", "target"] {
            fields.remove(reserved);
        }
        let mut line = Vec::new();
        let mut write = || {
            let mut serializer = serde_json::Serializer::new(&mut line);
            let mut object = serializer.serialize_map(None)?;
            object.serialize_entry("timestamp", &moment)?;
            object.serialize_entry("level", metadata.level().as_str())?;
            if let Some(message) = &message {
                object.serialize_entry("message", message)?;
            }
            for (name, value) in &fields {
                object.serialize_entry(name, value)?;
            }
            object.serialize_entry("target", metadata.target())?;
            object.end()
        };
        write().map_err(|_: serde_json::Error| fmt::Error)?;
        writeln!(writer, "{}", std::str::from_utf8(&line).map_err(|_| fmt::Error)?)
    }
}

/// The fields of the spans around an event; those of an inner one win.
fn around<S, N>(context: &FmtContext<'_, S, N>) -> Map<String, Value>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    let mut fields = Map::new();
    for span in context.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root) {
        let extensions = span.extensions();
        let formatted = extensions.get::<FormattedFields<N>>().map(|formatted| serde_json::from_str(&formatted.fields));
        if let Some(Ok(Value::Object(of_span))) = formatted {
            // What is meant for traces alone says nothing here.
            fields.extend(of_span.into_iter().filter(|(name, _)| !name.starts_with("otel.")));
        }
    }
    fields
}

/// The id of the trace that an event belongs to.
fn trace_of<S, N>(context: &FmtContext<'_, S, N>) -> Option<String>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    context.event_scope()?.find_map(|span| {
        let id = span.id();
        let traced = tracing::dispatcher::get_default(|dispatch| tracing_opentelemetry::get_otel_context(&id, dispatch))?;
        let span = traced.span();
        let context = span.span_context();
        context.is_valid().then(|| context.trace_id().to_string())
    })
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}

/// The fields of an event as JSON.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        // How a line of the older `log` facade says where it comes from, which its target says as well.
        if !field.name().starts_with("log.") {
            self.0.insert(field.name().trim_start_matches("r#").to_owned(), value);
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}").into());
    }
}
