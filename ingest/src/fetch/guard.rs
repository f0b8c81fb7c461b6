//! Which addresses a fetch may connect to: asked for every address in a URL and for every address that a name resolves to.
//!
//! The names are resolved here, and the connection is made to what was checked, so that a name cannot answer otherwise in between.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::address::is_public;
use super::error::{FetchError, Refused};

/// Admits public addresses, and private ones that the operator named.
#[derive(Debug)]
pub(super) struct Guard {
    allow_private: Vec<IpNet>,
}

impl Guard {
    pub(super) fn new(allow_private: Vec<IpNet>) -> Self {
        Self { allow_private }
    }

    /// Checks the scheme, and the address if `url` names one instead of a host.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::BadScheme(url.scheme().to_owned()));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(FetchError::NoHost),
        };
        if self.admits(address) { Ok(()) } else { Err(FetchError::Private { host: address.to_string(), address }) }
    }

    fn admits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allow_private.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Self { allow_private: self.allow_private.clone() };
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await;
            let found: Vec<SocketAddr> = found.map_err(|error| Refused::unknown(&host, &error))?.collect();
            let Some(first) = found.first().copied() else { return Err(Refused::NoAddress(host).into()) };
            let admitted: Vec<SocketAddr> = found.into_iter().filter(|address| allowed.admits(address.ip())).collect();
            if admitted.is_empty() {
                return Err(Refused::Private(host, first.ip()).into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}
