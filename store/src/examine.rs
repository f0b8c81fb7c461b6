//! What an operator should know of a database, found without changing it: no schema is brought up to date, nothing is created.

use sqlx::migrate::Migrator;
use time::Duration;

use crate::{DatabaseConfig, StoreError, postgres, sqlite};

/// A database as an operator finds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// Its address without the password.
    pub name: String,
    /// System and version: "PostgreSQL 15.8".
    pub version: String,
    /// Its size.
    pub bytes: u64,
    /// Migrations of this version that have been applied.
    pub applied: usize,
    /// Migrations of this version that have not; a service applies them when it starts.
    pub pending: Vec<i64>,
    /// Migrations that this version does not know: the schema is of a newer one.
    pub unknown: Vec<i64>,
    /// Migrations that differ from this version's, or were broken off.
    pub altered: Vec<i64>,
    /// What its user may not do here; one phrase each.
    pub refused: Vec<String>,
    /// What is damaged; one phrase each.
    pub damage: Vec<String>,
    /// How far the database's clock is ahead of this machine's; none where they are one.
    pub clock_ahead: Option<Duration>,
    /// Articles by the extractor that read them, by its name.
    pub extractors: Vec<(String, u64)>,
    /// Feeds that are polled.
    pub feeds: u64,
    /// Of these, those whose last poll failed, by url.
    pub failing: Vec<FailingFeed>,
}

/// A feed whose last poll failed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FailingFeed {
    /// Its address.
    pub url: String,
    /// Failures in a row.
    pub failures: i64,
    /// Why the last one failed.
    pub why: String,
}

/// Looks at the database that `config` names. Fails where it cannot be reached, is not there, or does not let this user in.
pub async fn examine(config: &DatabaseConfig) -> Result<Condition, StoreError> {
    match config.sqlite_path() {
        Some(path) => sqlite::examine::examine(path).await,
        None => postgres::examine::examine(&config.url).await,
    }
}

impl Condition {
    /// Compares the migrations that were applied – version, checksum, success – with those that `known` has.
    pub(crate) fn compare(&mut self, known: &Migrator, applied: &[(i64, Vec<u8>, bool)]) {
        for migration in known.iter() {
            match applied.iter().find(|(version, ..)| *version == migration.version) {
                None => self.pending.push(migration.version),
                Some((version, checksum, success)) => {
                    self.applied += 1;
                    if !success || **checksum != *migration.checksum {
                        self.altered.push(*version);
                    }
                }
            }
        }
        let unknown = applied.iter().map(|(version, ..)| *version).filter(|version| !known.version_exists(*version));
        self.unknown.extend(unknown);
    }
}
