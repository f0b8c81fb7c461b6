//! Connections that stall, are too many, or send too much: each ends, and none keeps the service from others or from its end.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{TestApp, problem};

impl TestApp {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address.trim_start_matches("http://")).await.unwrap()
    }

    /// What comes on a connection after `sent`, until its end, which must be within five seconds.
    async fn raw(&self, sent: &[u8]) -> (String, Duration) {
        let (mut stream, begun) = (self.connect().await, Instant::now());
        stream.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        // A connection that is cut off with something unread is reset.
        let _reset =
            tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.expect("the connection stays open");
        (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
    }
}

#[tokio::test]
async fn a_request_that_stalls_is_cut_off() {
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", "stall_timeout_s = 1\n").await;
    let (answer, took) = app.raw(b"GET /v1/articles HTTP/1.1\r\nHost: 127").await;
    assert_eq!(answer, "");
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(3), "{took:?}");
    assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"stalled_head\"}"), 1);
    let head = "POST /v1/articles HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n";
    let (answer, took) = app.raw(format!("{head}{{\"text\": ").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("application/problem+json"), "{answer}");
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(3), "{took:?}");
    assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"stalled_body\"}"), 1);
    // Who says nothing is not turned away, only no longer waited for.
    assert_eq!(app.raw(b"").await.0, "");
    assert!(app.raw(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.0.starts_with("HTTP/1.1 200 "));
    assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"stalled_head\"}"), 1);
}

#[tokio::test]
async fn a_slow_but_steady_body_is_taken() {
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", "stall_timeout_s = 1\n").await;
    let mut stream = app.connect().await;
    let body = b"{\"text\": \"Slowly.\"}";
    let head = "POST /v1/articles HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length:";
    stream.write_all(format!("{head} {}\r\n\r\n", body.len()).as_bytes()).await.unwrap();
    for piece in body.chunks(4) {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stream.write_all(piece).await.unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up() {
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", "stall_timeout_s = 1\n").await;
    // More than all buffers on the way hold, in a language that is not searched for claims.
    let text = "Das liest niemand. ".repeat(500_000);
    let posted: serde_json::Value =
        app.post(&json!({"text": text, "language": "de", "url": "https://outlet.example/long"})).await.json().await.unwrap();
    let mut stream = app.connect().await;
    let path = format!("/v1/articles/{}", posted["id"].as_str().unwrap());
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").as_bytes()).await.unwrap();
    let begun = Instant::now();
    while app.metric("gainsay_api_rejected_total{reason=\"stalled_answer\"}") == 0 {
        assert!(begun.elapsed() < Duration::from_secs(8), "the connection is kept");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Who takes it gets it whole.
    assert_eq!(app.json(&path).await["text"].as_str().unwrap().len(), text.len());
}

#[tokio::test]
async fn heads_and_addresses_have_a_longest() {
    let app = TestApp::spawn(&[]).await;
    let long = format!("/v1/articles?q={}", "a".repeat(17_000));
    assert_eq!(problem(app.get(&long).await).await.0, 414);
    let (answer, _) = app.raw(format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {}\r\n\r\n", "a".repeat(40_000)).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many: Vec<String> = (0..200).map(|n| format!("X-{n}: 1")).collect();
    let (answer, _) = app.raw(format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n\r\n", many.join("\r\n")).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let usual = app.http.get(format!("{}/v1/articles", app.address)).header("cookie", "a".repeat(20_000)).send().await.unwrap();
    assert_eq!(usual.status(), 200);
    let (answer, _) = app.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(!answer.contains(" 200 "), "{answer}");
}

#[tokio::test]
async fn one_address_has_a_quarter_of_the_connections() {
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", "connections = 8\n").await;
    let (first, second) = (app.connect().await, app.connect().await);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(app.raw(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").await.0, "");
    assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"connections\"}"), 1);
    drop((first, second));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(app.get("/health/live").await.status(), 200);
}

#[tokio::test]
async fn event_streams_have_a_bound_and_places_come_back() {
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", "event_streams = 8\n").await;
    let (first, second) = (app.get("/v1/events").await, app.get("/v1/events").await);
    assert_eq!((first.status().as_u16(), second.headers()["x-accel-buffering"].to_str().unwrap()), (200, "no"));
    let answer = app.get("/v1/events").await;
    assert_eq!(answer.headers()["retry-after"], "6");
    assert_eq!(problem(answer).await.0, 429);
    assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"event_streams\"}"), 1);
    drop(second);
    let begun = Instant::now();
    while app.get("/v1/events").await.status() != 200 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the place does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn large_bodies_wait_for_one_another_and_are_all_taken() {
    let app = TestApp::spawn(&[]).await;
    let posted = (0..6).map(|n| {
        // Without a length each is taken for the longest, of which there is room for two.
        let body = json!({"text": format!("Artikel {n}. {}", "Viel Text. ".repeat(10_000)), "language": "de"}).to_string();
        let pieces = futures::stream::iter(
            body.into_bytes().chunks(65_536).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>(),
        );
        let request = app.http.post(format!("{}/v1/articles", app.address)).header("content-type", "application/json");
        request.body(reqwest::Body::wrap_stream(pieces)).send()
    });
    for answer in futures::future::join_all(posted).await {
        assert_eq!(answer.unwrap().status(), 201);
    }
}

#[tokio::test]
async fn the_end_waits_for_a_request_that_was_begun_and_for_no_silent_client() {
    let app = TestApp::spawn(&[]).await;
    let _silent = app.connect().await;
    let mut posting = app.connect().await;
    let body = "{\"text\": \"Begun before the end.\"}";
    let head = "POST /v1/articles HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length:";
    posting.write_all(format!("{head} {}\r\n\r\n{{", body.len()).as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    app.shutdown.cancel();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!app.served.is_finished(), "a request is being answered");
    posting.write_all(&body.as_bytes()[1..]).await.unwrap();
    let mut answer = String::new();
    posting.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 ") && answer.contains("connection: close"), "{answer}");
    tokio::time::timeout(Duration::from_secs(5), app.served).await.unwrap().unwrap().unwrap();
}
