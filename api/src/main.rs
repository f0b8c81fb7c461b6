//! The api as a service of its own, over RabbitMQ and a database.

use std::process::ExitCode;
use std::time::Duration;

use bus::Bus;
use runtime::service::Context;
use serde::Deserialize;
use store::{DatabaseConfig, Store, StoreError};

/// How long until a database that cannot be reached is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Config {
    api: api::Config,
    bus: bus::Config,
    database: DatabaseConfig,
}

fn main() -> ExitCode {
    runtime::service::main("api", &[bus::DEFAULTS, store::DEFAULTS, api::DEFAULTS], serve)
}

async fn serve(config: Config, context: Context) -> anyhow::Result<()> {
    let listener = runtime::ops::bind(config.api.listen).await?;
    let bus = Bus::rabbit(&config.bus, "api", &context.ops.registry)?;
    let Some(store) = open(&config.database, &context).await? else { return Ok(()) };
    let served = api::run(config.api, listener, bus.clone(), store, context.ops, context.shutdown).await;
    bus.close().await;
    served
}

/// Opens the database as soon as it is there; none where the service is stopped before.
async fn open(config: &DatabaseConfig, context: &Context) -> Result<Option<Store>, StoreError> {
    let need = context.ops.readiness.need("database");
    loop {
        match Store::open(config).await {
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "waits for the database: {error}");
                need.missing(&error.to_string());
            }
            opened => return opened.map(Some),
        }
        tokio::select! {
            () = tokio::time::sleep(TRY_AGAIN) => {}
            () = context.shutdown.cancelled() => return Ok(None),
        }
    }
}
