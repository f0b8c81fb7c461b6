//! The store service.

use std::process::ExitCode;

use bus::Bus;
use serde::Deserialize;
use store::{DatabaseConfig, Store};

/// The sections that this service reads.
#[derive(Debug, Deserialize)]
struct Config {
    bus: bus::Config,
    database: DatabaseConfig,
    store: store::Config,
}

fn main() -> ExitCode {
    runtime::service::main("gainsay-store", &["bus", "database"], &[bus::DEFAULTS, store::DEFAULTS], |config: Config, context| async move {
        let bus = Bus::rabbit(&config.bus, "store", &context.ops.registry).map_err(|error| runtime::config::refuse("bus", error))?;
        let need = context.ops.readiness.need("database");
        let Some(store) = Store::open_when_there(&config.database, &need, &context.shutdown).await? else { return Ok(()) };
        store::run(config.store, bus, store, context.ops, context.shutdown).await
    })
}
