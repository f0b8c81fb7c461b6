//! Section `[extract]` of the configuration.

use std::num::NonZeroUsize;

use serde::Deserialize;

/// The commented defaults of the section `[extract]`.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// How the service runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Articles read at once; 0 takes one a processor core.
    pub workers: usize,
}

impl Config {
    /// The number of workers, with 0 resolved.
    pub fn workers(&self) -> usize {
        NonZeroUsize::new(self.workers).or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }
}
