//! Fetching from the web: only over http and https, only from public addresses, within limits of size and time.

mod address;
mod body;
mod error;
mod guard;
mod headers;

use std::sync::Arc;
use std::time::Duration;

use claims::MAX_TEXT_BYTES;
use ipnet::IpNet;
use reqwest::header::{ACCEPT, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION};
use reqwest::{Client, Response, StatusCode};
use url::Url;

pub use error::FetchError;
pub use headers::{Freshness, Validators};

use guard::Guard;

const USER_AGENT: &str = concat!("Gainsay/", env!("CARGO_PKG_VERSION"), " (news and feed reader)");
/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;
/// The most bytes of a body, decoded.
const MAX_BODY_BYTES: usize = MAX_TEXT_BYTES;
/// How long a fetch may take, redirects and body included.
const DEADLINE: Duration = Duration::from_secs(30);

/// Fetches addresses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    guard: Arc<Guard>,
    deadline: Duration,
    max_body_bytes: usize,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing has changed since the answer that the validators came with.
    NotModified(Freshness),
    /// The content.
    Content(Content),
}

/// A fetched content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Where it was found in the end.
    pub url: Url,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// The encoding that the server named.
    pub charset: Option<String>,
    /// What to ask with the next time.
    pub validators: Validators,
    /// For how long it need not be asked for again.
    pub freshness: Freshness,
}

impl Fetcher {
    /// A fetcher that admits public addresses and those in `allow_private`. The system's proxy settings are not used: a proxy would
    /// be asked for addresses that nobody has checked.
    pub fn new(allow_private: &[IpNet]) -> Result<Self, FetchError> {
        Self::with_limits(allow_private, DEADLINE, MAX_BODY_BYTES)
    }

    pub(crate) fn with_limits(allow_private: &[IpNet], deadline: Duration, max_body_bytes: usize) -> Result<Self, FetchError> {
        // Another part of the process may have installed it already.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let guard = Arc::new(Guard::new(allow_private.to_vec()));
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .dns_resolver(guard.clone())
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(deadline.min(Duration::from_secs(10)))
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| FetchError::Client(error.to_string()))?;
        Ok(Self { client, guard, deadline, max_body_bytes })
    }

    /// Fetches `url`; with the `validators` of an earlier answer, only if it has changed since.
    pub async fn get(&self, url: &Url, validators: &Validators) -> Result<Answer, FetchError> {
        let fetching = self.follow(url, validators);
        tokio::time::timeout(self.deadline, fetching).await.unwrap_or(Err(FetchError::TimedOut(self.deadline)))
    }

    /// Fetches `url` whole.
    pub async fn get_content(&self, url: &Url) -> Result<Content, FetchError> {
        match self.get(url, &Validators::default()).await? {
            Answer::Content(content) => Ok(content),
            Answer::NotModified(_) => Err(FetchError::Status { status: 304, retry_after: None }),
        }
    }

    async fn follow(&self, url: &Url, validators: &Validators) -> Result<Answer, FetchError> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            self.guard.check(&url)?;
            let response =
                self.client.get(url.clone()).headers(request_headers(validators)).send().await.map_err(|error| error::of(&error))?;
            match redirect(&response)? {
                Some(next) => url = next,
                None => return self.answer(url, response).await,
            }
        }
        Err(FetchError::TooManyRedirects(MAX_REDIRECTS))
    }

    async fn answer(&self, url: Url, response: Response) -> Result<Answer, FetchError> {
        let status = response.status();
        let freshness = Freshness::of(response.headers());
        if status == StatusCode::NOT_MODIFIED {
            return Ok(Answer::NotModified(freshness));
        }
        if !status.is_success() {
            return Err(FetchError::Status { status: status.as_u16(), retry_after: freshness.retry_after });
        }
        let (charset, validators) = (headers::charset(response.headers()), Validators::of(response.headers()));
        let body = body::read(response, self.max_body_bytes).await?;
        Ok(Answer::Content(Content { url, body, charset, validators, freshness }))
    }
}

fn request_headers(validators: &Validators) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let accept = "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8";
    let wanted =
        [(ACCEPT, Some(accept)), (IF_NONE_MATCH, validators.etag.as_deref()), (IF_MODIFIED_SINCE, validators.last_modified.as_deref())];
    for (name, value) in wanted {
        if let Some(Ok(value)) = value.map(str::parse) {
            headers.insert(name, value);
        }
    }
    headers
}

/// Where a redirect leads, if `response` is one.
fn redirect(response: &Response) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let next = location.and_then(|location| response.url().join(location).ok());
    next.map(Some).ok_or(FetchError::BadRedirect)
}

/// `url` as it may be shown: without its password.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _no_host = url.set_password(None).and_then(|()| url.set_username(""));
    url.into()
}

#[cfg(test)]
mod tests;
