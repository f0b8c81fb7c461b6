//! The whole pipeline in one process: a database and a quarantine in a folder, queues in memory, extract and store as tasks.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use bus::{Bus, InProcess};
use runtime::ops::Ops;
use runtime::shutdown;
use store::{DatabaseConfig, Store};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::Globals;
use crate::kept::{Kept, LedgerFile};
use crate::settings::Settings;

/// The file of the database within the data folder.
pub const LEDGER: &str = "ledger.sqlite";

/// The folder of messages that were set aside, within the data folder.
pub const QUARANTINE: &str = "quarantine";

/// Articles that are on their way through the pipeline at once.
const CAPACITY: usize = 64;

/// An open data folder with the services that work on it.
///
/// Several processes may have one folder open: SQLite orders their writes, every write is an upsert by an id that
/// follows from content, and each process owns the messages in its own memory.
#[derive(Debug)]
pub struct Embedded {
    /// What articles are published on.
    pub bus: Bus,
    /// The ledger and the book of what was taken in.
    pub store: Store,
    services: JoinSet<anyhow::Result<()>>,
    stop: CancellationToken,
}

impl Embedded {
    /// Opens the folder, making it where it is not there, and starts the services.
    pub async fn start(folder: &Path, settings: &Settings, ops: &Ops) -> anyhow::Result<Self> {
        let mut store = open_store(folder, settings).await?;
        let file = LedgerFile::at(&folder.join(LEDGER)).with_context(|| format!("the ledger in {} is gone", folder.display()))?;
        store.ledger = Arc::new(Kept { ledger: store.ledger, file: file.clone() });
        let limits = InProcess {
            capacity: CAPACITY,
            retry_delay: Duration::from_secs(settings.bus.retry_delay_s.get().into()),
            attempts: settings.bus.attempts.get(),
            quarantine: Some(folder.join(QUARANTINE)),
        };
        let bus = Bus::in_process(limits, &ops.registry)?;
        let stop = CancellationToken::new();
        let mut services = JoinSet::new();
        services.spawn(::extract::run(settings.extract.clone(), bus.clone(), ops.clone(), stop.clone()));
        services.spawn({
            let stop = stop.clone();
            async move {
                tokio::select! {
                    error = file.lost() => Err(error),
                    () = stop.cancelled() => Ok(()),
                }
            }
        });
        services.spawn(store::run(settings.store, bus.clone(), store.clone(), ops.clone(), stop.clone()));
        Ok(Self { bus, store, services, stop })
    }

    /// Resolves when a service ends although nobody stopped it, with the reason.
    pub async fn broken(&mut self) -> anyhow::Error {
        match self.services.join_next().await {
            Some(Ok(Ok(()))) => anyhow::anyhow!("a service ended by itself"),
            Some(Ok(Err(error))) => error,
            Some(Err(error)) => anyhow::Error::new(error).context("a service broke off"),
            None => std::future::pending().await,
        }
    }

    /// Lets the services finish what they have begun. Whoever publishes has ended before.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.stop.cancel();
        while let Some(ended) = self.services.join_next().await {
            ended.context("a service broke off")??;
        }
        Ok(())
    }
}

/// The data folder that was asked for, or the usual one.
pub fn data_folder(globals: &Globals) -> anyhow::Result<PathBuf> {
    if let Some(folder) = &globals.data {
        return Ok(folder.clone());
    }
    // The XDG base directory specification: a relative path is to be ignored.
    let xdg = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = xdg.or_else(|| std::env::home_dir().map(|home| home.join(".local/share")));
    base.map(|base| base.join("gainsay")).context("there is no home folder to keep data in: name a folder by --data DIR")
}

/// Opens the database of a folder, making both where they are not there.
pub async fn open_store(folder: &Path, settings: &Settings) -> anyhow::Result<Store> {
    let advice = || format!("the data folder {} cannot be used: name another by --data DIR", folder.display());
    std::fs::create_dir_all(folder).with_context(advice)?;
    let config = DatabaseConfig { url: ledger_url(folder)?, connections: settings.database.connections };
    Store::open(&config).await.with_context(advice)
}

/// Opens the database of a folder that must hold one.
pub async fn open_existing_store(folder: &Path, settings: &Settings) -> anyhow::Result<Store> {
    let ledger = folder.join(LEDGER);
    // A folder that may not be looked into is not an empty one; one that is a file holds none.
    if ledger.try_exists().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) {
        bail!("the data folder {} may not be looked into: change its permissions, or name another by --data DIR", folder.display());
    }
    if !ledger.exists() {
        bail!("there is no ledger in {}: fill one with gainsay import FILE, or name its folder by --data DIR", folder.display());
    }
    open_store(folder, settings).await
}

/// The address of the database in `folder`.
pub fn ledger_url(folder: &Path) -> anyhow::Result<String> {
    let path = folder.join(LEDGER);
    let path = path.to_str().with_context(|| format!("the name of the data folder {} is not UTF-8", folder.display()))?;
    Ok(format!("sqlite:{path}"))
}

/// Resolves when what was begun at `stop` has had the time that it gets to finish.
pub async fn overrun(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(shutdown::GRACE).await;
}

/// Runs `work` on all cores to its end.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads can be started")?;
    let ended = runtime.block_on(work);
    // What still blocks a thread, such as reading from a terminal, must not keep the process.
    runtime.shutdown_background();
    ended
}
