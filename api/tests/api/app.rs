//! A running service on a random port, with its own database and bus.

use std::time::Duration;

use async_trait::async_trait;
use bus::{ArticleFetchedV1, Bus, Consumption, Handler, InProcess, LedgerChangedV1, Outcome};
use claims::Extraction;
use reqwest::{Response, StatusCode};
use runtime::ops::Ops;
use serde::Deserialize;
use serde_json::Value;
use store::{DatabaseConfig, Store};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) struct TestApp {
    pub(crate) address: String,
    pub(crate) bus: Bus,
    pub(crate) shutdown: CancellationToken,
    pub(crate) served: JoinHandle<anyhow::Result<()>>,
    pub(crate) http: reqwest::Client,
    ops: Ops,
    _folder: TempDir,
}

#[derive(Deserialize)]
struct Sections {
    api: api::Config,
}

impl TestApp {
    /// On a loopback address and without keys, with a ledger that holds `extractions`.
    pub(crate) async fn spawn(extractions: &[Extraction]) -> Self {
        Self::spawn_with(extractions, "127.0.0.1:0", "").await
    }

    /// On the address `listen` and with `settings`, lines of the section `[api]`.
    pub(crate) async fn spawn_with(extractions: &[Extraction], listen: &str, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("ledger.db").display());
        let store = Store::open(&DatabaseConfig { url, connections: 4.try_into().unwrap() }).await.unwrap();
        store.ledger.commit(extractions).await.unwrap();
        let ops = Ops::new().unwrap();
        let limits = InProcess {
            capacity: 8,
            retry_delay: Duration::from_millis(20),
            attempts: 2,
            quarantine: Some(folder.path().join("quarantine")),
        };
        let bus = Bus::in_process(limits, &ops.registry).unwrap();
        let shutdown = CancellationToken::new();
        let keeper = Keeper { store: store.clone(), bus: bus.clone() };
        let (consuming, stop) = (bus.clone(), shutdown.clone());
        tokio::spawn(async move { consuming.consume::<ArticleFetchedV1, _>(Consumption { workers: 1, batch: 4 }, keeper, stop).await });
        let listener = TcpListener::bind(listen).await.unwrap();
        let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let config = config(&format!("body_limit_mib = 16\n{settings}"));
        let front = api::Front::open(config, listener, ops.clone(), shutdown.clone()).unwrap();
        let served = tokio::spawn(api::run(front, bus.clone(), store));
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { address, bus, shutdown, served, http, ops, _folder: folder }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.address)).send().await.unwrap()
    }

    /// The JSON of an answer with status 200.
    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    /// The status and text of an address as a browser asks for it.
    pub(crate) async fn page(&self, path: &str) -> (StatusCode, String) {
        let answer = self.http.get(format!("{}{path}", self.address)).header("accept", "text/html,*/*;q=0.8").send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{path}");
        (answer.status(), answer.text().await.unwrap())
    }

    /// The value of the metric, labels included: `name{label="value"}`.
    pub(crate) fn metric(&self, series: &str) -> u64 {
        let metrics = self.ops.registry.gather();
        let text = prometheus::TextEncoder::new().encode_to_string(&metrics).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{series} is not in {text}")).parse().unwrap()
    }

    pub(crate) async fn post(&self, body: &Value) -> Response {
        self.http.post(format!("{}/v1/articles", self.address)).json(body).send().await.unwrap()
    }
}

/// The defaults, changed by `settings`, lines of the section `[api]`.
pub(crate) fn config(settings: &str) -> api::Config {
    runtime::config::load::<Sections>(&[api::DEFAULTS, &format!("[api]\n{settings}")], None).unwrap().api
}

/// The status and body of an answer, which must be a problem document that agrees with its status.
pub(crate) async fn problem(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], "about:blank");
    assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
    (status, body)
}

/// The values of `key` in the items of a page.
pub(crate) fn values(page: &Value, key: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    page["items"].as_array().unwrap().iter().map(|item| text(&item[key])).collect()
}

/// Reads and commits what is posted, as the services behind the bus do.
struct Keeper {
    store: Store,
    bus: Bus,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Keeper {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for ArticleFetchedV1 { article } in messages {
            if article.text.contains("cannot be read") {
                outcomes.push(Outcome::Quarantine("its text says that it cannot be read".into()));
                continue;
            }
            let change = LedgerChangedV1 { article_id: article.id(), title: article.title.clone(), claims: 0 };
            let extraction = extract::analyse(&article).into_extraction(article);
            self.store.ledger.commit(&[extraction]).await.unwrap();
            self.bus.announce(&change).await.unwrap();
            outcomes.push(Outcome::Done);
        }
        outcomes
    }
}
