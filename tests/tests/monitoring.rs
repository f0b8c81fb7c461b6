//! Monitoring as it is deployed: a real Prometheus scrapes the running services and the broker with the configuration of
//! deploy/prometheus, and every question that a dashboard or an alert asks gets an answer.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use bus::{ArticleExtractedV1, Bus, Receipt};
use claims::ArticleId;
use runtime::ops::Ops;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{DatabaseConfig, Store};
use tests::{Deployment, Prometheus, articles, eventually, folder, root, sample_news};
use time::OffsetDateTime;

/// Long enough for a busy machine; a test that waits for it has failed.
const SOON: Duration = Duration::from_mins(1);

const SERVICES: [&str; 4] = ["ingest", "extract", "store", "api"];

const FEED: &str = "<rss version=\"2.0\"><channel><title>The Outlet</title><item><guid>2</guid><link>/gone</link></item><item><guid>1</guid>\
                    <link>/page</link></item></channel></rss>";

const SENTENCE: &str =
    "<p>The minister denied on Monday that the call took place, and her spokesman declined to comment on it any further.</p>";

#[test]
fn promtool_finds_configuration_rules_and_their_tests_in_order() {
    for arguments in [&["check", "config", "prometheus.yml"][..], &["check", "rules", "alerts.yml"], &["test", "rules", "alerts.test.yml"]]
    {
        let checked = Command::new("promtool").args(arguments).current_dir(root().join("deploy/prometheus")).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
        assert!(checked.status.success(), "promtool {}:\n{said}", arguments.join(" "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_of_dashboards_and_alerts_has_an_answer() {
    let private = [("GAINSAY_INGEST__ALLOW_PRIVATE", "[\"127.0.0.0/8\"]"), ("GAINSAY_INGEST__HOST_PAUSE_MS", "0")];
    let mut deployment = Deployment::start_with(&private).await;
    lose_the_queue(&mut deployment).await;
    let folder = folder();
    let prometheus = Prometheus::start(folder.path(), &configuration(&mut deployment).await);
    // What is counted before the first look is no increase.
    eventually("a look at everybody", SOON, async || (prometheus.query("count(up == 1)").await == [5.0]).then_some(())).await;
    work(&mut deployment).await;

    let mut open = dashboard_expressions();
    for rule in rules() {
        let name = rule["alert"].as_str().or(rule["record"].as_str()).unwrap().to_owned();
        let expression = rule["expr"].as_str().unwrap();
        // The whole of an alert is rightly empty while it does not fire.
        open.extend(prometheus.selectors(expression).await.into_iter().map(|selector| (name.clone(), selector)));
    }
    assert!(open.len() > 100, "only {} questions were found", open.len());
    let limit = std::time::Instant::now() + SOON;
    while !open.is_empty() {
        let mut unanswered = Vec::new();
        for (place, expression) in open {
            // What is not a number is shown as nothing.
            if !prometheus.query(&expression).await.iter().any(|number| number.is_finite()) {
                unanswered.push((place, expression));
            }
        }
        open = unanswered;
        assert!(open.is_empty() || std::time::Instant::now() < limit, "nothing answers:\n{open:#?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    for rule in prometheus.rules().await {
        assert_eq!(rule["health"], "ok", "{rule}");
    }
    let known = eventually("the feed in its numbers", SOON, async || {
        let known = prometheus.query("gainsay_ingest_feeds{state=\"known\"}").await;
        known.first().copied().filter(|known| *known > 0.0)
    });
    assert!((known.await - 1.0).abs() < f64::EPSILON);
}

/// The configuration of the deployment, with the addresses of `deployment` in place of names, and more haste.
async fn configuration(deployment: &mut Deployment) -> Value {
    let mut config = yaml("deploy/prometheus/prometheus.yml");
    config["global"] = json!({"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"});
    config["rule_files"] = json!([root().join("deploy/prometheus/alerts.yml")]);
    let mut targets = Vec::new();
    for service in SERVICES {
        let address = deployment.ops_address(service).await;
        targets.push(json!({"targets": [address.trim_start_matches("http://")], "labels": {"service": service}}));
    }
    let broker = tests::shared_rabbitmq_metrics();
    let jobs = config["scrape_configs"].as_array_mut().unwrap();
    // Its own address is not known yet, and nobody asks for what it tells of itself.
    jobs.retain(|job| job["job_name"] != "prometheus");
    for job in jobs {
        let statics = match job["job_name"].as_str().unwrap() {
            "gainsay" => json!(targets),
            "rabbitmq" => json!([{"targets": [broker], "labels": {"service": "rabbitmq"}}]),
            unknown => panic!("the test does not know where {unknown} is"),
        };
        // The label `service` is told beside the targets instead of made of their names.
        *job = json!({"job_name": job["job_name"], "static_configs": statics});
    }
    config
}

/// A queue is deleted by hand: whoever posts is told.
async fn lose_the_queue(deployment: &mut Deployment) {
    deployment.kill_service("extract");
    let queue = format!("{}.article.fetched", deployment.setting("GAINSAY_BUS__PREFIX"));
    tests::shared_rabbitmqctl(&["delete_queue", &queue]);
    let (status, answer) = deployment.post(&sample_news()[0]).await;
    assert!(status.is_server_error(), "{status} {answer}");
    deployment.start_service("extract");
    deployment.wait_until_ready().await;
}

/// Articles that are posted, a feed with a good and a bad entry, a message that cannot be committed, and requests that fail.
async fn work(deployment: &mut Deployment) {
    let feed = format!("{}/feed", outlet().await);
    let config = DatabaseConfig { url: deployment.database_url().to_owned(), connections: 1.try_into().unwrap() };
    let store = Store::open(&config).await.unwrap();
    assert!(store.intake.add_feed(&feed, OffsetDateTime::now_utc()).await.unwrap());

    let mut news = sample_news();
    news.extend(articles(r#"{"text": "Der Bürgermeister sagte am Montag, dass die Brücke nicht gesperrt worden sei."}"#));
    deployment.post_all(&news).await;
    let ids: Vec<ArticleId> = news.iter().map(claims::Article::id).collect();
    deployment.wait_until_queryable(&ids, SOON).await;
    assert_eq!(deployment.api("/v1/articles/none").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(deployment.api("/v1/claims?stance=deny").await.0, StatusCode::OK);

    let article = news[0].clone();
    let mut untrue = ArticleExtractedV1::from(extract::analyse(&article).into_extraction(article));
    untrue.claims[0].content.text = "otherwise".into();
    assert!(matches!(bus(deployment).publish(&untrue).await, Ok(Receipt::Queued)));
}

/// What a publisher of its own reaches the queues of `deployment` by.
fn bus(deployment: &Deployment) -> Bus {
    #[derive(Deserialize)]
    struct Sections {
        bus: bus::Config,
    }
    let mut config = toml::from_str::<Sections>(bus::DEFAULTS).unwrap().bus;
    deployment.setting("GAINSAY_BUS__URL").clone_into(&mut config.url);
    deployment.setting("GAINSAY_BUS__PREFIX").clone_into(&mut config.prefix);
    config.retry_delay_s = deployment.setting("GAINSAY_BUS__RETRY_DELAY_S").parse().unwrap();
    Bus::rabbit(&config, "tests", &Ops::new().unwrap().registry).unwrap()
}

/// Serves a feed, one page, and nothing for the other.
async fn outlet() -> String {
    let page = format!("<html><body><article>{}</article></body></html>", SENTENCE.repeat(6));
    let routes =
        Router::new().route("/feed", get(async || FEED)).route("/page", get(async move || ([(header::CONTENT_TYPE, "text/html")], page)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    base
}

/// Every expression of every dashboard, as a browser would send it, with where it stands.
fn dashboard_expressions() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join("deploy/grafana/dashboards")).unwrap() {
        let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        let title = dashboard["title"].as_str().unwrap();
        let variables = dashboard["templating"]["list"].as_array().unwrap();
        for variable in variables {
            // label_values(SELECTOR, LABEL)
            let query = variable["query"]["query"].as_str().unwrap();
            let (selector, label) = query.strip_prefix("label_values(").unwrap().strip_suffix(')').unwrap().rsplit_once(", ").unwrap();
            found.push((
                format!("{title}, {}", variable["name"]),
                format!("count by ({label}) ({selector}{{{label}!=\"\"}})").replace("}{", ", "),
            ));
        }
        for panel in dashboard["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let mut expression = target["expr"].as_str().unwrap().replace("$__rate_interval", "1m");
                for variable in variables {
                    expression =
                        expression.replace(&format!("${}", variable["name"].as_str().unwrap()), variable["allValue"].as_str().unwrap());
                }
                assert!(!expression.contains("$_"), "{title}: {expression}");
                found.push((format!("{title}, {}", panel["title"].as_str().unwrap()), expression));
            }
        }
    }
    found
}

/// Every rule of deploy/prometheus.
fn rules() -> Vec<Value> {
    let groups = yaml("deploy/prometheus/alerts.yml")["groups"].as_array().unwrap().clone();
    groups.iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

fn yaml(path: impl AsRef<Path>) -> Value {
    serde_saphyr::from_str(&std::fs::read_to_string(root().join(path)).unwrap()).unwrap()
}
