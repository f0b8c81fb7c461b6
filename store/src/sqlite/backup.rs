//! A consistent copy of the file, taken while others read and write it.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::open::why_not_opened;
use crate::StoreError;

/// How long to wait for a process that writes.
const BUSY: Duration = Duration::from_secs(30);

/// Copies the file at `path` as it is at one moment to `target`, for its owner alone, on disk when this returns.
pub(crate) async fn copy(path: &str, target: &Path) -> Result<(), StoreError> {
    let refused = |why: String| StoreError::Refused { what: path.to_owned(), why };
    let unwritable = |error: std::io::Error| refused(format!("its copy {} cannot be written ({error})", target.display()));
    let name = target.to_str().ok_or_else(|| refused(format!("the name of its copy {} is not UTF-8", target.display())))?;
    // SQLite would make it for everybody to read.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(target).map_err(unwritable)?;
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).busy_timeout(BUSY);
    let copied = async {
        let mut connection = options.connect().await?;
        sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await?;
        connection.close().await
    };
    let copied: Result<(), sqlx::Error> = copied.await;
    copied.map_err(|error| refused(why_not_opened(&error)))?;
    File::open(target).and_then(|file| file.sync_all()).map_err(unwritable)
}
