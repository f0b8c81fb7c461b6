//! The gate: whose key it is, what it allows, and how fast its holder or address may ask.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use runtime::config::ConfigError;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutBody;

use super::client::{self, Client, Peer};
use super::keyfile;
use super::keys::{Key, Keys, Scope};
use super::places::Places;
use super::rates::Rates;
use crate::metrics::{Metrics, Rejected};
use crate::{Config, Problem};

/// The longest address of a request, in bytes: each parameter may have 1,000, and percent-encoding makes three of one.
const MAX_URI: usize = 16 * 1024;

/// How often clients that rest are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(10);

/// What every request passes. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    /// `None` where there is no keys file.
    keys: Option<watch::Receiver<Arc<Keys>>>,
    /// Whether only this machine reaches the socket.
    loopback: bool,
    trusted: Arc<[IpNet]>,
    reading: Arc<Rates>,
    writing: Arc<Rates>,
    stall: Duration,
    /// Memory for the bodies of all requests together, in KiB.
    bodies: Arc<Semaphore>,
    body_limit_kib: u32,
    pub(crate) event_streams: Places,
    pub(crate) metrics: Metrics,
}

/// Who asks: goes with a request that was let through.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Whom it is counted for.
    pub(crate) client: Client,
}

impl Caller {
    /// The name of the key that was given, if one was.
    pub(crate) fn key(&self) -> Option<&str> {
        if let Client::Key(name) = &self.client { Some(name) } else { None }
    }
}

impl Gate {
    /// Reads the keys, or says why it refuses to start. Works in the background until `shutdown`.
    pub(crate) fn open(config: &Config, listens: SocketAddr, metrics: &Metrics, shutdown: &CancellationToken) -> Result<Self, ConfigError> {
        let refuse = |why: &dyn fmt::Display| runtime::config::refuse("api", why);
        if let Some(all) = config.trusted_proxies.iter().find(|network| network.prefix_len() == 0) {
            return Err(refuse(&format_args!(
                "trusted_proxies: {all} is every address, and any client could name any other: give your proxies'"
            )));
        }
        let loopback = listens.ip().to_canonical().is_loopback();
        let keys = match config.keys.as_str() {
            "" => None,
            path => Some(keyfile::follow(path, metrics, shutdown.clone()).map_err(|error| refuse(&format_args!("keys: {error}")))?),
        };
        if keys.is_none() && !loopback {
            tracing::warn!(address = %listens, "nobody may post articles: this machine is not alone in reaching {listens}, and [api] names no keys file");
        }
        let body_limit_kib = config.body_limit_mib.get().saturating_mul(1024);
        let gate = Self {
            keys,
            loopback,
            trusted: config.trusted_proxies.as_slice().into(),
            reading: Arc::new(Rates::of(config.reading())),
            writing: Arc::new(Rates::of(config.writing())),
            stall: config.stall_timeout(),
            bodies: Arc::new(Semaphore::new(body_limit_kib.saturating_mul(2) as usize)),
            body_limit_kib,
            event_streams: Places::new(config.event_streams.get() as usize),
            metrics: metrics.clone(),
        };
        tokio::spawn(forget_rested(gate.reading.clone(), gate.writing.clone(), shutdown.clone()));
        Ok(gate)
    }

    /// Whether a peer passes on the requests of many others.
    pub(crate) fn is_proxy(&self, peer: SocketAddr) -> bool {
        client::is_trusted(peer.ip(), &self.trusted)
    }

    fn check(&self, request: &Parts) -> Result<Caller, (Rejected, Problem)> {
        let route = request.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let peer = request.extensions.get::<Peer>().map_or([0, 0, 0, 0].into(), |peer| peer.0.ip());
        let address = Client::from(client::address(peer, &request.headers, &self.trusted));
        // Whoever restarts a service that does not answer must not be told to wait.
        if route.starts_with("/health/") {
            return Ok(Caller { client: address });
        }
        if request.uri.path_and_query().is_some_and(|address| address.as_str().len() > MAX_URI) {
            let detail = format!("the address of the request is longer than {MAX_URI} bytes: ask for less at once");
            return Err((Rejected::AddressTooLong, Problem::new(StatusCode::URI_TOO_LONG, detail)));
        }
        let keys = self.keys.as_ref().map(|keys| keys.borrow().clone());
        let given = keys.as_deref().map_or(Given::Nothing, |keys| given(keys, &request.headers));
        let client = if let Given::Key(key) = &given { Client::Key(key.name.clone()) } else { address };
        let reads = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        self.count(&client, reads)?;
        let needed = match (reads, route) {
            (false, _) => Some(Scope::Write),
            (true, "/metrics") => Some(Scope::Operate),
            (true, _) => None,
        };
        match (given, needed) {
            (Given::Wrong, _) => Err((Rejected::WrongKey, Problem::wrong_key())),
            (Given::Key(key), Some(scope)) if !key.may(scope) => {
                tracing::warn!(key = %key.name, %scope, "the key {} was used for what needs the scope {scope}", key.name);
                Err((Rejected::Scope, Problem::scope_missing(&key.name, scope.as_str())))
            }
            (Given::Key(key), _) => {
                self.metrics.key_requests.with_label_values(&[&*key.name]).inc();
                Ok(Caller { client })
            }
            (Given::Nothing, Some(scope)) if !self.open_without_key(scope, request) => {
                Err((Rejected::NoKey, Problem::key_needed(scope.as_str(), keys.is_some())))
            }
            (Given::Nothing, _) => Ok(Caller { client }),
        }
    }

    /// Waits until there is memory for the body; one whose length is not told may have the longest.
    fn room_for(&self, body: &Body) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + use<> {
        let kib = body.size_hint().upper().map_or(u64::MAX, |bytes| bytes.div_ceil(1024));
        let kib = u32::try_from(kib).unwrap_or(u32::MAX).min(self.body_limit_kib);
        self.bodies.clone().acquire_many_owned(kib)
    }

    fn count(&self, client: &Client, reads: bool) -> Result<(), (Rejected, Problem)> {
        let (rates, rejected) = if reads { (&self.reading, Rejected::ReadRate) } else { (&self.writing, Rejected::WriteRate) };
        rates.count(client).map_err(|wait| {
            let whose = if matches!(client, Client::Key(_)) { "this key" } else { "this address" };
            let detail =
                format!("{whose} has asked too often: {} is what it may; ask again after the seconds of Retry-After", rates.in_words());
            (rejected, Problem::too_many(detail, wait))
        })
    }

    /// What needs a key elsewhere is open to this machine's own users: where nobody else reaches the socket, no proxy passes
    /// others on, and the request was meant for this machine. A web page can have its own name lead here, but not change `Host`.
    fn open_without_key(&self, scope: Scope, request: &Parts) -> bool {
        let wanted = scope == Scope::Operate || self.keys.is_none();
        let own = self.loopback && self.trusted.is_empty() && !client::is_forwarded(&request.headers);
        wanted && own && names_this_machine(request)
    }
}

/// What a request brings along.
enum Given<'k> {
    Key(&'k Key),
    Wrong,
    Nothing,
}

/// Another scheme than Bearer is a matter between the client and a proxy.
fn given<'k>(keys: &'k Keys, headers: &HeaderMap) -> Given<'k> {
    let bearer = |value: &str| {
        let (scheme, secret) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
    };
    let mut secrets = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| bearer(value.to_str().ok()?));
    match (secrets.next(), secrets.next()) {
        (None, _) => Given::Nothing,
        (Some(secret), None) => keys.find(&secret).map_or(Given::Wrong, Given::Key),
        (Some(_), Some(_)) => Given::Wrong,
    }
}

/// By each name that the request gives, and there is one.
fn names_this_machine(request: &Parts) -> bool {
    let hosts = request.headers.get_all(header::HOST).iter().map(|host| host.to_str().ok().and_then(|host| host.parse().ok()));
    let mut names: Vec<Option<Authority>> = hosts.collect();
    names.extend(request.uri.authority().map(|authority| Some(authority.clone())));
    let loopback = |name: &Option<Authority>| name.as_ref().is_some_and(|name| is_loopback(name.host()));
    !names.is_empty() && names.iter().all(loopback)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Lets the request through, its body watched for stalls, or answers it with a problem.
pub(crate) async fn admit(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match gate.check(&parts) {
        Ok(caller) => {
            parts.extensions.insert(caller);
            let _room = gate.room_for(&body).await;
            let body = Body::new(TimeoutBody::new(gate.stall, body));
            next.run(Request::from_parts(parts, body)).await
        }
        Err((rejected, problem)) => {
            gate.metrics.reject(rejected);
            tracing::debug!(reason = rejected.as_str(), route = parts.uri.path(), "a request was refused: {}", problem.detail());
            problem.into_response()
        }
    }
}

async fn forget_rested(reading: Arc<Rates>, writing: Arc<Rates>, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(FORGET_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shutdown.cancelled() => return,
        }
        reading.forget_rested();
        writing.forget_rested();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str, hosts: &[&str]) -> Parts {
        let builder = hosts.iter().fold(Request::builder().uri(uri), |builder, host| builder.header("host", *host));
        builder.body(Body::empty()).unwrap().into_parts().0
    }

    #[test]
    fn only_names_of_this_machine_are_its_names() {
        for (uri, hosts, own) in [
            ("/", &["127.0.0.1:8080"][..], true),
            ("/", &["127.9.9.9"], true),
            ("/", &["LocalHost:80"], true),
            ("/", &["[::1]:8080"], true),
            ("/", &["[::ffff:127.0.0.1]"], true),
            ("http://127.0.0.1/", &[], true),
            ("/", &[], false),
            ("/", &["evil.example:8080"], false),
            ("/", &["localhost.evil.example"], false),
            ("/", &["127.0.0.1.evil.example"], false),
            ("/", &["192.168.1.2"], false),
            ("/", &["localhost", "evil.example"], false),
            ("http://evil.example/", &["localhost"], false),
            ("/", &["evil@localhost"], true),
            ("/", &["not a host"], false),
        ] {
            assert_eq!(names_this_machine(&request(uri, hosts)), own, "{uri} {hosts:?}");
        }
    }
}
