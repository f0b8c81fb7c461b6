//! A service that does nothing but take its time to stop.

use std::process::ExitCode;
use std::time::Duration;

use serde::Deserialize;

const DEFAULTS: &str = "
[extract]
# Milliseconds that its work takes to finish once it is told to stop.
lasts_ms = 300
# Whether it has what it needs.
ready = true
";

#[derive(Debug, Deserialize)]
struct Config {
    extract: Section,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    lasts_ms: u64,
    ready: bool,
}

fn main() -> ExitCode {
    runtime::service::main("leisurely", &["leisure"], &[DEFAULTS], |config: Config, context| async move {
        let Section { lasts_ms, ready } = config.extract;
        let need = context.ops.readiness.need("leisure");
        if ready {
            need.met();
        }
        tracing::info!(lasts_ms, ready, "configured");
        context.shutdown.cancelled().await;
        tokio::time::sleep(Duration::from_millis(lasts_ms)).await;
        tracing::info!("its work is finished");
        Ok(())
    })
}
