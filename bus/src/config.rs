//! What a bus can be told: section `[bus]` for the broker, and the limits of a bus within one process.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// The commented defaults of section `[bus]`.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Section `[bus]`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The broker's address, `amqp://USER:PASSWORD@HOST:PORT/VHOST`. May hold a password: never show it, see [`Config::shown_url`].
    pub url: String,
    /// What the names of this deployment's queues and exchanges begin with.
    pub prefix: String,
    /// Seconds until a message that could not be handled comes back.
    pub retry_delay_s: NonZeroU32,
    /// How often a message is tried before it is set aside, the first time included.
    pub attempts: NonZeroU32,
    /// Seconds that publishing waits for the broker's confirmation, a reconnection included.
    pub confirm_timeout_s: NonZeroU32,
}

impl Config {
    /// The broker's address without its user and password.
    pub fn shown_url(&self) -> String {
        without_secrets(&self.url)
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("url", &self.shown_url())
            .field("prefix", &self.prefix)
            .field("retry_delay_s", &self.retry_delay_s)
            .field("attempts", &self.attempts)
            .field("confirm_timeout_s", &self.confirm_timeout_s)
            .finish()
    }
}

/// What a bus within one process is bounded by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InProcess {
    /// The most messages of one type that are owed at once, retries included; publishing waits beyond.
    pub capacity: usize,
    /// How long until a message that could not be handled comes back.
    pub retry_delay: Duration,
    /// How often a message is tried before it is set aside, the first time included.
    pub attempts: u32,
    /// The folder where messages are set aside, one JSON file each; without one, publishing such a message fails.
    pub quarantine: Option<PathBuf>,
}

/// Cuts user and password out of what may be a broken URL: whatever stands before the last `@`.
fn without_secrets(url: &str) -> String {
    let Some((before, after)) = url.rsplit_once('@') else { return url.to_owned() };
    match before.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://{after}"),
        None => after.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown_whatever_the_url_looks_like() {
        for (url, shown) in [
            ("amqp://user:secret@broker:5672/%2f", "amqp://broker:5672/%2f"),
            ("amqp://user:sec@ret@broker", "amqp://broker"),
            ("user:secret@broker", "broker"),
            ("amqp://broker/vhost", "amqp://broker/vhost"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
