//! The extract service.

use std::process::ExitCode;

use bus::Bus;
use serde::Deserialize;

/// The sections that this service reads.
#[derive(Debug, Deserialize)]
struct Config {
    bus: bus::Config,
    extract: extract::Config,
}

fn main() -> ExitCode {
    runtime::service::main("gainsay-extract", &["bus"], &[bus::DEFAULTS, extract::DEFAULTS], |config: Config, context| async move {
        let bus = Bus::rabbit(&config.bus, "extract", &context.ops.registry).map_err(|error| runtime::config::refuse("bus", error))?;
        extract::run(config.extract, bus, context.ops, context.shutdown).await
    })
}
