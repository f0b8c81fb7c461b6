//! The same services within this process, over the in-process bus and SQLite: the ledger that every deployment must end with.

use std::path::Path;
use std::time::Duration;

use bus::{ArticleFetchedV1, Bus, InProcess, Receipt};
use claims::Article;
use runtime::ops::Ops;
use serde::Deserialize;
use store::{DatabaseConfig, Store};
use tokio_util::sync::CancellationToken;

/// How many records a page of an export has.
const PAGE: u32 = 100;

/// The sections that the embedded services read, as their defaults have them.
#[derive(Deserialize)]
struct Config {
    extract: extract::Config,
    store: store::Config,
}

/// Runs `articles` through extract and store on a ledger in `folder`; the whole ledger afterwards, see [`export`].
pub async fn run_embedded(articles: &[Article], folder: &Path) -> Vec<String> {
    let config: Config = toml::from_str(&[extract::DEFAULTS, store::DEFAULTS].join("\n")).expect("the defaults are a configuration");
    let limits = InProcess { capacity: 64, retry_delay: Duration::from_secs(1), attempts: 3, quarantine: Some(folder.join("quarantine")) };
    let url = format!("sqlite:{}", folder.join("embedded.sqlite").display());
    let store = open(&url).await;
    let shutdown = CancellationToken::new();
    let (for_extract, for_store) = (Ops::new().expect("metrics"), Ops::new().expect("metrics"));
    let bus = Bus::in_process(limits, &for_extract.registry).expect("a bus within this process");
    let extracting = tokio::spawn(extract::run(config.extract, bus.clone(), for_extract, shutdown.clone()));
    let storing = tokio::spawn(store::run(config.store, bus.clone(), store.clone(), for_store, shutdown.clone()));
    for article in articles {
        let receipt = bus.publish(&ArticleFetchedV1 { article: article.clone() }).await.expect("the bus takes an article");
        assert_eq!(receipt, Receipt::Handled, "{}", article.id());
    }
    shutdown.cancel();
    extracting.await.expect("extract does not panic").expect("extract ends in order");
    storing.await.expect("store does not panic").expect("store ends in order");
    export(&store).await
}

/// The whole ledger of the database at `url`, see [`export`].
pub async fn export_of(url: &str) -> Vec<String> {
    export(&open(url).await).await
}

/// The whole ledger, a JSON text for each article with its claims, in the order of their ids.
pub async fn export(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    let mut after = None;
    loop {
        let page = store.ledger.export(after, PAGE).await.expect("the ledger can be read");
        let Some(last) = page.last() else { return lines };
        after = Some(last.article.id());
        lines.extend(page.iter().map(|record| serde_json::to_string(record).expect("a record is JSON")));
    }
}

/// Fails at the first record in which two ledgers differ.
pub fn assert_same(ledger: &[String], other: &[String]) {
    for (record, other) in ledger.iter().zip(other) {
        assert_eq!(record, other);
    }
    assert_eq!(ledger.len(), other.len(), "articles in the two ledgers");
}

async fn open(url: &str) -> Store {
    let config = DatabaseConfig { url: url.to_owned(), connections: 4.try_into().expect("4 is not 0") };
    Store::open(&config).await.unwrap_or_else(|error| panic!("{error}"))
}
