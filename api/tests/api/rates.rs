//! Rates: for each key, and for each address where there is no key, reading and writing apart.

use reqwest::StatusCode;
use serde_json::json;

use api::{NewKey, Scope};

use crate::app::{TestApp, problem};

/// Slow enough that a test sees the end of the burst, and that no second passes between.
const SLOW: &str = "read_per_s = 1\nread_burst = 5\nwrite_per_s = 1\nwrite_burst = 3\n";

async fn statuses(app: &TestApp, count: usize, ask: impl AsyncFn(&TestApp) -> reqwest::Response) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(ask(app).await.status().as_u16());
    }
    statuses
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_ask_again() {
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", SLOW).await;
    let read = async |app: &TestApp| app.get("/v1/articles").await;
    let write = async |app: &TestApp| app.post(&json!({"text": "Text."})).await;
    assert_eq!(statuses(&app, 6, read).await, [200, 200, 200, 200, 200, 429]);
    assert_eq!(statuses(&app, 4, write).await, [201, 201, 201, 429], "writing has a rate of its own");
    let answer = app.get("/v1/sources").await;
    assert_eq!(
        (&answer.headers()["retry-after"], &answer.headers()["cache-control"]),
        (&"1".parse().unwrap(), &"no-store".parse().unwrap())
    );
    let (status, body) = problem(answer).await;
    assert_eq!(status, 429);
    assert!(body["detail"].as_str().unwrap().contains("1 a second, 5 at once"), "{body}");
    let (status, page) = app.page("/").await;
    assert!(status == StatusCode::TOO_MANY_REQUESTS && page.contains("<h1>Too Many Requests</h1>"), "{page}");
    assert_eq!(statuses(&app, 20, async |app| app.get("/health/live").await).await, [200; 20], "health is not counted");
    assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"read_rate\"}"), 3);
    assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"write_rate\"}"), 1);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(app.get("/v1/articles").await.status(), 200);
}

#[tokio::test]
async fn each_key_has_its_own_rate_and_a_wrong_one_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let keys = ["one", "two"].map(|name| NewKey::make(name, &[Scope::Write]).unwrap());
    std::fs::write(&path, format!("{}\n{}\n", keys[0].line, keys[1].line)).unwrap();
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", &format!("{SLOW}keys = {path:?}\n")).await;
    let read_with = |key: String| {
        async move |app: &TestApp| app.http.get(format!("{}/v1/articles", app.address)).bearer_auth(&key).send().await.unwrap()
    };
    for key in &keys {
        assert_eq!(statuses(&app, 6, read_with(key.secret.clone())).await, [200, 200, 200, 200, 200, 429]);
    }
    assert_eq!(statuses(&app, 6, read_with("gainsay_0".to_owned())).await, [401, 401, 401, 401, 401, 429]);
    assert_eq!(app.get("/v1/articles").await.status(), 429, "a wrong key is counted for its address");
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_told_apart() {
    let ask = |client: &'static str| {
        async move |app: &TestApp| {
            app.http.get(format!("{}/v1/articles", app.address)).header("x-forwarded-for", client).send().await.unwrap()
        }
    };
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", &format!("{SLOW}trusted_proxies = [\"127.0.0.0/8\"]\n")).await;
    for client in ["203.0.113.1", "203.0.113.2", "2001:db8:1:2::3", "2001:db8:1:3::3", "made.up, 203.0.113.3"] {
        assert_eq!(statuses(&app, 6, ask(client)).await, [200, 200, 200, 200, 200, 429], "{client}");
    }
    for client in ["2001:db8:1:2::4", "203.0.113.99, 203.0.113.1"] {
        assert_eq!(statuses(&app, 1, ask(client)).await, [429], "{client} is one of them");
    }
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", SLOW).await;
    for client in ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5"] {
        assert_eq!(statuses(&app, 1, ask(client)).await, [200], "{client}");
    }
    assert_eq!(statuses(&app, 1, ask("203.0.113.6")).await, [429], "from others the header says nothing");
}
