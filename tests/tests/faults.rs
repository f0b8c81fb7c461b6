//! Faults under load: a broker or database that stops, crashes or hangs, services that are stopped, queues that are deleted.
//! Articles are posted throughout, and whatever was acknowledged is in the ledger afterwards, once and whole.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "what fails here is a test, and says so by a panic"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use claims::Article;
use reqwest::StatusCode;
use tests::{Deployment, Prover, Server, eventually, folder, shared_rabbitmqctl, varied};
use tokio::sync::Mutex;

/// Articles posted a second: enough for a backlog, and what a debug build on a busy machine can carry.
const RATE: u32 = 20;

/// How soon a service has to say that it misses what is gone.
const NOTICED: Duration = Duration::from_secs(5);

/// How soon a fresh article has to be queryable once what was gone answers again.
const FLOWING: Duration = Duration::from_secs(10);

/// How long it stays away after it was missed.
const AWAY: Duration = Duration::from_secs(3);

/// Long enough for a busy machine; a test that waits for it has failed.
const SOON: Duration = Duration::from_mins(2);

/// These tests measure times, each on a machine that does nothing else.
static ALONE: Mutex<()> = Mutex::const_new(());

const EVERY_SERVICE: [&str; 4] = ["ingest", "extract", "store", "api"];

/// How a server fails.
#[derive(Clone, Copy, Debug)]
enum Failure {
    Stops,
    Crashes,
    Hangs,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_fails_under_load_is_missed_and_loses_nothing() {
    let _alone = ALONE.lock().await;
    let folder = folder();
    let (rabbitmq, postgres) = (Arc::new(Server::rabbitmq(folder.path())), Server::postgres(folder.path()));
    let deployment = Deployment::start_over(&rabbitmq.url(), &postgres.url());
    every_failure(deployment, &rabbitmq, "bus", &EVERY_SERVICE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fails_under_load_is_missed_and_loses_nothing() {
    let _alone = ALONE.lock().await;
    let folder = folder();
    let (rabbitmq, postgres) = (Server::rabbitmq(folder.path()), Arc::new(Server::postgres(folder.path())));
    let deployment = Deployment::start_over(&rabbitmq.url(), &postgres.url());
    every_failure(deployment, &postgres, "database", &["ingest", "store", "api"]).await;
}

/// Lets `server` fail in each way, one after the other, while articles are posted; `services` are those that need it.
async fn every_failure(mut deployment: Deployment, server: &Arc<Server>, need: &str, services: &[&str]) {
    deployment.wait_until_ready().await;
    let prover = Prover::start(&deployment.api_address().await, Some(RATE));
    let mut fresh = varied(1_000_000);
    let mut extra = Vec::new();
    for failure in [Failure::Stops, Failure::Crashes, Failure::Hangs] {
        let before = prover.acknowledged();
        eventually("articles flow", SOON, || async { (prover.acknowledged() > before + 30).then_some(()) }).await;
        let begun = Instant::now();
        act(server, move |server| match failure {
            Failure::Stops => server.stop(),
            Failure::Crashes => server.kill(),
            Failure::Hangs => server.freeze(),
        })
        .await;
        let gone = Instant::now();
        for service in services {
            deployment.wait_until_missing(service, need, NOTICED.saturating_sub(gone.elapsed())).await;
        }
        let noticed = begun.elapsed();
        tokio::time::sleep(AWAY).await;

        let starting = act(server, move |server| match failure {
            Failure::Stops | Failure::Crashes => server.start(),
            Failure::Hangs => server.thaw(),
        });
        let (returned, ()) = tokio::join!(server.answers(), starting);
        let away = returned - begun;
        let article = fresh.next().unwrap();
        post_until_taken(&mut deployment, &article).await;
        deployment.wait_until_queryable(&[article.id()], SOON).await;
        let flowing = returned.elapsed();
        extra.push(article);
        eprintln!("{need} {failure:?}: missed after {noticed:.1?}, away for {away:.1?}, a fresh article after {flowing:.1?}");
        assert!(flowing <= FLOWING, "{need} {failure:?}: a fresh article took {flowing:?}");
        deployment.wait_until_ready().await;
    }
    let mut posted = prover.stop().await;
    for article in extra {
        posted.add(article);
    }
    posted.judge(&mut deployment, SOON, folder().path()).await.assert_nothing_lost();
    for stopped in deployment.stop().await {
        stopped.assert_in_order();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_are_stopped_under_load_end_in_order_and_lose_nothing() {
    let _alone = ALONE.lock().await;
    let mut deployment = Deployment::start().await;
    let prover = Prover::start(&deployment.api_address().await, None);
    for service in EVERY_SERVICE {
        let before = prover.acknowledged();
        eventually("articles flow", SOON, || async { (prover.acknowledged() > before + 50).then_some(()) }).await;
        let stopped = deployment.stop_service(service).await;
        stopped.assert_in_order();
        eprintln!("{service} stopped under load within {:.1?}", stopped.took);
        deployment.start_service(service);
        deployment.wait_until_ready().await;
    }
    prover.stop().await.judge(&mut deployment, SOON, folder().path()).await.assert_nothing_lost();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_was_deleted_refuses_articles_and_is_declared_again() {
    let _alone = ALONE.lock().await;
    let mut deployment = Deployment::start().await;
    let queue = |deployment: &Deployment, name: &str| format!("{}.{name}", deployment.prefix());
    let mut articles = varied(0);
    let mut taken = vec![articles.next().unwrap()];
    deployment.post_all(&taken).await;
    deployment.wait_until_queryable(&[taken[0].id()], SOON).await;

    // Nobody consumes, so nobody else notices.
    deployment.kill_service("extract");
    shared_rabbitmqctl(&["delete_queue", &queue(&deployment, "article.fetched")]);
    let article = articles.next().unwrap();
    let (status, answer) = deployment.post(&article).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    post_until_taken(&mut deployment, &article).await;
    taken.push(article);
    deployment.start_service("extract");
    deployment.wait_until_queryable(&[taken[1].id()], SOON).await;

    // Consumers whose queue is deleted declare it again and go on.
    for name in ["article.fetched", "article.extracted"] {
        shared_rabbitmqctl(&["delete_queue", &queue(&deployment, name)]);
        let article = articles.next().unwrap();
        post_until_taken(&mut deployment, &article).await;
        deployment.wait_until_queryable(&[article.id()], SOON).await;
        taken.push(article);
    }
    for stopped in deployment.stop().await {
        stopped.assert_in_order();
    }
}

/// Posts `article` again and again until it is taken.
async fn post_until_taken(deployment: &mut Deployment, article: &Article) {
    let begun = Instant::now();
    while deployment.post(article).await.0 != StatusCode::ACCEPTED {
        assert!(begun.elapsed() < SOON, "the article was never taken");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Does something to a server without holding up whoever posts.
async fn act(server: &Arc<Server>, what: impl FnOnce(&Server) + Send + 'static) {
    let server = Arc::clone(server);
    tokio::task::spawn_blocking(move || what(&server)).await.unwrap();
}
