//! `gainsay backup`: a copy of the data folder, taken while others use it.

use std::fs::Permissions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use store::{DatabaseConfig, Store};

use crate::cli::Globals;
use crate::embedded::{LEDGER, QUARANTINE, block_on, data_folder, ledger_url};
use crate::outcome::Done;
use crate::output;
use crate::settings::{self, Logs};

const EXAMPLES: &str = "\
Examples:
  gainsay backup /backups/gainsay-$(date +%F)
  gainsay serve --data /backups/gainsay-2026-11-26      a backup is a data folder

Copies the ledger as it is at one moment, and what is in quarantine, into a new folder; gainsay serve and gainsay import may use \
the data folder meanwhile. To restore, stop what uses the data folder and put the backup in its place. A deployment's PostgreSQL is \
backed up by pg_dump.";

/// Copies the embedded data folder, while it is in use
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A folder that is not there yet
    #[arg(value_name = "FOLDER")]
    target: PathBuf,
}

/// Copies, and says what.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let settings = settings::load(globals, Logs::Warnings)?;
    let (folder, target) = (data_folder(globals)?, &arguments.target);
    if !folder.join(LEDGER).exists() {
        bail!("there is no ledger in {}: name its folder by --data DIR", folder.display());
    }
    if target.try_exists()? {
        bail!("{} is there already: name a folder that is not", target.display());
    }
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unwritable = || format!("no backup can be written in {}", parent.display());
    // Whole or not at all: whatever breaks off leaves nothing by the name of a backup.
    let partial = tempfile::Builder::new()
        .prefix(".gainsay-backup-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(parent)
        .with_context(unwritable)?;
    let config = DatabaseConfig { url: ledger_url(&folder)?, connections: settings.database.connections };
    // Quarantine before the ledger and after it: a message that is replayed or set aside meanwhile is in one of the three copies.
    copy_quarantine(&folder, partial.path())?;
    block_on(async { Ok(Store::copy(&config, &partial.path().join(LEDGER)).await?) })?;
    let messages = copy_quarantine(&folder, partial.path())?;
    std::fs::rename(partial.path(), target).with_context(unwritable)?;
    let bytes = std::fs::metadata(target.join(LEDGER))?.len();
    let mut out = output::plain();
    let set_aside = output::counted(messages, "message");
    writeln!(out, "{} holds the ledger ({} KiB) and {set_aside} set aside", target.display(), output::grouped(bytes.div_ceil(1024)))?;
    out.flush()?;
    Ok(Done::All)
}

/// Copies what is in quarantine beside what was copied before; how many messages there are now.
fn copy_quarantine(from: &Path, to: &Path) -> anyhow::Result<u64> {
    let (from, to) = (from.join(QUARANTINE), to.join(QUARANTINE));
    std::fs::create_dir_all(&to)?;
    let entries = match std::fs::read_dir(&from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error).with_context(|| from.display().to_string()),
    };
    for entry in entries {
        let entry = entry?;
        // What begins with a dot is still being written.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let copied = std::fs::copy(entry.path(), to.join(entry.file_name()))
            .and_then(|_| std::fs::File::open(to.join(entry.file_name()))?.sync_all());
        match copied {
            // Replayed meanwhile: it is in the ledger.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            copied => copied.with_context(|| entry.path().display().to_string())?,
        }
    }
    Ok(std::fs::read_dir(&to)?.count() as u64)
}
