//! Traces and logs of real processes: one trace from fetch to commit, collected by a collector of the test; what logs tell and what not.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Html;
use axum::routing::{get, post};
use claims::{Article, ArticleId};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value as Any};
use prost::Message;
use serde_json::Value;
use tests::{Deployment, Process, Stopped, articles, eventually, folder, http, sample_news};

/// Long enough for a busy machine; a test that waits for it has failed.
const SOON: Duration = Duration::from_mins(1);

/// All that our own modules can say.
const TALKATIVE: &str =
    "info,lapin=error,html5ever=error,bus=trace,runtime=trace,ingest=trace,extract=trace,store=trace,api=trace,gainsay=trace";

/// Service, span and the span that it lies in, from where an article comes in to where it is committed.
type Tree = [(&'static str, &'static str, &'static str)];

const POSTED: &Tree = &[
    ("gainsay-api", "POST /v1/articles", ""),
    ("gainsay-api", "publish article.fetched", "POST /v1/articles"),
    ("gainsay-extract", "handle article.fetched", "publish article.fetched"),
    ("gainsay-extract", "publish article.extracted", "handle article.fetched"),
    ("gainsay-extract", "read", "handle article.fetched"),
    ("gainsay-store", "commit", "handle article.extracted"),
    ("gainsay-store", "handle article.extracted", "publish article.extracted"),
];

const FETCHED: &Tree = &[
    ("gainsay-extract", "handle article.fetched", "publish article.fetched"),
    ("gainsay-extract", "publish article.extracted", "handle article.fetched"),
    ("gainsay-extract", "read", "handle article.fetched"),
    ("gainsay-ingest", "fetch", ""),
    ("gainsay-ingest", "publish article.fetched", "fetch"),
    ("gainsay-store", "commit", "handle article.extracted"),
    ("gainsay-store", "handle article.extracted", "publish article.extracted"),
];

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_from_fetch_to_commit_and_logs_name_it_and_no_secret() {
    let collector = Collector::start().await;
    let outlet = outlet().await;
    let endpoint = collector.url.replace("http://", "http://tracer:secret-of-the-endpoint@");
    let mut deployment = Deployment::start_with(&[
        ("GAINSAY_TRACE__ENDPOINT", &endpoint),
        ("GAINSAY_TRACE__HEADERS", "x-api-key=secret-of-the-header"),
        ("GAINSAY_LOG__FORMAT", "json"),
        ("GAINSAY_LOG__FILTER", TALKATIVE),
        ("GAINSAY_INGEST__FEEDS", &format!("[\"{outlet}/feed.xml\"]")),
        ("GAINSAY_INGEST__ALLOW_PRIVATE", "[\"127.0.0.0/8\"]"),
    ])
    .await;
    // Enough for the store to commit several at once.
    let posted = sample_news();
    deployment.post_all(&posted).await;
    let ids: Vec<ArticleId> = posted.iter().map(Article::id).collect();
    deployment.wait_until_queryable(&ids, SOON).await;
    let mut traces = Vec::new();
    for id in &ids {
        traces.push((id.to_string(), collector.trace_of(&id.to_string(), POSTED).await));
    }
    let fetched = eventually("the article of the feed", SOON, || {
        let spans = collector.spans();
        async move { spans.iter().find(|span| span.name == "fetch").and_then(|span| span.article.clone()) }
    })
    .await;
    let fetched = (fetched.clone(), collector.trace_of(&fetched, FETCHED).await);
    assert!(collector.authorized(), "the headers of the configuration are sent");

    let broker = deployment.setting("GAINSAY_BUS__URL").to_owned();
    let secrets =
        [password(&broker), password(deployment.database_url()), "secret-of-the-endpoint".to_owned(), "secret-of-the-header".to_owned()];
    let spans = collector.spans();
    for Stopped { service, status, log, .. } in deployment.stop().await {
        assert_eq!(status.code(), Some(0), "{service}:\n{log}");
        for secret in &secrets {
            assert!(!log.contains(secret), "{service} writes a secret into its log");
        }
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
        let handled: Vec<&(String, String)> = match service {
            "ingest" => vec![&fetched],
            "api" => traces.iter().collect(),
            _ => traces.iter().chain([&fetched]).collect(),
        };
        for (article, trace) in handled {
            let both = lines.iter().any(|line| line["article_id"] == **article && line["trace_id"] == **trace);
            assert!(both, "no line of {service} names article {article} and trace {trace}:\n{log}");
        }
        // A line that tells of an article tells of that article's trace and of no other.
        for line in lines.iter().filter(|line| line["article_id"].is_string()) {
            let article = line["article_id"].as_str().unwrap();
            let of_article = |span: &&Span| span.article.as_deref() == Some(article) && line["trace_id"] == *span.trace;
            assert!(spans.iter().any(|span| of_article(&span)), "{service}: {line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_one_process_it_is_one_trace_too() {
    let collector = Collector::start().await;
    let folder = folder();
    let environment = [("GAINSAY_TRACE__ENDPOINT", collector.url.clone()), ("GAINSAY_LOG__FORMAT", "json".to_owned())];
    let data = folder.path().join("data");
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    let mut process = Process::start("gainsay", &arguments, &environment, folder.path());
    let address = process.address("Gainsay serves").await;
    let article = &sample_news()[0];
    let form: &claims::ArticleForm = article;
    let answer = http().post(format!("{address}/v1/articles")).json(form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let (status, _, log) = process.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    // It was sent before the process ended, not later.
    let expected: Vec<_> = POSTED.iter().map(|(_, name, parent)| ("gainsay", *name, *parent)).collect();
    collector.trace_of(&article.id().to_string(), &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_half_the_articles_traced_each_is_traced_whole_or_not_at_all() {
    let collector = Collector::start().await;
    let mut deployment = Deployment::start_with(&[("GAINSAY_TRACE__ENDPOINT", &collector.url), ("GAINSAY_TRACE__RATIO", "0.5")]).await;
    let articles = many(60);
    deployment.post_all(&articles).await;
    let ids: Vec<ArticleId> = articles.iter().map(Article::id).collect();
    deployment.wait_until_queryable(&ids, SOON).await;
    deployment.stop().await;
    let traced: Vec<usize> = ids.iter().map(|id| collector.spans_of(&id.to_string()).len()).collect();
    assert!(traced.iter().all(|spans| [0, POSTED.len()].contains(spans)), "{traced:?}");
    let whole = traced.iter().filter(|spans| **spans > 0).count();
    assert!((10..=50).contains(&whole), "{whole} of 60");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_or_silent_changes_nothing() {
    // One address where nobody listens, and one where nobody answers.
    let away = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let articles = many(40);
    let ids: Vec<ArticleId> = articles.iter().map(Article::id).collect();
    for address in [away, silent.local_addr().unwrap()] {
        let endpoint = format!("http://user:secret-of-the-endpoint@{address}");
        let mut deployment = Deployment::start_with(&[("GAINSAY_TRACE__ENDPOINT", &endpoint)]).await;
        deployment.post_all(&articles).await;
        deployment.wait_until_queryable(&ids, SOON).await;
        for service in ["extract", "store", "api"] {
            let begun = Instant::now();
            let dropped = loop {
                let (_, metrics) = deployment.ops(service, "/metrics").await;
                let line = metrics.lines().find_map(|line| line.strip_prefix("gainsay_trace_spans_total{outcome=\"dropped\"} "));
                let dropped: u64 = line.expect("it tells of its spans").parse().unwrap();
                if dropped >= 40 || begun.elapsed() > SOON {
                    break dropped;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            };
            assert!(dropped >= 40, "{service} has dropped {dropped}");
        }
        for Stopped { service, status, took, log } in deployment.stop().await {
            assert_eq!(status.code(), Some(0), "{service}:\n{log}");
            assert!(took < Duration::from_secs(10), "{service} took {took:?}");
            assert!(!log.contains("secret-of-the-endpoint"), "{service}:\n{log}");
            let said = log.matches("spans cannot be sent").count();
            assert!(said <= 1 && (said == 1 || service == "ingest"), "{service} said it {said} times:\n{log}");
        }
    }
}

/// What the collector was told of one span.
#[derive(Clone, Debug)]
struct Span {
    trace: String,
    id: String,
    parent: String,
    name: String,
    service: String,
    article: Option<String>,
}

/// A collector that keeps what it is sent by OTLP over HTTP.
struct Collector {
    url: String,
    received: Arc<Mutex<Vec<(HeaderMap, ExportTraceServiceRequest)>>>,
}

impl Collector {
    async fn start() -> Self {
        let received: Arc<Mutex<Vec<(HeaderMap, ExportTraceServiceRequest)>>> = Arc::default();
        let keep = Arc::clone(&received);
        let take = move |headers: HeaderMap, body: Bytes| async move {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            let request = ExportTraceServiceRequest::decode(body).expect("it is a request for export");
            keep.lock().unwrap().push((headers, request));
            StatusCode::OK
        };
        let url = serve(Router::new().route("/v1/traces", post(take))).await;
        Self { url, received }
    }

    fn authorized(&self) -> bool {
        let received = self.received.lock().unwrap();
        received.iter().all(|(headers, _)| headers.get("x-api-key").is_some_and(|key| key == "secret-of-the-header"))
    }

    fn spans(&self) -> Vec<Span> {
        let received = self.received.lock().unwrap();
        let mut spans = Vec::new();
        for resource in received.iter().flat_map(|(_, request)| &request.resource_spans) {
            let service = text(&resource.resource.as_ref().unwrap().attributes, "service.name").unwrap();
            for span in resource.scope_spans.iter().flat_map(|scope| &scope.spans) {
                spans.push(Span {
                    trace: hex(&span.trace_id),
                    id: hex(&span.span_id),
                    parent: hex(&span.parent_span_id),
                    name: span.name.clone(),
                    service: service.clone(),
                    article: text(&span.attributes, "article_id"),
                });
            }
        }
        spans
    }

    fn spans_of(&self, article: &str) -> Vec<Span> {
        self.spans().into_iter().filter(|span| span.article.as_deref() == Some(article)).collect()
    }

    /// Waits until the spans about `article` are as many as in `tree`; they must be that tree, in one trace: its id.
    async fn trace_of(&self, article: &str, tree: &Tree) -> String {
        let begun = Instant::now();
        let mut spans = self.spans_of(article);
        while spans.len() < tree.len() && begun.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            spans = self.spans_of(article);
        }
        let name_of = |id: &str| spans.iter().find(|span| span.id == id).map_or("", |span| span.name.as_str());
        let mut seen: Vec<_> = spans.iter().map(|span| (span.service.as_str(), span.name.as_str(), name_of(&span.parent))).collect();
        let mut tree = tree.to_vec();
        seen.sort_unstable();
        tree.sort_unstable();
        assert_eq!(seen, tree, "the spans about {article}");
        assert!(spans.iter().all(|span| span.trace == spans[0].trace), "{spans:?}");
        assert_eq!(spans.iter().filter(|span| span.parent.is_empty()).count(), 1, "one span is the root: {spans:?}");
        spans[0].trace.clone()
    }
}

/// A feed with one entry, and its page.
async fn outlet() -> String {
    let page = Html(
        "<html><head><title>Bridge closed</title></head><body><article><h1>Bridge closed</h1><p>The council closed the old bridge on \
         Monday after engineers found cracks in two of its piers.</p><p>“Nobody was ever in danger,” the mayor said. She denied that \
         the city had known of the cracks for a year.</p></article></body></html>",
    );
    let feed = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>The Outlet</title><item><title>Bridge closed</title>\
                <guid>bridge</guid><link>/bridge.html</link></item></channel></rss>";
    let routes = Router::new()
        .route("/feed.xml", get(move || async move { ([("content-type", "application/rss+xml")], feed) }))
        .route("/bridge.html", get(move || async move { page }));
    serve(routes).await
}

/// Serves `routes` for as long as the test runs; their address.
async fn serve(routes: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}")
}

/// `count` short articles.
fn many(count: usize) -> Vec<Article> {
    let line = |number| format!("{{\"url\": \"https://outlet.example/{number}\", \"text\": \"“We counted {number},” the mayor said.\"}}\n");
    articles(&(0..count).map(line).collect::<String>())
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let value = attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?.value.as_ref()?;
    match value {
        Any::StringValue(text) => Some(text.clone()),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The password in an address.
fn password(url: &str) -> String {
    url.split([':', '@']).nth(2).expect("the address has a password").to_owned()
}
