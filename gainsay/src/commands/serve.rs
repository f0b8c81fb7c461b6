//! `gainsay serve`: all four services in one process.

use std::net::SocketAddr;

use clap::Args;

use crate::cli::Globals;
use crate::embedded::{block_on, data_folder};
use crate::outcome::Done;
use crate::serving;
use crate::settings::{self, Logs};

const EXAMPLES: &str = "\
Examples:
  gainsay serve
  gainsay serve --data /srv/gainsay --listen 127.0.0.1:0
  GAINSAY_LOG__FORMAT=json gainsay serve --config gainsay.toml

Prints one line with its address on standard output once it answers. Polls the feeds that were added by gainsay add. \
Stops in order on SIGTERM and Ctrl-C, within 10 seconds. Other commands may use the same data folder meanwhile.";

/// Polls feeds, reads, keeps the ledger and serves pages and API, in one process
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Where pages and API are served; port 0 takes a free one [default: listen of [api], 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

/// Serves until it is stopped.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut settings = settings::load(globals, Logs::Info)?;
    settings.api.listen = arguments.listen.unwrap_or(settings.api.listen);
    let folder = data_folder(globals)?;
    block_on(serving::serve(&folder, settings, "Gainsay serves", async |_| Ok(())))?;
    Ok(Done::All)
}
