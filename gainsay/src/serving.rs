//! All four services in one process, from the first answer to an orderly end.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, bail};
use api::Front;
use runtime::ops::Ops;
use runtime::shutdown;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::embedded::{Embedded, overrun};
use crate::output;
use crate::settings::Settings;

/// Serves the data folder `folder` until SIGTERM or Ctrl-C, having done `first` with it.
///
/// Prints one line with the address on standard output once pages are answered, beginning with `greeting`.
pub async fn serve(
    folder: &Path,
    mut settings: Settings,
    greeting: &str,
    first: impl AsyncFnOnce(&Embedded) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let listener = listen(settings.api.listen).await?;
    let address = listener.local_addr().context("the pages have no address")?;
    let ops = Ops::of("gainsay")?;
    let stop = shutdown::on_signal()?;
    let sending = settings.traces.take().map(|traces| traces.send(&ops.registry)).transpose()?;
    let front = Front::open(settings.api.clone(), listener, ops.clone(), stop.clone())?;
    let embedded = Embedded::start(folder, &settings, &ops).await?;
    first(&embedded).await?;
    let mut intake = JoinSet::new();
    let (bus, store) = (embedded.bus.clone(), embedded.store.clone());
    intake.spawn(ingest::run(settings.ingest, bus.clone(), store.clone(), ops, stop.clone()));
    intake.spawn(api::run(front, bus, store));
    announce(greeting, address)?;
    let mut overrun = std::pin::pin!(overrun(stop.clone()));
    let ended = tokio::select! {
        ended = run_to_end(embedded, intake, stop) => ended,
        () = &mut overrun => bail!("stopped after {} s with work unfinished; it will be done again", shutdown::GRACE.as_secs()),
    };
    if let Some(sending) = sending {
        tokio::select! {
            () = sending.finish() => {}
            () = overrun => {}
        }
    }
    ended
}

/// First what takes work in ends, then what works on it: so everything that was taken in is finished.
async fn run_to_end(mut embedded: Embedded, mut intake: JoinSet<anyhow::Result<()>>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut failed = None;
    loop {
        tokio::select! {
            ended = intake.join_next() => match ended {
                None => break,
                Some(ended) => {
                    let reason = ended.map_err(anyhow::Error::from).and_then(|ended| ended).err();
                    let early = (!stop.is_cancelled()).then(|| anyhow::anyhow!("a service ended by itself"));
                    failed = failed.or(reason).or(early);
                }
            },
            error = embedded.broken(), if failed.is_none() => failed = Some(error),
        }
        if failed.is_some() {
            stop.cancel();
        }
    }
    let stopped = embedded.stop().await;
    failed.map_or(stopped, Err)
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    runtime::ops::bind(address).await.context("give a free address by --listen, port 0 to take any")
}

fn announce(greeting: &str, address: SocketAddr) -> anyhow::Result<()> {
    let mut out = output::plain();
    writeln!(out, "{greeting} http://{address}/")?;
    Ok(out.flush()?)
}
