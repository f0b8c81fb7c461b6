//! The ingest service.

use std::process::ExitCode;
use std::time::Duration;

use bus::Bus;
use runtime::service::Context;
use serde::Deserialize;
use store::{DatabaseConfig, Store};

/// The sections that this service reads.
#[derive(Debug, Deserialize)]
struct Config {
    bus: bus::Config,
    database: DatabaseConfig,
    ingest: ingest::Config,
}

fn main() -> ExitCode {
    let defaults = [bus::DEFAULTS, store::DEFAULTS, ingest::DEFAULTS];
    runtime::service::main("gainsay-ingest", &["bus", "database"], &defaults, |config: Config, context| async move {
        let bus = Bus::rabbit(&config.bus, "ingest", &context.ops.registry).map_err(|error| runtime::config::refuse("bus", error))?;
        match opened(&config.database, &context).await? {
            Some(store) => ingest::run(config.ingest, bus, store, context.ops, context.shutdown).await,
            None => Ok(()),
        }
    })
}

/// The database, once it is there; none if everything stops before.
async fn opened(config: &DatabaseConfig, context: &Context) -> anyhow::Result<Option<Store>> {
    let need = context.ops.readiness.need("database");
    loop {
        match Store::open(config).await {
            Ok(store) => return Ok(Some(store)),
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "{error}; trying again");
                need.missing(&error.to_string());
            }
            Err(error) => return Err(error.into()),
        }
        if tokio::time::timeout(Duration::from_secs(2), context.shutdown.cancelled()).await.is_ok() {
            return Ok(None);
        }
    }
}
