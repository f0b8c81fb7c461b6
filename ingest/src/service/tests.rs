//! Tests of the service: feeds to the bus.

use std::sync::Mutex;
use std::time::Instant;

use async_trait::async_trait;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use bus::{ArticleFetchedV1, Consumption, Handler, InProcess, Outcome};
use store::DatabaseConfig;
use url::Url;

use super::*;

const FEED: &str = "<rss version=\"2.0\"><channel><title>The Outlet</title><item><guid>2</guid><link>/slow</link></item><item><guid>1</guid><link>/a</link></item></channel></rss>";
const SENTENCE: &str =
    "<p>The minister denied on Monday that the call took place, and her spokesman declined to comment on it any further.</p>";

#[derive(Clone, Default)]
struct Taker(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Handler<ArticleFetchedV1> for Taker {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        self.0.lock().unwrap().extend(messages.iter().filter_map(|message| message.article.url.clone()));
        messages.iter().map(|_| Outcome::Done).collect()
    }
}

/// The second entry's page never comes: stopping must not wait for it, and it must not be lost.
#[tokio::test(flavor = "multi_thread")]
async fn polls_the_configured_feeds_and_stops_in_mid_fetch() {
    let page = || async {
        ([(header::CONTENT_TYPE, "text/html")], format!("<html><body><article>{}</article></body></html>", SENTENCE.repeat(6)))
    };
    let routes =
        Router::new().route("/feed", get(|| async { FEED })).route("/a", get(page)).route("/slow", get(std::future::pending::<&str>));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let folder = tempfile::tempdir().unwrap();
    let database =
        DatabaseConfig { url: format!("sqlite:{}", folder.path().join("ledger.db").display()), connections: 2.try_into().unwrap() };
    let store = Store::open(&database).await.unwrap();
    let limits = InProcess { capacity: 10, retry_delay: Duration::from_secs(1), attempts: 3, quarantine: None };
    let (ops, shutdown) = (Ops::default(), CancellationToken::new());
    let bus = Bus::in_process(limits, &ops.registry).unwrap();
    let taker = Taker::default();
    tokio::spawn({
        let (bus, taker) = (bus.clone(), taker.clone());
        async move { bus.consume::<ArticleFetchedV1, _>(Consumption { workers: 1, batch: 1 }, taker, CancellationToken::new()).await }
    });
    let feed = Url::parse(&format!("{base}/feed")).unwrap();
    let config = Config {
        feeds: vec![feed.clone()],
        poll_interval_s: 900.try_into().unwrap(),
        concurrency: 2.try_into().unwrap(),
        host_pause_ms: 0,
        allow_private: vec!["127.0.0.0/8".parse().unwrap()],
    };
    let running = tokio::spawn(run(config, bus, store.clone(), ops.clone(), shutdown.clone()));
    let begun = Instant::now();
    while taker.0.lock().unwrap().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The entry is marked once its article is answered for.
    let keys = ["1", "2"].map(str::to_owned);
    let unseen = || store.intake.unseen(feed.as_str(), &keys);
    while unseen().await.unwrap() != ["2"] {
        assert!(begun.elapsed() < Duration::from_secs(20), "it was not marked");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(ops.readiness.missing().is_empty(), "{:?}", ops.readiness.missing());
    let stopping = Instant::now();
    shutdown.cancel();
    running.await.unwrap().unwrap();
    assert!(stopping.elapsed() < Duration::from_secs(5));
    let kept = store.intake.feeds().await.unwrap().remove(0);
    assert!(kept.next_poll_at <= OffsetDateTime::now_utc() && kept.etag.is_none());
    assert_eq!(*taker.0.lock().unwrap(), [format!("{base}/a")]);
}
