//! Structured logs on standard error, as text or JSON.

mod line;

use std::io::IsTerminal;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::trace::Traces;

/// Section `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How lines look.
    pub format: Format,
    /// What is logged: a level, or levels by module.
    pub filter: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// A filter that is not understood.
#[derive(Debug, thiserror::Error)]
#[error("log.filter {filter:?} is not understood ({why}): give a level, such as info, or levels by module, such as info,sqlx=warn")]
pub struct FilterError {
    filter: String,
    why: String,
}

/// Installs the logs of this process, and `traces` where there are any; a second call changes nothing.
pub fn init(config: &Config, traces: Option<&Traces>) -> Result<(), FilterError> {
    let refused = |why: &str| FilterError { filter: config.filter.clone(), why: why.to_owned() };
    if config.filter.trim().is_empty() {
        return Err(refused("it is empty"));
    }
    let filter = EnvFilter::builder().parse(&config.filter).map_err(|error| refused(&error.to_string()))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .fmt_fields(JsonFields::new());
    let lines = match config.format {
        Format::Text => lines.event_format(line::Text).boxed(),
        Format::Json => lines.event_format(line::Json).boxed(),
    };
    // Tests start several services in one process: the first one's logs serve them all.
    let _already_installed = tracing_subscriber::registry().with(traces.map(Traces::layer)).with(lines.with_filter(filter)).try_init();
    Ok(())
}
