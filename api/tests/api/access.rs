//! API keys: what needs one, what each allows, and how they change while the service runs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use api::{Front, NewKey, Scope};
use reqwest::{Method, Response};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::{TestApp, config, problem};
use crate::news;

/// A keys file of a test.
struct KeysFile {
    folder: TempDir,
    lines: Vec<String>,
}

impl KeysFile {
    /// With a key for each of `keys`; their secrets.
    fn with<const N: usize>(keys: [(&str, Scope); N]) -> (Self, [String; N]) {
        let mut file = Self { folder: tempfile::tempdir().unwrap(), lines: Vec::new() };
        let secrets = keys.map(|(name, scope)| {
            let NewKey { secret, line } = NewKey::make(name, &[scope]).unwrap();
            file.lines.push(line);
            secret
        });
        file.write();
        (file, secrets)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    fn setting(&self) -> String {
        format!("keys = {:?}\n", self.path())
    }

    /// As a careful editor does: another file takes the place of this one at once.
    fn write(&self) {
        let other = self.folder.path().join("other");
        std::fs::write(&other, self.lines.join("\n")).unwrap();
        std::fs::rename(other, self.path()).unwrap();
    }
}

impl TestApp {
    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.address));
        if method == Method::POST {
            request = request.json(&json!({"text": "“There was no call,” she said."}));
        }
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    }

    async fn post_with(&self, key: &str) -> Response {
        self.ask(Method::POST, "/v1/articles", &[("authorization", &format!("Bearer {key}"))]).await
    }
}

/// Waits until it is so, for at most five seconds.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(5), "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn reading_is_open_and_the_rest_needs_a_key_that_allows_it() {
    let (file, [writer, operator]) = KeysFile::with([("newsroom", Scope::Write), ("prometheus", Scope::Operate)]);
    for listen in ["127.0.0.1:0", "0.0.0.0:0"] {
        let app = TestApp::spawn_with(&news::all(), listen, &file.setting()).await;
        for path in ["/", "/v1/articles", "/v1/claims", "/claims", "/openapi.json", "/health/live"] {
            assert_eq!(app.get(path).await.status(), 200, "{path}");
        }
        let answer = app.ask(Method::POST, "/v1/articles", &[]).await;
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        let (status, body) = problem(answer).await;
        assert_eq!(status, 401);
        assert!(body["detail"].as_str().unwrap().contains("the scope write") && body["detail"].as_str().unwrap().contains("Bearer KEY"));

        let answer = app.post_with(&format!("{writer}0")).await;
        assert_eq!(answer.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
        assert_eq!(problem(answer).await.0, 401);
        let (status, body) = problem(app.post_with(&operator).await).await;
        assert_eq!(status, 403);
        assert!(body["detail"].as_str().unwrap().contains("prometheus lacks the scope write"), "{body}");
        assert_eq!(app.post_with(&writer).await.status(), 201);
        // The scheme in whatever case, the secret as it is.
        let lower = format!("bearer {writer}");
        assert_eq!(app.ask(Method::POST, "/v1/articles", &[("authorization", &lower)]).await.status(), 201);
        for wrong in [format!("Basic {writer}"), writer.clone(), String::new(), "Bearer".to_owned(), format!("Bearer {writer} {writer}")] {
            assert_eq!(app.ask(Method::POST, "/v1/articles", &[("authorization", &wrong)]).await.status(), 401, "{wrong}");
        }
        let good = format!("Bearer {writer}");
        let twice = app.ask(Method::POST, "/v1/articles", &[("authorization", &good), ("authorization", &good)]).await;
        assert_eq!(twice.status(), 401);

        assert_eq!(app.metric("gainsay_api_keys"), 2);
        assert_eq!(app.metric("gainsay_api_key_requests_total{key=\"newsroom\"}"), 2);
        assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"no_key\"}"), 5);
        assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"wrong_key\"}"), 3);
        assert_eq!(app.metric("gainsay_api_rejected_total{reason=\"scope\"}"), 1);
    }
}

#[tokio::test]
async fn metrics_are_for_operators_where_others_reach_the_service() {
    let (file, [writer, operator]) = KeysFile::with([("newsroom", Scope::Write), ("prometheus", Scope::Operate)]);
    let app = TestApp::spawn_with(&[], "0.0.0.0:0", &file.setting()).await;
    assert_eq!(problem(app.get("/metrics").await).await.0, 401);
    let with = async |key: &str| app.ask(Method::GET, "/metrics", &[("authorization", &format!("Bearer {key}"))]).await;
    assert_eq!(problem(with(&writer).await).await.0, 403);
    let text = with(&operator).await.text().await.unwrap();
    assert!(text.contains("gainsay_api_key_requests_total{key=\"prometheus\"} 1") && !text.contains(&operator), "{text}");
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", &file.setting()).await;
    assert_eq!(app.get("/metrics").await.status(), 200);
    assert_eq!(app.ask(Method::GET, "/metrics", &[("host", "evil.example")]).await.status(), 401);
}

#[tokio::test]
async fn without_keys_only_this_machine_posts_and_only_by_its_own_name() {
    let app = TestApp::spawn(&[]).await;
    assert_eq!(app.ask(Method::POST, "/v1/articles", &[]).await.status(), 201);
    assert_eq!(app.ask(Method::POST, "/v1/articles", &[("host", "localhost")]).await.status(), 201);
    // Whatever key a client brings is no matter here.
    assert_eq!(app.post_with("gainsay_0").await.status(), 201);
    for (name, value) in [
        ("host", "evil.example"),
        ("host", "localhost.evil.example:8080"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("via", "1.1 proxy"),
    ] {
        let (status, body) = problem(app.ask(Method::POST, "/v1/articles", &[(name, value)]).await).await;
        assert_eq!(status, 401, "{name}: {value}");
        assert!(body["detail"].as_str().unwrap().contains("gainsay key"), "{body}");
    }
    for (listen, settings) in [("0.0.0.0:0", ""), ("127.0.0.1:0", "trusted_proxies = [\"10.0.0.1\"]\n")] {
        let app = TestApp::spawn_with(&[], listen, settings).await;
        assert_eq!(problem(app.ask(Method::POST, "/v1/articles", &[]).await).await.0, 401, "{listen} {settings}");
        assert_eq!(app.get("/v1/articles").await.status(), 200);
    }
}

#[tokio::test]
async fn a_key_is_changed_and_withdrawn_without_a_restart() {
    let (mut file, [old]) = KeysFile::with([("newsroom", Scope::Write)]);
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", &file.setting()).await;
    assert_eq!(app.post_with(&old).await.status(), 201);
    let new = NewKey::make("newsroom", &[Scope::Write]).unwrap();
    assert_eq!(app.post_with(&new.secret).await.status(), 401);
    file.lines.push(new.line);
    file.write();
    until("the new key is taken", async || app.post_with(&new.secret).await.status() == 201).await;
    assert_eq!(app.post_with(&old).await.status(), 201, "both at once");
    file.lines.remove(0);
    file.write();
    until("the old key is refused", async || app.post_with(&old).await.status() == 401).await;
    assert_eq!(app.post_with(&new.secret).await.status(), 201);
    assert_eq!(app.metric("gainsay_api_keys"), 1);
}

#[tokio::test]
async fn a_file_that_is_no_longer_good_changes_nothing_until_it_is() {
    let (mut file, [first]) = KeysFile::with([("newsroom", Scope::Write)]);
    let app = TestApp::spawn_with(&[], "127.0.0.1:0", &file.setting()).await;
    let bad = || app.metric("gainsay_api_keys_file_bad") == 1;
    file.lines.push("archive write".to_owned());
    file.write();
    until("a bad line is told of", async || bad()).await;
    assert_eq!(app.post_with(&first).await.status(), 201);
    std::fs::remove_file(file.path()).unwrap();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert!(bad());
    assert_eq!(app.post_with(&first).await.status(), 201);
    // Written in place this time.
    let second = NewKey::make("archive", &[Scope::Write]).unwrap();
    std::fs::write(file.path(), format!("{}\n{}\n", file.lines[0], second.line)).unwrap();
    until("the file is good again", async || app.post_with(&second.secret).await.status() == 201).await;
    assert!(!bad());
    assert_eq!(app.post_with(&first).await.status(), 201);
}

/// Why the service does not start with these settings.
async fn refused(settings: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = Front::open(config(settings), listener, runtime::ops::Ops::new().unwrap(), CancellationToken::new());
    let error = front.unwrap_err();
    assert!(error.is::<runtime::config::ConfigError>(), "it ends with 2: {error}");
    error.to_string()
}

#[tokio::test]
async fn it_does_not_start_with_keys_or_proxies_that_cannot_be_meant() {
    let (mut file, [secret]) = KeysFile::with([("newsroom", Scope::Write)]);
    file.lines.push(format!("archive write {secret}"));
    file.write();
    let error = refused(&file.setting()).await;
    let path = file.path();
    assert!(
        error.contains(&format!("keys: the keys file {} cannot be used: line 2: the key \"archive\" itself", path.display())),
        "{error}"
    );
    assert!(!error.contains(&secret) && !error.contains('\n'), "{error}");
    for (path, why) in [(Path::new("/nowhere/keys"), "No such file"), (file.folder.path(), "not a regular file")] {
        let error = refused(&format!("keys = {path:?}\n")).await;
        assert!(error.contains(&path.display().to_string()) && error.contains(why), "{error}");
    }
    let error = refused("trusted_proxies = [\"::/0\"]\n").await;
    assert!(error.contains("trusted_proxies: ::/0 is every address"), "{error}");
}

#[tokio::test]
async fn while_the_database_is_waited_for_every_address_says_so_and_the_gate_stands() {
    let (file, [operator]) = KeysFile::with([("prometheus", Scope::Operate)]);
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let ops = runtime::ops::Ops::new().unwrap();
    let _need = ops.readiness.need("database");
    let front = Front::open(config(&file.setting()), listener, ops, CancellationToken::new()).unwrap();
    let asked = async {
        for path in ["/", "/v1/articles", "/nowhere"] {
            let answer = reqwest::get(format!("{address}{path}")).await.unwrap();
            assert_eq!(answer.headers()["content-security-policy"].to_str().unwrap().split(';').next(), Some("default-src 'none'"));
            assert!(answer.headers().contains_key("retry-after"), "{path}");
            assert_eq!(problem(answer).await.0, 503, "{path}");
        }
        assert_eq!(reqwest::get(format!("{address}/metrics")).await.unwrap().status(), 401);
        let metrics = reqwest::Client::new().get(format!("{address}/metrics")).bearer_auth(&operator).send().await.unwrap();
        assert_eq!(metrics.status(), 200);
        let live = reqwest::get(format!("{address}/health/live")).await.unwrap();
        let ready = reqwest::get(format!("{address}/health/ready")).await.unwrap();
        (live.status().as_u16(), ready.status().as_u16())
    };
    assert_eq!(front.answer_meanwhile(asked).await, (200, 503));
    // In the moment of the change nobody is refused: who connects now is answered by whoever serves next.
    let waiting = tokio::spawn(reqwest::get(format!("{address}/health/live")));
    tokio::time::sleep(Duration::from_millis(50)).await;
    front.answer_meanwhile(async { assert_eq!(waiting.await.unwrap().unwrap().status(), 200) }).await;
}
