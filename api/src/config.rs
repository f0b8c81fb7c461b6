//! What an operator can set.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use ipnet::IpNet;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::access::Rate;

/// The commented defaults of the section `[api]`.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Section `[api]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The path of the file of API keys; empty for none.
    pub keys: String,
    /// Proxies whose word is taken on whom they ask for.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Reading requests a second, of one client.
    pub read_per_s: NonZeroU32,
    /// Reading requests at once, of one client.
    pub read_burst: NonZeroU32,
    /// Writing requests a second, of one client.
    pub write_per_s: NonZeroU32,
    /// Writing requests at once, of one client.
    pub write_burst: NonZeroU32,
    /// Connections that may be open.
    pub connections: NonZeroU32,
    /// Event streams that may be open.
    pub event_streams: NonZeroU32,
    /// The longest that nothing may come or be taken, in seconds.
    pub stall_timeout_s: NonZeroU32,
    /// The longest a request may take, in seconds.
    pub request_timeout_s: NonZeroU32,
    /// The largest body taken, in MiB.
    pub body_limit_mib: NonZeroU32,
}

impl Config {
    /// The longest a request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_s.get().into())
    }

    /// The longest that nothing may come of a request, or be taken of an answer.
    pub(crate) fn stall_timeout(&self) -> Duration {
        Duration::from_secs(self.stall_timeout_s.get().into())
    }

    /// How fast one client may read.
    pub(crate) fn reading(&self) -> Rate {
        Rate { per_s: self.read_per_s, burst: self.read_burst }
    }

    /// How fast one client may write.
    pub(crate) fn writing(&self) -> Rate {
        Rate { per_s: self.write_per_s, burst: self.write_burst }
    }

    /// The largest body taken, in bytes.
    pub fn body_limit(&self) -> usize {
        (self.body_limit_mib.get() as usize).saturating_mul(1024 * 1024)
    }
}

/// Networks, and single addresses as networks of one.
fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let named = Vec::<String>::deserialize(deserializer)?;
    let network = |name: &String| {
        let network = name.parse().ok().or_else(|| name.parse::<IpAddr>().ok().map(IpNet::from));
        network.ok_or_else(|| D::Error::custom(format!("{name:?} is neither an address nor a network such as \"10.20.0.0/16\"")))
    };
    named.iter().map(network).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Section {
        api: Config,
    }

    #[test]
    fn the_defaults_are_a_configuration() {
        let section: Section = runtime::config::load(&[DEFAULTS], None).unwrap();
        assert!(section.api.listen.ip().is_loopback());
        assert!(section.api.body_limit() > claims::MAX_TEXT_BYTES);
    }
}
