//! Opens the file, creates it for its owner alone, and brings its schema up to date.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::Sqlite;
use crate::StoreError;

/// Migrations only add until no version in use needs what they would take away, so that a version works on the schema of the next
/// one too: old and new services run side by side during an upgrade.
pub(super) static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("migrations/sqlite");
    migrations.set_ignore_missing(true);
    migrations
});

/// How long a writer waits for another process that writes.
const BUSY: Duration = Duration::from_secs(30);

/// How often and at what intervals opening is tried beside other processes that open the same file.
const ATTEMPTS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

impl Sqlite {
    /// Opens or creates the file at `path`.
    pub(crate) async fn open(path: &str, connections: u32) -> Result<Self, StoreError> {
        let refused = |why: String| StoreError::Refused { what: path.to_owned(), why };
        create(Path::new(path)).map_err(&refused)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let writer = SqlitePoolOptions::new().max_connections(1).acquire_timeout(2 * BUSY);
        let writer = connect(writer, &options).await.map_err(|error| refused(why_not_opened(&error)))?;
        migrate(&writer).await.map_err(|error| refused(why_not_migrated(&error)))?;
        let readers = SqlitePoolOptions::new().max_connections(connections.max(1)).acquire_timeout(BUSY);
        let readers = connect(readers, &options.read_only(true)).await.map_err(|error| refused(why_not_opened(&error)))?;
        Ok(Self { name: path.to_owned(), writer, readers })
    }
}

/// Connects. A file that is just being made into one with a write-ahead log is busy, and SQLite does not wait for that.
async fn connect(pool: SqlitePoolOptions, options: &SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    for _ in 1..ATTEMPTS {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if code(&error).is_some_and(|code| matches!(code, 5 | 6)) => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
    pool.connect_with(options.clone()).await
}

/// Brings the schema up to date. Of several processes that open a new file at once each step is made by one, and the others
/// stumble over it: another look finds it made.
async fn migrate(pool: &SqlitePool) -> Result<(), MigrateError> {
    for _ in 1..ATTEMPTS {
        match migrate_once(pool).await {
            Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
    migrate_once(pool).await
}

/// Boxed, because the compiler does not see otherwise that the future may move between threads.
fn migrate_once(pool: &SqlitePool) -> Pin<Box<dyn Future<Output = Result<(), MigrateError>> + Send + '_>> {
    Box::pin(MIGRATIONS.run(pool))
}

/// Creates the file for its owner alone if it is not there, and makes sure that it may be written.
fn create(path: &Path) -> Result<(), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    if !folder.is_dir() {
        return Err(format!("its folder {} does not exist: create it, or choose another", folder.display()));
    }
    if path.is_dir() {
        return Err("it is a folder: give the path of a file in it".to_owned());
    }
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    opened.map(drop).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem if path.exists() => {
            format!("the file may not be written ({error}): change its permissions, or choose another")
        }
        _ => format!("the file cannot be created in {} ({error}): choose a folder that you may write to", folder.display()),
    })
}

/// SQLite's primary result code.
pub(super) fn code(error: &sqlx::Error) -> Option<u32> {
    let answer = error.as_database_error()?;
    answer.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}

pub(super) fn why_not_opened(error: &sqlx::Error) -> String {
    let sqlx::Error::Database(answer) = error else { return error.to_string() };
    match code(error) {
        Some(26) => "the file is not a SQLite database: choose another path".to_owned(),
        Some(11) => "the file is damaged: restore it from a copy".to_owned(),
        Some(8 | 14) => format!("its folder may not be written ({}): choose a folder that you may write to", answer.message()),
        Some(5 | 6) => "another process has held it for long: stop that one".to_owned(),
        Some(13) => "the disk is full: make room".to_owned(),
        _ => answer.message().to_owned(),
    }
}

fn why_not_migrated(error: &MigrateError) -> String {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => why_not_opened(error),
        other => crate::schema::why_not_migrated(other),
    }
}
