//! `POST /v1/articles`: what is taken, and what is refused with which reason.

use serde_json::json;

use crate::app::{TestApp, problem, values};

#[tokio::test]
async fn a_posted_article_is_in_the_ledger_once_it_is_answered() {
    let app = TestApp::spawn(&[]).await;
    let body = json!({"id": "n1", "url": "https://outlet.example/n1", "publisher": "The Outlet", "published_at": "2025-03-03", "title": "A title", "text": " Two  spaces. "});
    for _ in 0..2 {
        let answer = app.post(&body).await;
        assert_eq!(answer.status(), 201);
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let id = answer.json::<serde_json::Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(location, format!("/v1/articles/{id}"));
        let article = app.json(&location).await;
        assert_eq!((article["id"].as_str().unwrap(), article["given_id"].as_str().unwrap()), (id.as_str(), "n1"));
        assert_eq!(article["text"], " Two  spaces. ");
        assert_eq!(article["published_at"], "2025-03-03");
    }
    assert_eq!(values(&app.json("/v1/articles").await, "title"), ["A title"], "posted twice, kept once");
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("gainsay_api_articles_posted_total{result=\"handled\"} 2"), "{metrics}");
}

#[tokio::test]
async fn what_is_no_object_is_refused_in_words_of_ours() {
    let app = TestApp::spawn(&[]).await;
    let values_in_order = json!([null, null, null, null, null, null, null, null, null, null, "Text."]);
    for body in [values_in_order, json!("Text."), json!({}), json!({"title": "A title"})] {
        let (status, answer) = problem(app.post(&body).await).await;
        assert_eq!(status, 422, "{body}: {answer}");
        assert!(!answer["detail"].as_str().unwrap().contains("deserialize"), "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_article_is_refused_by_the_name_of_its_field() {
    let app = TestApp::spawn(&[]).await;
    for (body, field, why) in [
        (json!({"text": "  "}), "text", "the text is empty"),
        (json!({"text": "a\0b"}), "text", "NUL"),
        (json!({"text": "Text.", "publisher": "p".repeat(501)}), "publisher", "501 bytes long"),
        (json!({"text": "Text.", "published_at": "yesterday"}), "published_at", "\"yesterday\" is not a date"),
        (json!({"text": 7}), "text", "expected a string"),
    ] {
        let (status, body) = problem(app.post(&body).await).await;
        assert_eq!((status, body["field"].as_str()), (422, Some(field)), "{body}");
        assert!(body["detail"].as_str().unwrap().contains(why), "{body}");
    }
    let (status, body) = problem(app.post(&json!({"title": "No text"})).await).await;
    assert_eq!(status, 422);
    assert!(body["detail"].as_str().unwrap().contains("missing field `text`"), "{body}");
    let (status, body) = problem(app.post(&json!([{"text": "One of many."}])).await).await;
    assert_eq!(status, 422, "{body}");
    assert!(values(&app.json("/v1/articles").await, "id").is_empty());
}

#[tokio::test]
async fn what_is_no_json_or_too_large_is_refused() {
    let app = TestApp::spawn(&[]).await;
    let post = |media_type: &'static str, body: String| {
        app.http.post(format!("{}/v1/articles", app.address)).header("content-type", media_type).body(body).send()
    };
    assert_eq!(problem(post("application/json", "{\"text\": ".into()).await.unwrap()).await.0, 400);
    assert_eq!(problem(post("application/json", String::new()).await.unwrap()).await.0, 400);
    assert_eq!(problem(post("text/plain", "{\"text\": \"Text.\"}".into()).await.unwrap()).await.0, 415);
    assert_eq!(problem(post("application/x-www-form-urlencoded", "text=Text.".into()).await.unwrap()).await.0, 415);
    let large = format!("{{\"text\": \"{}\"}}", "a".repeat(17 * 1024 * 1024));
    let (status, body) = problem(post("application/json", large).await.unwrap()).await;
    assert_eq!(status, 413);
    assert!(body["detail"].as_str().unwrap().contains("too large"), "{body}");
}

#[tokio::test]
async fn an_article_that_is_set_aside_is_answered_with_the_reason() {
    let app = TestApp::spawn(&[]).await;
    let (status, body) = problem(app.post(&json!({"text": "This cannot be read."})).await).await;
    assert_eq!(status, 422);
    assert!(body["detail"].as_str().unwrap().ends_with("quarantine: its text says that it cannot be read"), "{body}");
}

#[tokio::test]
async fn without_a_bus_the_caller_is_told_to_come_back() {
    let app = TestApp::spawn(&[]).await;
    app.bus.close().await;
    let answer = app.post(&json!({"text": "Text."})).await;
    assert_eq!(answer.headers()["retry-after"], "5");
    assert_eq!(problem(answer).await.0, 503);
}
