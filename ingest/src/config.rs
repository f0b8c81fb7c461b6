//! Section `[ingest]`.

use std::num::NonZeroU32;
use std::time::Duration;

use ipnet::IpNet;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use url::Url;

/// The commented defaults of the section.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Which feeds are read, and how.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Feeds that are added at the start; those added before stay.
    pub feeds: Vec<Url>,
    /// Seconds between two polls of a feed.
    pub poll_interval_s: NonZeroU32,
    /// Feeds that are polled at once.
    pub concurrency: NonZeroU32,
    /// Milliseconds between two requests to one host.
    pub host_pause_ms: u32,
    /// Private networks that may be fetched from.
    #[serde(deserialize_with = "networks")]
    pub allow_private: Vec<IpNet>,
}

impl Config {
    /// How often a feed is asked, at least a second apart.
    pub(crate) fn poll_interval(&self) -> Duration {
        Duration::from_secs(u64::from(self.poll_interval_s.get()))
    }

    pub(crate) fn host_pause(&self) -> Duration {
        Duration::from_millis(u64::from(self.host_pause_ms))
    }
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let named = Vec::<String>::deserialize(deserializer)?;
    let network = |name: &String| name.parse().map_err(|_| D::Error::custom(format!("{name:?} is not a network such as \"10.20.0.0/16\"")));
    named.iter().map(network).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Sections {
        ingest: Config,
    }

    #[test]
    fn a_network_that_is_none_is_named() {
        let wrong = DEFAULTS.replace("allow_private = []", "allow_private = [\"10.20.0.0/16\", \"10.20.0.0/99\"]");
        let error = runtime::config::load::<Sections>(&[&wrong], None).map(|sections| sections.ingest).unwrap_err().to_string();
        assert!(error.contains("allow_private") && error.contains("\"10.20.0.0/99\" is not a network such as"), "{error}");
    }

    #[test]
    fn the_defaults_are_whole() {
        let config = runtime::config::load::<Sections>(&[DEFAULTS], None).unwrap().ingest;
        assert_eq!((config.feeds.len(), config.poll_interval(), config.allow_private.len()), (0, Duration::from_mins(15), 0));
    }
}
