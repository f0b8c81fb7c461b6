//! The frame of a service binary: arguments, configuration, logs, metrics, and an orderly end.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::ops::Ops;
use crate::trace::{self, Traces};
use crate::{config, logs, ops, shutdown};

/// What every service takes on its command line.
#[derive(Debug, Parser)]
#[command(version, about = None, after_help = "Every value can be set by the environment too: GAINSAY_BUS__URL sets url in [bus].")]
struct Arguments {
    /// A TOML file that overrides the defaults.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Prints the defaults with their explanations, as a file to begin from.
    #[arg(long)]
    print_defaults: bool,
}

/// The sections that every service has.
#[derive(Debug, Deserialize)]
struct Frame {
    log: logs::Config,
    trace: trace::Config,
    ops: ops::Config,
}

/// What a service is given besides its configuration.
#[derive(Clone, Debug)]
pub struct Context {
    /// Its metrics and readiness.
    pub ops: Ops,
    /// When to stop.
    pub shutdown: CancellationToken,
}

/// Runs the service `name` to its end. It is not ready before each of `needs` is met. `defaults` are the TOML texts of the sections it reads, besides `[log]`, `[trace]` and `[ops]`.
///
/// Exit status: 0 stopped in order, 1 failed or did not finish within [`shutdown::GRACE`], 2 wrong arguments or configuration.
pub fn main<C, F, R>(name: &'static str, needs: &[&'static str], defaults: &[&str], run: F) -> ExitCode
where
    C: DeserializeOwned,
    F: FnOnce(C, Context) -> R,
    R: Future<Output = anyhow::Result<()>>,
{
    let arguments = Arguments::parse();
    let layers: Vec<&str> = std::iter::once(crate::DEFAULTS).chain(defaults.iter().copied()).collect();
    if arguments.print_defaults {
        say(&layers.join("\n"));
        return ExitCode::SUCCESS;
    }
    let path = arguments.config.as_deref();
    let (frame, config) = match (config::load::<Frame>(&layers, path), config::load::<C>(&layers, path)) {
        (Ok(frame), Ok(config)) => (frame, config),
        (Err(error), _) | (_, Err(error)) => return complain(name, &error, 2),
    };
    let traces = match Traces::new(name, &frame.trace) {
        Ok(traces) => traces,
        Err(error) => return complain(name, &error, 2),
    };
    if let Err(error) = logs::init(&frame.log, Some(&traces)) {
        return complain(name, &error, 2);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(name, &error, 1),
    };
    let ended = runtime.block_on(supervise(name, needs, &frame.ops, traces, |context| run(config, context)));
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(name, &format!("{error:#}"), if error.is::<config::ConfigError>() { 2 } else { 1 }),
    }
}

async fn supervise<F, R>(name: &'static str, needs: &[&'static str], listen: &ops::Config, traces: Traces, run: F) -> anyhow::Result<()>
where
    F: FnOnce(Context) -> R,
    R: Future<Output = anyhow::Result<()>>,
{
    let context = Context { ops: Ops::of(name)?, shutdown: shutdown::on_signal()? };
    let sending = traces.send(&context.ops.registry)?;
    // Known before the first question: an answer in between would be "ready".
    for need in needs {
        context.ops.readiness.need(need);
    }
    let address = context.ops.serve(listen, context.shutdown.clone()).await?;
    tracing::info!(service = name, %address, version = env!("CARGO_PKG_VERSION"), "{name} starts; metrics and health at http://{address}");
    let stop = context.shutdown.clone();
    let mut overrun = std::pin::pin!(async {
        stop.cancelled().await;
        tokio::time::sleep(shutdown::GRACE).await;
    });
    let ended = tokio::select! {
        ended = run(context) => ended,
        () = &mut overrun => anyhow::bail!("stopped after {} s with work unfinished; it will be done again", shutdown::GRACE.as_secs()),
    };
    tokio::select! {
        () = sending.finish() => {}
        () = overrun => {}
    }
    ended
}

#[allow(clippy::print_stdout, reason = "the command was asked to print")]
fn say(text: &str) {
    println!("{text}");
}

#[allow(clippy::print_stderr, reason = "logs may not be there yet, and a person started this")]
fn complain(name: &str, error: &dyn std::fmt::Display, status: u8) -> ExitCode {
    eprintln!("{name}: {error}");
    ExitCode::from(status)
}
