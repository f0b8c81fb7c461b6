//! Tests of feeds and their polls, over HTTP.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bus::{ArticleFetchedV1, Bus, Consumption, Handler, InProcess, Outcome};
use prometheus::Registry;
use store::{DatabaseConfig, Feed, Store};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::*;
use crate::fetch::Fetcher;
use crate::metrics::Metrics;

const SENTENCE: &str = "The minister denied on Monday that the call took place, and her spokesman declined to comment on it any further. ";

/// An outlet with a feed of two entries and their pages; it can be told to fail.
#[derive(Default)]
struct Outlet {
    polls: AtomicUsize,
    unchanged: AtomicUsize,
    page_fails: AtomicBool,
    status: AtomicU16,
    feed_holds_text: AtomicBool,
}

async fn feed(State(outlet): State<Arc<Outlet>>, headers: HeaderMap) -> Response {
    outlet.polls.fetch_add(1, Ordering::SeqCst);
    let status = outlet.status.load(Ordering::SeqCst);
    if status != 0 {
        return (StatusCode::from_u16(status).unwrap(), [(header::RETRY_AFTER, "7200")]).into_response();
    }
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == "\"1\"") {
        outlet.unchanged.fetch_add(1, Ordering::SeqCst);
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let text = if outlet.feed_holds_text.load(Ordering::SeqCst) { SENTENCE.repeat(10) } else { "A teaser.".to_owned() };
    let item = |n: u8| {
        format!(
            "<item><title>Minister denies call {n}</title><guid isPermaLink=\"false\">tag:{n}</guid><link>/a/{n}</link>\
             <pubDate>Mon, 0{n} Mar 2025 07:10:00 GMT</pubDate><description>{text}</description></item>"
        )
    };
    let body =
        format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>The Outlet</title>{}{}</channel></rss>", item(2), item(1));
    ([(header::ETAG, "\"1\""), (header::CONTENT_TYPE, "application/rss+xml")], body).into_response()
}

async fn page(State(outlet): State<Arc<Outlet>>, axum::extract::Path(n): axum::extract::Path<String>) -> Response {
    if outlet.page_fails.load(Ordering::SeqCst) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let paragraphs = format!("<p>{SENTENCE}</p>").repeat(5);
    let html = format!(
        "<html><head><title>Page {n} of the outlet's own</title></head><body><article><h1>Page {n}</h1>{paragraphs}<p>This was page {n}.</p></article></body></html>"
    );
    ([(header::CONTENT_TYPE, "text/html")], html).into_response()
}

/// Keeps what it gets, or answers with an outcome of the test's choice.
#[derive(Clone)]
struct Taker {
    texts: Arc<Mutex<Vec<(String, String)>>>,
    refuses: Arc<AtomicBool>,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for Taker {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        let refuses = self.refuses.load(Ordering::SeqCst);
        messages
            .into_iter()
            .map(|message| {
                if refuses {
                    return Outcome::RetryLater("the ledger is away".to_owned());
                }
                let article = message.article;
                self.texts.lock().unwrap().push((article.title.clone().unwrap_or_default(), article.text.clone()));
                Outcome::Done
            })
            .collect()
    }
}

struct World {
    outlet: Arc<Outlet>,
    poller: Poller,
    store: Store,
    taker: Taker,
    url: String,
    shutdown: CancellationToken,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let outlet = Arc::new(Outlet::default());
        let routes = Router::new().route("/feed", get(feed)).route("/a/{n}", get(page)).with_state(outlet.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/feed", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let folder = tempfile::tempdir().unwrap();
        let database =
            DatabaseConfig { url: format!("sqlite:{}", folder.path().join("ledger.db").display()), connections: 2.try_into().unwrap() };
        let store = Store::open(&database).await.unwrap();
        store.intake.add_feed(&url, OffsetDateTime::now_utc()).await.unwrap();
        let limits = InProcess { capacity: 10, retry_delay: Duration::from_hours(1), attempts: 3, quarantine: None };
        let bus = Bus::in_process(limits, &Registry::new()).unwrap();
        let taker = Taker { texts: Arc::default(), refuses: Arc::default() };
        tokio::spawn({
            let (bus, taker) = (bus.clone(), taker.clone());
            async move { bus.consume::<ArticleFetchedV1, _>(Consumption { workers: 1, batch: 1 }, taker, CancellationToken::new()).await }
        });
        let poller = Poller {
            fetcher: Fetcher::new(&["127.0.0.0/8".parse().unwrap()]).unwrap(),
            bus,
            intake: store.intake.clone(),
            metrics: Metrics::new(&Registry::new()).unwrap(),
            hosts: Hosts::new(Duration::ZERO),
            interval: Duration::from_mins(15),
            attempts: Mutex::new(HashMap::new()),
        };
        Self { outlet, poller, store, taker, url, shutdown: CancellationToken::new(), _folder: folder }
    }

    async fn feed(&self) -> Feed {
        self.store.intake.feeds().await.unwrap().remove(0)
    }

    async fn poll(&self) -> Feed {
        self.poller.poll(self.feed().await, &self.shutdown).await.unwrap();
        self.feed().await
    }

    fn titles(&self) -> Vec<String> {
        self.taker.texts.lock().unwrap().iter().map(|(title, _)| title.clone()).collect()
    }

    async fn unseen(&self) -> Vec<String> {
        self.store.intake.unseen(&self.url, &["tag:1".to_owned(), "tag:2".to_owned()]).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_polled_twice_gives_each_article_once() {
    let world = World::new().await;
    let after = world.poll().await;
    assert_eq!(world.titles(), ["Page 1", "Page 2"]);
    assert!(world.taker.texts.lock().unwrap()[0].1.ends_with("This was page 1."));
    assert_eq!((after.title.as_deref(), after.etag.as_deref(), after.failures), (Some("The Outlet"), Some("\"1\""), 0));
    assert!(world.unseen().await.is_empty());
    let minutes = (after.next_poll_at - OffsetDateTime::now_utc()).whole_minutes();
    assert!((14..=16).contains(&minutes), "{minutes}");
    world.poll().await;
    assert_eq!((world.outlet.polls.load(Ordering::SeqCst), world.outlet.unchanged.load(Ordering::SeqCst)), (2, 1));
    assert_eq!(world.titles().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_whose_article_was_not_taken_stays_unseen() {
    let world = World::new().await;
    world.taker.refuses.store(true, Ordering::SeqCst);
    let stop = world.shutdown.clone();
    // The ledger is away until everything stops: the bus gives the article back.
    let (feed, bus) = (world.feed().await, world.poller.bus.clone());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(500)).await;
        stop.cancel();
        bus.close().await;
    });
    world.poller.poll(feed, &world.shutdown).await.unwrap();
    assert_eq!(world.unseen().await, ["tag:1", "tag:2"]);
    // The server must show the feed again.
    assert_eq!(world.feed().await.etag, None);
    assert!(world.titles().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_whose_page_fails_is_tried_again() {
    let world = World::new().await;
    world.outlet.page_fails.store(true, Ordering::SeqCst);
    world.poll().await;
    assert_eq!((world.unseen().await.len(), world.titles().len()), (2, 0));
    world.outlet.page_fails.store(false, Ordering::SeqCst);
    world.poll().await;
    assert_eq!((world.unseen().await.len(), world.titles()), (0, vec!["Page 1".to_owned(), "Page 2".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_holds_its_articles_serves_where_the_page_fails() {
    let world = World::new().await;
    world.outlet.page_fails.store(true, Ordering::SeqCst);
    world.outlet.feed_holds_text.store(true, Ordering::SeqCst);
    world.poll().await;
    assert_eq!(world.titles(), ["Minister denies call 1", "Minister denies call 2"]);
    assert_eq!(world.taker.texts.lock().unwrap()[0].1, SENTENCE.repeat(10).trim());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_feed_is_asked_ever_more_rarely() {
    let world = World::new().await;
    world.outlet.status.store(503, Ordering::SeqCst);
    let first = world.poll().await;
    assert_eq!((first.failures, first.last_error.as_deref()), (1, Some("the server answered with status 503")));
    // It asked for two hours.
    assert!((first.next_poll_at - OffsetDateTime::now_utc()).whole_minutes() >= 119);
    assert_eq!(world.poll().await.failures, 2);
    world.outlet.status.store(0, Ordering::SeqCst);
    let well = world.poll().await;
    assert_eq!((well.failures, well.last_error), (0, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_feed_is_noted() {
    let world = World::new().await;
    let page = world.url.replace("/feed", "/a/1");
    world.store.intake.add_feed(&page, OffsetDateTime::now_utc()).await.unwrap();
    let feeds = world.store.intake.feeds().await.unwrap();
    let feed = feeds.into_iter().find(|feed| feed.url == page).unwrap();
    world.poller.poll(feed, &world.shutdown).await.unwrap();
    let noted = world.store.intake.feeds().await.unwrap().into_iter().find(|feed| feed.url == page).unwrap();
    assert!(noted.last_error.unwrap().starts_with("it is no feed (RSS, Atom or JSON Feed): "));
}

fn parse_at(text: &str) -> Result<ParsedFeed, FeedError> {
    parse(text.as_bytes(), &Url::parse("https://outlet.example/feed").unwrap())
}

#[test]
fn atom_and_json_feeds_are_read() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="html">The &lt;b&gt;Outlet&lt;/b&gt;</title><id>f</id><updated>2025-03-03T00:00:00Z</updated>
        <entry><id>e1</id><title>Minister &amp;amp; call</title><link rel="enclosure" href="/x.mp3"/><link href="/a/1"/><published>2025-03-03T07:10:00Z</published><updated>2025-03-04T07:10:00Z</updated>
        <author><name>A. Writer</name></author></entry></feed>"#;
    let feed = parse_at(atom).unwrap();
    let entry = &feed.entries[0];
    assert_eq!((feed.title.as_deref(), entry.key.as_str()), (Some("The Outlet"), "e1"));
    assert_eq!(entry.link.as_ref().unwrap().as_str(), "https://outlet.example/a/1");
    assert_eq!(
        (entry.form.byline.as_deref(), entry.form.published_at.unwrap().to_string().as_str()),
        (Some("A. Writer"), "2025-03-03T07:10:00Z")
    );
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "The Outlet", "items": [{"id": "j1", "url": "https://outlet.example/a/1", "content_html": "<p>One<br>two", "date_published": "2025-03-03T07:10:00Z"}]}"#;
    assert_eq!(parse_at(json).unwrap().entries[0].key, "j1");
}

#[test]
fn an_entry_without_an_id_is_known_by_its_link_or_its_content() {
    let feed = "<rss version=\"2.0\"><channel><title>T</title><item><title>A</title><link>https://outlet.example/a</link></item><item><title>B</title><description>Text.</description></item></channel></rss>";
    let keys = || parse_at(feed).unwrap().entries.into_iter().map(|entry| entry.key).collect::<Vec<_>>();
    assert_eq!(keys(), ["B\nText.", "https://outlet.example/a"]);
    assert_eq!(keys(), keys());
}

#[test]
fn hostile_feeds_are_errors() {
    let deep = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><content type=\"xhtml\">{}", "<div>".repeat(200_000));
    assert!(parse_at(&deep).unwrap_err().to_string().contains("more than 128 deep"));
    let laughs =
        "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><rss version=\"2.0\"><channel><title>&b;</title></channel></rss>";
    assert!(parse_at(laughs).map_or(true, |feed| feed.title.unwrap_or_default().len() < 100));
    for text in ["", "<", "<rss", "{}", "[]", "\0", "<html><body>page</body></html>"] {
        assert!(parse_at(text).is_err(), "{text}");
    }
}
