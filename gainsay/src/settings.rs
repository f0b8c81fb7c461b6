//! The configuration of the one process: every crate's defaults, then the file of `--config`, then the environment.

use runtime::logs::Format;
use runtime::trace::Traces;
use serde::Deserialize;

use crate::cli::Globals;
use crate::warnings;

/// How much the logs say unless told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// What goes on, for what serves.
    Info,
    /// What is not as it should be, for what ends by itself: as words to its user.
    Warnings,
}

/// The sections that one process reads. Broker and database are its own, whatever the addresses in `[bus]` and `[database]`.
#[derive(Debug, Deserialize)]
pub struct Settings {
    log: runtime::logs::Config,
    trace: runtime::trace::Config,
    /// Its traces, for whoever serves.
    #[serde(skip)]
    pub traces: Option<Traces>,
    /// Section `[bus]`: how often and when to try again.
    pub bus: bus::Config,
    /// Section `[database]`: how many connections.
    pub database: store::DatabaseConfig,
    /// Section `[ingest]`.
    pub ingest: ingest::Config,
    /// Section `[extract]`.
    pub extract: ::extract::Config,
    /// Section `[store]`.
    pub store: store::Config,
    /// Section `[api]`.
    pub api: api::Config,
}

/// Loads the configuration and starts the logs.
pub fn load(globals: &Globals, logs: Logs) -> anyhow::Result<Settings> {
    let filter = match (globals.quiet, logs) {
        // What the broker's client says of its own, the command's own failure says better.
        (true, _) => format!("[log]\nfilter = \"error,{}\"\n", bus::SILENT_CLIENT),
        (false, Logs::Warnings) => format!("[log]\nfilter = \"warn,html5ever=error,{}\"\n", bus::SILENT_CLIENT),
        (false, Logs::Info) => String::new(),
    };
    let defaults = [runtime::DEFAULTS, bus::DEFAULTS, store::DEFAULTS, ingest::DEFAULTS, ::extract::DEFAULTS, api::DEFAULTS, &filter];
    let mut settings: Settings = runtime::config::load(&defaults, globals.config.as_deref())?;
    // Who asks for JSON reads it by machine. A filter that is not understood is named by the logs' own error.
    let said = logs == Logs::Warnings && settings.log.format == Format::Text && warnings::say(&settings.log.filter);
    if !said {
        let traces = Traces::new("gainsay", &settings.trace)?;
        runtime::logs::init(&settings.log, Some(&traces))?;
        settings.traces = Some(traces);
    }
    Ok(settings)
}
