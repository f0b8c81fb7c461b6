//! The collector: its address, and handing it a batch of spans by OTLP over HTTP.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::trace::SpanData;
use prost::Message;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Url};

use super::Config;

/// The longest that a collector may take over a batch.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a collector takes spans.
const PATH: &str = "v1/traces";

/// A collector. Shows nothing of itself but where it is.
pub(super) struct Collector {
    client: Client,
    url: Url,
    resource: ResourceAttributesWithSchema,
}

impl Collector {
    /// The collector of `config`, none where it names none; why it cannot be one, without its secrets.
    pub(super) fn new(config: &Config, resource: ResourceAttributesWithSchema) -> Result<Option<Self>, String> {
        if config.endpoint.is_empty() {
            return Ok(None);
        }
        let url = address(&config.endpoint)?;
        // Another part of the process may have installed it already.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .default_headers(headers(&config.headers)?)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .pool_max_idle_per_host(1);
        // The system's authorities take memory, and are asked for nothing without TLS.
        let client = if url.scheme() == "http" { client.tls_certs_only([]) } else { client };
        let client = client.build().map_err(|error| format!("no connection can be made to the endpoint: {error}"))?;
        Ok(Some(Self { client, url, resource }))
    }

    /// Its address without user and password.
    pub(super) fn shown(&self) -> String {
        shown(self.url.clone())
    }

    /// Hands `spans` over, or says why they were not taken.
    pub(super) async fn take(&self, spans: Vec<SpanData>) -> Result<(), String> {
        let request = ExportTraceServiceRequest { resource_spans: group_spans_by_resource_and_scope(spans, &self.resource) };
        let sent = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/x-protobuf").body(request.encode_to_vec()).send();
        let answer = sent.await.map_err(|error| reason(&error.without_url()))?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("it answers {}", answer.status())) }
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector").field("url", &self.shown()).finish_non_exhaustive()
    }
}

fn address(endpoint: &str) -> Result<Url, String> {
    // It is not shown: what is no address of a collector may hold its secrets anywhere.
    let url = Url::parse(endpoint).map_err(|error| format!("endpoint is not an address ({error}): give http://HOST:PORT"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("endpoint is not the address of a collector: give http://HOST:PORT or https://…".to_owned());
    }
    if url.path().trim_matches('/').ends_with(PATH) {
        return Ok(url);
    }
    let mut with_path = url.clone();
    with_path.set_path(&format!("{}/{PATH}", url.path().trim_end_matches('/')));
    Ok(with_path)
}

fn shown(mut url: Url) -> String {
    // They fail for an address that can have neither.
    let _without_user = url.set_username("");
    let _without_password = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

fn headers(text: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (number, pair) in text.split(',').enumerate().filter(|(_, pair)| !pair.trim().is_empty()) {
        let parsed = pair.split_once('=').and_then(|(name, value)| {
            let mut value = HeaderValue::from_str(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((name.trim().parse::<HeaderName>().ok()?, value))
        });
        let (name, value) = parsed.ok_or_else(|| format!("headers: number {} is not NAME=VALUE", number + 1))?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// An error with what caused it.
fn reason(error: &reqwest::Error) -> String {
    let mut causes = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_its_path_once() {
        for (endpoint, url) in [
            ("http://collector:4318", "http://collector:4318/v1/traces"),
            ("http://collector:4318/", "http://collector:4318/v1/traces"),
            ("https://collector/otlp", "https://collector/otlp/v1/traces"),
            ("https://collector/otlp/v1/traces", "https://collector/otlp/v1/traces"),
        ] {
            assert_eq!(address(endpoint).unwrap().as_str(), url);
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_its_secrets() {
        for endpoint in ["collector:4318", "ftp://user:secret@collector", "http://user:secret@:4318", "user:secret@collector", "secret"] {
            let why = address(endpoint).unwrap_err();
            assert!(why.contains("endpoint") && !why.contains("secret"), "{endpoint}: {why}");
        }
        for text in ["authorization", "authorization=a,secret", "autho rization=secret", "a=\u{1}secret"] {
            let why = headers(text).unwrap_err();
            assert!(why.contains("NAME=VALUE") && !why.contains("secret"), "{text}: {why}");
        }
        let taken = headers("authorization=Bearer a=b, x-tenant = news,").unwrap();
        assert_eq!((&taken["authorization"], &taken["x-tenant"]), (&"Bearer a=b".parse().unwrap(), &"news".parse().unwrap()));
        assert!(!format!("{taken:?}").contains("Bearer"));
    }
}
