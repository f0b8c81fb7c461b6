//! Why a fetch failed: one line for a person, one word for a metric.

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use crate::input::reason;

/// A failed fetch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Neither http nor https.
    #[error("{0} addresses are not fetched: only http and https are")]
    BadScheme(String),
    /// The address names no host.
    #[error("the address names no host")]
    NoHost,
    /// The host lies in a private network.
    #[error("{host} is at a private address ({address}): to allow it, name its network in ingest.allow_private")]
    Private {
        /// The host as named.
        host: String,
        /// Where it is.
        address: IpAddr,
    },
    /// The host's name has no address.
    #[error("{host} is not known: {why}")]
    UnknownHost {
        /// The host's name.
        host: String,
        /// The resolver's reason.
        why: String,
    },
    /// No connection could be made, or it broke.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("the server did not answer in full within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The server led on and on.
    #[error("the address leads to another more than {0} times")]
    TooManyRedirects(usize),
    /// A redirect without a usable address.
    #[error("the server redirects to no usable address")]
    BadRedirect,
    /// The server refused.
    #[error("the server answered with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// When the server wants to be asked again, from now.
        retry_after: Option<Duration>,
    },
    /// The body is over the limit.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is not what its headers say.
    #[error("the answer is damaged: {0}")]
    BadBody(String),
    /// Everything is stopping.
    #[error("the fetch was given up because the service stops")]
    Stopped,
    /// The client cannot be made at all.
    #[error("nothing can be fetched on this machine: {0}")]
    Client(String),
}

impl FetchError {
    /// Every word that [`FetchError::label`] may answer.
    pub const LABELS: [&str; 11] = [
        "bad_address",
        "private_address",
        "unknown_host",
        "unreachable",
        "timed_out",
        "too_many_redirects",
        "server_error",
        "refused",
        "too_large",
        "bad_body",
        "stopped",
    ];

    /// One of a few words, for a metric's label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::BadScheme(_) | Self::NoHost | Self::BadRedirect => "bad_address",
            Self::Private { .. } => "private_address",
            Self::UnknownHost { .. } => "unknown_host",
            Self::Unreachable(_) | Self::Client(_) => "unreachable",
            Self::TimedOut(_) => "timed_out",
            Self::TooManyRedirects(_) => "too_many_redirects",
            Self::Status { status: 500.., .. } => "server_error",
            Self::Status { .. } => "refused",
            Self::TooLarge(_) => "too_large",
            Self::BadBody(_) => "bad_body",
            Self::Stopped => "stopped",
        }
    }
}

/// Why a name was not resolved, on its way through the client.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("{0} is at the private address {1}")]
    Private(String, IpAddr),
    #[error("{0} has no address")]
    NoAddress(String),
    #[error("{0} is not known: {1}")]
    Unknown(String, String),
}

impl Refused {
    pub(super) fn unknown(host: &str, error: &std::io::Error) -> Self {
        // The resolver's own words repeat what it was doing.
        let why = reason(error);
        Self::Unknown(host.to_owned(), why.strip_prefix("failed to lookup address information: ").unwrap_or(&why).to_owned())
    }
}

/// What an error of the client means.
pub(super) fn of(error: &reqwest::Error) -> FetchError {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
        match innermost.downcast_ref::<Refused>() {
            Some(Refused::Private(host, address)) => return FetchError::Private { host: host.clone(), address: *address },
            Some(Refused::NoAddress(host)) => return FetchError::UnknownHost { host: host.clone(), why: "it has no address".to_owned() },
            Some(Refused::Unknown(host, why)) => return FetchError::UnknownHost { host: host.clone(), why: why.clone() },
            None => {}
        }
    }
    let why = innermost.to_string();
    let why = why.split(" (os error").next().unwrap_or(&why).to_owned();
    if error.is_timeout() {
        FetchError::Unreachable("it does not answer".to_owned())
    } else if error.is_body() || error.is_decode() {
        FetchError::BadBody(why)
    } else {
        FetchError::Unreachable(why)
    }
}
