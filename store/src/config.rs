//! Sections `[database]` and `[store]` of the configuration.

use serde::Deserialize;

/// The commented defaults of both sections.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Section `[database]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://…`, or `sqlite:` and a file's path. May hold a password: never print it.
    pub url: String,
    /// The most connections held at once.
    pub connections: u32,
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
    pub workers: usize,
    /// The most articles a transaction commits.
    pub batch: usize,
}
