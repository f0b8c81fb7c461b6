//! Structured logs on standard error, as text or JSON.

use std::io::IsTerminal;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

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

/// Installs the logs of this process; a second call changes nothing.
pub fn init(config: &Config) -> Result<(), FilterError> {
    let refused = |why: &str| FilterError { filter: config.filter.clone(), why: why.to_owned() };
    if config.filter.trim().is_empty() {
        return Err(refused("it is empty"));
    }
    let filter = EnvFilter::builder().parse(&config.filter).map_err(|error| refused(&error.to_string()))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    // Tests start several services in one process: the first one's logs serve them all.
    let _already_installed = match config.format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    Ok(())
}
