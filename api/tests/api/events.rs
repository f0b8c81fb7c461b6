//! `/v1/events`: what happens reaches who listens, until the service stops.

use std::time::Duration;

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_posted_article_is_announced_and_the_stream_ends_at_shutdown() {
    let app = TestApp::spawn(&[]).await;
    let mut stream = app.get("/v1/events").await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let posted: serde_json::Value = app.post(&json!({"title": "A title", "text": "Text."})).await.json().await.unwrap();
    let mut received = String::new();
    while !received.contains("\n\n") {
        received.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    let data = format!("{{\"article_id\":{},\"title\":\"A title\",\"claims\":0}}", posted["id"]);
    assert_eq!(received, format!("event: ledger_changed\ndata: {data}\n\n"));
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("gainsay_api_event_streams 1"), "{metrics}");

    app.shutdown.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(5), async { while stream.chunk().await.unwrap().is_some() {} }).await;
    assert!(ended.is_ok(), "the stream goes on after shutdown");
    tokio::time::timeout(Duration::from_secs(5), app.served).await.unwrap().unwrap().unwrap();
}
