//! The api as a service of its own, over RabbitMQ and a database.

use std::process::ExitCode;

use api::Front;
use bus::Bus;
use runtime::service::Context;
use serde::Deserialize;
use store::{DatabaseConfig, Store};

/// The sections that this service reads.
#[derive(Debug, Deserialize)]
struct Config {
    api: api::Config,
    bus: bus::Config,
    database: DatabaseConfig,
}

fn main() -> ExitCode {
    runtime::service::main("gainsay-api", &["bus", "database"], &[bus::DEFAULTS, store::DEFAULTS, api::DEFAULTS], serve)
}

async fn serve(config: Config, context: Context) -> anyhow::Result<()> {
    // First of all, so that an address in use is told at once.
    let listener = runtime::ops::bind(config.api.listen).await?;
    let front = Front::open(config.api, listener, context.ops.clone(), context.shutdown.clone())?;
    let bus = Bus::rabbit(&config.bus, "api", &context.ops.registry).map_err(|error| runtime::config::refuse("bus", error))?;
    let need = context.ops.readiness.need("database");
    let opening = Store::open_when_there(&config.database, &need, &context.shutdown);
    let Some(store) = front.answer_meanwhile(opening).await? else { return Ok(()) };
    let served = api::run(front, bus.clone(), store).await;
    bus.close().await;
    served
}
