//! Sections `[database]` and `[store]` of the configuration.

use std::num::{NonZeroU32, NonZeroUsize};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// The commented defaults of both sections.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Section `[database]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://…`, or `sqlite:` and a file's path. May hold a password: never print it.
    #[serde(deserialize_with = "address")]
    pub url: String,
    /// The most connections held at once.
    pub connections: NonZeroU32,
}

impl DatabaseConfig {
    /// The path of the SQLite file that the address names, if it names one.
    pub(crate) fn sqlite_path(&self) -> Option<&str> {
        let path = self.url.strip_prefix("sqlite:")?;
        Some(path.strip_prefix("//").unwrap_or(path))
    }
}

impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseConfig").field("connections", &self.connections).finish_non_exhaustive()
    }
}

/// Section `[store]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Batches committed at once.
    pub workers: NonZeroUsize,
    /// The most articles a transaction commits.
    pub batch: NonZeroUsize,
}

/// Refuses what is no address of a database, without showing it.
fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    let known = ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| url.starts_with(scheme));
    if known { Ok(url) } else { Err(D::Error::custom("the address begins with neither postgres:// nor sqlite:")) }
}
