//! Traces: section `[trace]`, which spans are traced, and their way to an OpenTelemetry collector.
//!
//! A span is traced if it is about an article, which is to say that it has a field `article_id`. Identifiers are given, written
//! into logs and sent along with messages whether or not a collector is configured.

mod collector;
mod sending;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanLimits};
use prometheus::Registry;
use serde::Deserialize;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::config::{ConfigError, refuse};
use crate::metrics::TraceMetrics;
use collector::Collector;
pub use sending::Sending;

/// The field of a span that says which article it is about, in logs as in traces.
pub const ARTICLE_ID: &str = "article_id";

/// Section `[trace]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The collector's address; "" sends nothing. May hold a password.
    pub endpoint: String,
    /// Headers for the collector, `NAME=VALUE` with commas between. May hold secrets.
    pub headers: String,
    /// Which part of the articles is traced, from 0 to 1.
    pub ratio: f64,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("ratio", &self.ratio).finish_non_exhaustive()
    }
}

/// The traces of this process.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    outgoing: Option<(sending::Outgoing, Collector)>,
    metrics: TraceMetrics,
}

impl Traces {
    /// Of the service `service`. Refuses an address, header or ratio that cannot be one.
    pub fn new(service: &'static str, config: &Config) -> Result<Self, ConfigError> {
        let ratio = config.ratio;
        if !(0.0..=1.0).contains(&ratio) {
            return Err(refuse("trace", format_args!("ratio {ratio} is not between 0 and 1")));
        }
        let resource = Resource::builder_empty()
            .with_attributes([
                KeyValue::new("service.name", service),
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("service.instance.id", std::process::id().to_string()),
            ])
            .build();
        let metrics = TraceMetrics::new().map_err(|error| refuse("trace", error))?;
        // Nothing is left to the environment variables of OpenTelemetry: configuration is read in one place.
        let mut provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio))))
            .with_span_limits(SpanLimits::default());
        let collector = Collector::new(config, ResourceAttributesWithSchema::from(&resource)).map_err(|why| refuse("trace", why))?;
        let outgoing = collector.map(|collector| {
            let (waiting, outgoing) = sending::queue(metrics.clone());
            (waiting, (outgoing, collector))
        });
        let (waiting, outgoing) = outgoing.unzip();
        if let Some(waiting) = waiting {
            provider = provider.with_span_processor(waiting);
        }
        Ok(Self { provider: provider.with_resource(resource).build(), outgoing, metrics })
    }

    /// Sends spans to the collector from now on; tells of it among the metrics in `registry`. Must be called within a tokio runtime.
    pub fn send(self, registry: &Registry) -> Result<Sending, prometheus::Error> {
        match self.outgoing {
            Some((outgoing, collector)) => {
                self.metrics.register(registry)?;
                Ok(Sending::begin(outgoing, collector, self.metrics))
            }
            None => Ok(Sending::nothing()),
        }
    }

    /// What makes spans about articles into spans of traces.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        // Dynamic, so that it is asked for every span: a span that is taken for always wanted would be left out after a mere question
        // whether something else is wanted, as the database client asks before each query.
        let about_articles =
            DynFilterFn::new(|metadata, _: &Context<'_, S>| metadata.is_span() && metadata.fields().field(ARTICLE_ID).is_some());
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("gainsay"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            // Every filter of logs lets errors pass, and with them the spans that name the article.
            .with_filter(about_articles.with_max_level_hint(LevelFilter::ERROR))
    }
}
