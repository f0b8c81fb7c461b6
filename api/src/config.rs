//! What an operator can set.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;

/// The commented defaults of the section `[api]`.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Section `[api]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
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

    /// The largest body taken, in bytes.
    pub fn body_limit(&self) -> usize {
        (self.body_limit_mib.get() as usize).saturating_mul(1024 * 1024)
    }
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
