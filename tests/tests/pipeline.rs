//! The four services over RabbitMQ and PostgreSQL, end to end: what is posted arrives, once and whole, whatever is killed meanwhile.

#![allow(clippy::expect_used, clippy::print_stderr, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::io::Read;
use std::time::Duration;

use claims::{Article, ArticleId};
use reqwest::StatusCode;
use tests::{Deployment, Server, Stopped, articles, assert_same, export_of, folder, run_embedded, sample_news, varied};

/// Long enough for a busy machine; a test that waits for it has failed.
const SOON: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_posted_ends_as_in_the_embedded_ledger() {
    ends_as_embedded(&sample_news(), SOON).await;
}

/// The archive of real news is not part of this repository: `GAINSAY_TEST_NEWS` names a folder of `.jsonl.gz` files.
#[tokio::test(flavor = "multi_thread")]
async fn an_archive_ends_as_in_the_embedded_ledger() {
    let Some(folder) = std::env::var_os("GAINSAY_TEST_NEWS") else {
        eprintln!("left out: GAINSAY_TEST_NEWS names no folder of news");
        return;
    };
    let mut news = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("GAINSAY_TEST_NEWS is a folder") {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "gz") {
            let mut text = String::new();
            flate2::read::MultiGzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
            news.extend(articles(&text));
        }
    }
    assert!(!news.is_empty(), "no .jsonl.gz in {folder:?}");
    ends_as_embedded(&news, Duration::from_mins(15)).await;
}

/// Posts `articles`, kills the extract service in the middle, starts it again, and compares the ledger with an embedded run.
async fn ends_as_embedded(articles: &[Article], limit: Duration) {
    let mut deployment = Deployment::start().await;
    let (first, second) = articles.split_at(articles.len() / 2);
    deployment.post_all(first).await;
    deployment.kill_service("extract");
    deployment.post_all(second).await;
    deployment.start_service("extract");
    deployment.wait_until_queryable(&ids(articles), limit).await;

    let deployed = export_of(deployment.database_url()).await;
    let distinct: std::collections::BTreeSet<ArticleId> = ids(articles).into_iter().collect();
    assert_eq!(deployed.len(), distinct.len(), "articles in the ledger");
    assert_same(&deployed, &run_embedded(articles, folder().path()).await);
    assert!(deployed.iter().any(|record| record.contains("\"stance\":\"deny\"")), "there are denials in it");
}

/// Each service is killed once in mid-run, then the broker, then the database; the ledger ends as the embedded one, byte for byte.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_the_ledger_ends_as_the_embedded_one() {
    let articles: Vec<Article> = varied(0).take(300).collect();
    let folder = folder();
    let (rabbitmq, postgres) = (Server::rabbitmq(folder.path()), Server::postgres(folder.path()));
    let mut deployment = Deployment::start_over(&rabbitmq.url(), &postgres.url());
    deployment.wait_until_ready().await;
    let mut parts = articles.chunks(articles.len() / 6);
    for service in ["extract", "store", "ingest", "api"] {
        deployment.post_all(parts.next().unwrap()).await;
        deployment.kill_service(service);
        deployment.start_service(service);
        deployment.wait_until_ready().await;
    }
    deployment.post_all(parts.next().unwrap()).await;
    rabbitmq.kill();
    rabbitmq.start();
    deployment.wait_until_ready().await;
    deployment.post_all(parts.next().unwrap()).await;
    postgres.kill();
    postgres.start();
    assert!(parts.next().is_none());
    deployment.wait_until_queryable(&ids(&articles), Duration::from_mins(3)).await;

    let deployed = export_of(deployment.database_url()).await;
    assert_eq!(deployed.len(), articles.len());
    assert_same(&deployed, &run_embedded(&articles, folder.path()).await);
    for stopped in deployment.stop().await {
        stopped.assert_in_order();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_posted_twice_and_backwards_change_nothing() {
    let mut articles = sample_news();
    let mut deployment = Deployment::start().await;
    deployment.post_all(&articles).await;
    deployment.wait_until_queryable(&ids(&articles), SOON).await;
    let once = export_of(deployment.database_url()).await;
    articles.reverse();
    deployment.post_all(&articles).await;
    // Nothing tells when nothing has changed: an article that is new goes last through the same queues.
    let last = tests::articles(r#"{"url": "https://outlet.example/last", "text": "“We saw nothing,” the mayor said on Monday."}"#);
    deployment.post_all(&last).await;
    deployment.wait_until_queryable(&ids(&last), SOON).await;
    let twice = export_of(deployment.database_url()).await;
    let known: Vec<&String> = twice.iter().filter(|record| !record.contains("https://outlet.example/last")).collect();
    assert_eq!(known, once.iter().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_tells_of_itself_and_stops_in_order() {
    let mut deployment = Deployment::start().await;
    let article = &sample_news()[..1];
    deployment.post_all(article).await;
    deployment.wait_until_queryable(&ids(article), SOON).await;
    for (service, metrics) in [
        ("ingest", &["process_resident_memory_bytes"][..]),
        ("extract", &["gainsay_extract_articles_total{language=\"en\",outcome=\"extracted\"} 1", "gainsay_bus_handled_total"]),
        ("store", &["gainsay_bus_handled_total", "process_resident_memory_bytes"]),
        ("api", &["gainsay_api_articles_posted_total{result=\"queued\"} 1", "gainsay_bus_published_total"]),
    ] {
        assert_eq!(deployment.ops(service, "/health/live").await.0, StatusCode::OK, "{service}");
        let (status, text) = deployment.ops(service, "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        for metric in metrics {
            assert!(text.contains(metric), "{service} does not tell {metric}:\n{text}");
        }
    }
    for stopped in deployment.stop().await {
        stopped.assert_in_order();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_broker_services_stay_up_and_go_on_when_it_comes() {
    let folder = folder();
    let (rabbitmq, postgres) = (Server::rabbitmq(folder.path()), Server::postgres(folder.path()));
    rabbitmq.stop();
    let mut deployment = Deployment::start_over(&rabbitmq.url(), &postgres.url());
    for service in ["extract", "store", "api"] {
        deployment.wait_until_missing(service, "bus", SOON).await;
        assert_eq!(deployment.ops(service, "/health/live").await.0, StatusCode::OK, "{service}");
    }
    let (first, second) = (&sample_news()[..1], &sample_news()[1..2]);
    let (status, answer) = deployment.post(&first[0]).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    rabbitmq.start();
    deployment.wait_until_ready().await;
    deployment.post_all(first).await;
    deployment.wait_until_queryable(&ids(first), SOON).await;

    rabbitmq.kill();
    for service in ["extract", "store", "api"] {
        deployment.wait_until_missing(service, "bus", Duration::from_secs(5)).await;
    }
    let password = rabbitmq.url().split([':', '@']).nth(2).unwrap().to_owned();
    rabbitmq.start();
    deployment.wait_until_ready().await;
    deployment.post_all(second).await;
    deployment.wait_until_queryable(&ids(second), SOON).await;
    for Stopped { service, log, .. } in deployment.stop().await {
        assert!(!log.contains(&password), "{service} writes the broker's password into its log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_services_stay_up_and_lose_nothing() {
    let folder = folder();
    let (rabbitmq, postgres) = (Server::rabbitmq(folder.path()), Server::postgres(folder.path()));
    postgres.stop();
    let mut deployment = Deployment::start_over(&rabbitmq.url(), &postgres.url());
    for service in ["store", "api"] {
        deployment.wait_until_missing(service, "database", SOON).await;
        assert_eq!(deployment.ops(service, "/health/live").await.0, StatusCode::OK, "{service}");
    }
    postgres.start();
    deployment.wait_until_ready().await;
    let (first, second) = (&sample_news()[..1], &sample_news()[1..4]);
    deployment.post_all(first).await;
    deployment.wait_until_queryable(&ids(first), SOON).await;

    postgres.kill();
    // The broker takes them; they wait until the ledger is back.
    deployment.post_all(second).await;
    for service in ["store", "api"] {
        deployment.wait_until_missing(service, "database", Duration::from_secs(5)).await;
    }
    let (status, answer) = deployment.api("/v1/articles").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    let password = postgres.url().split([':', '@']).nth(2).unwrap().to_owned();
    assert!(!answer.contains(&password));
    postgres.start();
    deployment.wait_until_queryable(&ids(second), SOON).await;
    deployment.wait_until_ready().await;
    for Stopped { service, log, .. } in deployment.stop().await {
        assert!(!log.contains(&password), "{service} writes the database's password into its log");
    }
}

fn ids(articles: &[Article]) -> Vec<ArticleId> {
    articles.iter().map(Article::id).collect()
}
