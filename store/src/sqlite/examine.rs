//! What an operator should know of an SQLite file.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::open::{MIGRATIONS, code, why_not_opened};
use crate::rows::count;
use crate::sql::{APPLIED, EXTRACTORS, FAILING, FEEDS};
use crate::{Condition, StoreError};

/// How long to wait for a process that writes.
const BUSY: Duration = Duration::from_secs(10);

/// SQLite's result codes for a damaged file, and for what is no database at all.
const DAMAGED: [u32; 2] = [11, 26];

pub(crate) async fn examine(path: &str) -> Result<Condition, StoreError> {
    let refused = |why: String| StoreError::Refused { what: path.to_owned(), why };
    let found = std::fs::metadata(path).map_err(|error| refused(format!("the file cannot be looked at ({error})")))?;
    let mut condition = Condition { name: path.to_owned(), bytes: found.len(), ..Condition::default() };
    if let Err(error) = OpenOptions::new().write(true).open(path) {
        condition.refused.push(format!("the file may not be written ({error})"));
    }
    let log = std::fs::metadata(format!("{path}-wal")).map_or(0, |log| log.len());
    condition.bytes += log;
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY);
    // Where nothing may be written beside the file, it can be read only as one that nobody else writes either.
    let alone = options.clone().immutable(true);
    let writable = folder_is_writable(Path::new(path));
    let mut connection = if writable { &options } else { &alone }.connect().await.map_err(|error| refused(why_not_opened(&error)))?;
    if !writable {
        condition.refused.push("its folder may not be written".to_owned());
    }
    match look(&mut connection, &mut condition).await {
        Ok(()) => {}
        Err(error) if code(&error).is_some_and(|code| DAMAGED.contains(&code)) => condition.damage.push(why_not_opened(&error)),
        Err(error) => return Err(refused(why_not_opened(&error))),
    }
    // It has answered, which was all that it was for.
    drop(connection.close().await);
    Ok(condition)
}

fn folder_is_writable(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Articles and claims that no search finds.
const UNINDEXED: &str = "
    SELECT (SELECT count(*) FROM articles WHERE row NOT IN (SELECT id FROM article_words_docsize)),
        (SELECT count(*) FROM claims WHERE row NOT IN (SELECT id FROM claim_words_docsize))";

async fn look(connection: &mut SqliteConnection, condition: &mut Condition) -> Result<(), sqlx::Error> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *connection).await?;
    condition.version = format!("SQLite {version}");
    let found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(10)").fetch_all(&mut *connection).await?;
    condition.damage.extend(found.into_iter().filter(|line| line != "ok"));
    let migrated: bool =
        sqlx::query_scalar("SELECT count(*) > 0 FROM sqlite_schema WHERE name = '_sqlx_migrations'").fetch_one(&mut *connection).await?;
    let applied = if migrated { sqlx::query_as(APPLIED).fetch_all(&mut *connection).await? } else { Vec::new() };
    condition.compare(&MIGRATIONS, &applied);
    if !condition.pending.is_empty() || !condition.damage.is_empty() {
        return Ok(());
    }
    let (articles, claims): (i64, i64) = sqlx::query_as(UNINDEXED).fetch_one(&mut *connection).await?;
    if articles > 0 || claims > 0 {
        condition.damage.push(format!("{articles} articles and {claims} claims are missing in the full-text index"));
    }
    let extractors: Vec<(String, i64)> = sqlx::query_as(EXTRACTORS).fetch_all(&mut *connection).await?;
    condition.extractors = extractors.into_iter().map(|(extractor, articles)| (extractor, count(articles))).collect();
    condition.feeds = count(sqlx::query_scalar(FEEDS).fetch_one(&mut *connection).await?);
    condition.failing = sqlx::query_as(FAILING).fetch_all(connection).await?;
    Ok(())
}
