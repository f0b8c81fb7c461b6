//! Tests of fetching and its limits, over HTTP.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream;

use super::*;

/// Serves `router` on a free port of 127.0.0.1.
async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn fetcher() -> Fetcher {
    Fetcher::with_limits(&["127.0.0.1/32".parse().unwrap()], Duration::from_secs(2), 1_000_000).unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

async fn fetch(fetcher: &Fetcher, text: &str) -> Result<Content, FetchError> {
    fetcher.get_content(&url(text)).await
}

#[tokio::test]
async fn private_addresses_are_refused_in_every_spelling() {
    let address = serve(Router::new().route("/", get(|| async { "secret" }))).await;
    let closed = Fetcher::new(&[]).unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
    ] {
        let error = fetch(&closed, &format!("http://{host}:{}/", address.port())).await.unwrap_err();
        assert_eq!(error.label(), "private_address", "{host}: {error}");
    }
    assert_eq!(fetch(&fetcher(), &format!("http://{address}/")).await.unwrap().body, b"secret");
    assert_eq!(fetch(&fetcher(), &format!("http://localhost:{}/", address.port())).await.unwrap().body, b"secret");
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let routes = Router::new()
        .route("/meta", get(|| async { Redirect::temporary("http://169.254.169.254/latest/meta-data") }))
        .route("/file", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "file:///etc/passwd")]) }))
        .route("/nowhere", get(|| async { StatusCode::FOUND }))
        .route("/loop", get(|| async { Redirect::permanent("/loop") }))
        .route("/on", get(|| async { Redirect::to("/end") }))
        .route("/end", get(|| async { "the end" }));
    let base = format!("http://{}", serve(routes).await);
    let label = async |path: &str| fetch(&fetcher(), &format!("{base}{path}")).await.unwrap_err().label();
    assert_eq!(label("/meta").await, "private_address");
    assert_eq!(label("/file").await, "bad_address");
    assert_eq!(label("/nowhere").await, "bad_address");
    assert_eq!(label("/loop").await, "too_many_redirects");
    let content = fetch(&fetcher(), &format!("{base}/on")).await.unwrap();
    assert_eq!((content.url.as_str(), content.body.as_slice()), (format!("{base}/end").as_str(), b"the end".as_slice()));
}

#[tokio::test]
async fn bombs_and_bodies_without_end_stop_at_the_limit() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b'a'; 50_000_000]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let endless = || async { Body::from_stream(stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'a'; 10_000])))) };
    let routes = Router::new()
        .route("/bomb", get(|| async move { ([(header::CONTENT_ENCODING, "gzip")], bomb) }))
        .route("/endless", get(endless))
        .route("/long", get(|| async { vec![b'a'; 1_000_001] }))
        .route("/damaged", get(|| async { ([(header::CONTENT_ENCODING, "gzip")], "no gzip") }));
    let base = format!("http://{}", serve(routes).await);
    for path in ["/bomb", "/endless", "/long"] {
        assert_eq!(fetch(&fetcher(), &format!("{base}{path}")).await, Err(FetchError::TooLarge(1_000_000)), "{path}");
    }
    assert_eq!(fetch(&fetcher(), &format!("{base}/damaged")).await.unwrap_err().label(), "bad_body");
}

#[tokio::test]
async fn a_slow_drip_is_given_up_at_the_deadline() {
    let drip = || async {
        Body::from_stream(stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Some((Ok::<_, Infallible>(Bytes::from_static(b"a")), ()))
        }))
    };
    let base = format!("http://{}", serve(Router::new().route("/", get(drip))).await);
    let begun = Instant::now();
    let error = fetch(&fetcher(), &base).await.unwrap_err();
    assert_eq!(error, FetchError::TimedOut(Duration::from_secs(2)));
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert_eq!(error.to_string(), "the server did not answer in full within 2 s");
}

#[tokio::test]
async fn validators_go_there_and_back() {
    async fn page(State(asked): State<Arc<AtomicUsize>>, headers: HeaderMap) -> impl IntoResponse {
        asked.fetch_add(1, Ordering::SeqCst);
        if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == "\"v1\"") {
            assert_eq!(headers.get(header::IF_MODIFIED_SINCE).unwrap(), "Mon, 03 Mar 2025 07:00:00 GMT");
            return (StatusCode::NOT_MODIFIED, [(header::CACHE_CONTROL, "max-age=60")]).into_response();
        }
        assert!(headers.get(header::USER_AGENT).unwrap().to_str().unwrap().starts_with("Gainsay/"));
        (
            [
                (header::ETAG, "\"v1\""),
                (header::LAST_MODIFIED, "Mon, 03 Mar 2025 07:00:00 GMT"),
                (header::CONTENT_TYPE, "text/html; charset=latin1"),
            ],
            "page",
        )
            .into_response()
    }
    let asked = Arc::new(AtomicUsize::new(0));
    let base = url(&format!("http://{}", serve(Router::new().route("/", get(page)).with_state(asked.clone())).await));
    let first = fetcher().get_content(&base).await.unwrap();
    assert_eq!((first.charset.as_deref(), first.body.as_slice()), (Some("latin1"), b"page".as_slice()));
    let second = fetcher().get(&base, &first.validators).await.unwrap();
    assert_eq!(second, Answer::NotModified(Freshness { max_age: Some(Duration::from_mins(1)), retry_after: None }));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn failures_are_told_apart() {
    let routes = Router::new()
        .route("/gone", get(|| async { StatusCode::GONE }))
        .route("/busy", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")]) }));
    let base = format!("http://{}", serve(routes).await);
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = async |text: &str| fetch(&fetcher(), text).await.unwrap_err();
    assert_eq!(error(&format!("{base}/gone")).await.to_string(), "the server answered with status 410");
    assert_eq!(error(&format!("{base}/busy")).await, FetchError::Status { status: 503, retry_after: Some(Duration::from_secs(30)) });
    assert_eq!(error(&format!("http://{closed}/")).await.to_string(), "the server cannot be reached: Connection refused");
    assert_eq!(error("http://no-such-host.invalid/").await.label(), "unknown_host");
    assert_eq!(error("ftp://outlet.example/").await.label(), "bad_address");
}
