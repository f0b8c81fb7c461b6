//! Old and new services side by side over one broker and database, as during an upgrade. Run by tests/upgrade, which builds the
//! old ones; without them there is nothing to do here.

#![allow(clippy::expect_used, clippy::print_stderr, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::path::PathBuf;
use std::time::Duration;

use tests::{Deployment, Posted, Prover, Server, export_of, folder, varied};

/// The order in which docs/upgrade.md replaces services: who consumes before who publishes.
const ORDER: [&str; 4] = ["store", "extract", "ingest", "api"];

/// Long enough for a busy machine; a test that waits for it has failed.
const SOON: Duration = Duration::from_mins(2);

/// `GAINSAY_TEST_OLD` names the folder of the old services' binaries. `GAINSAY_TEST_OLD_READS_ALIKE=1` says that they read articles
/// as the new ones do, so that the whole ledger can be compared and not only which articles are in it.
#[tokio::test(flavor = "multi_thread")]
async fn services_are_replaced_one_by_one_while_articles_come_in() {
    let Some(old) = std::env::var_os("GAINSAY_TEST_OLD").map(PathBuf::from) else {
        eprintln!("left out: GAINSAY_TEST_OLD names no folder of old binaries; tests/upgrade does");
        return;
    };
    let folder = folder();
    let (rabbitmq, postgres) = (Server::rabbitmq(folder.path()), Server::postgres(folder.path()));
    let mut deployment = Deployment::over(&rabbitmq.url(), &postgres.url(), &[]);
    for service in ORDER {
        deployment.start_service_of(&old, service);
    }
    deployment.wait_until_ready().await;
    let prover = Prover::start(&deployment.api_address().await, Some(20));
    let (mut fresh, mut extra) = (varied(1_000_000), Posted::default());
    let mut versions = ORDER.map(|service| (service, "old"));
    // Forward; then, once all are new and the schema with them, each goes back to the old one for a while.
    let steps = ORDER.into_iter().map(|service| (service, "new"));
    let back_and_forth = ORDER.into_iter().flat_map(|service| [(service, "old"), (service, "new")]);
    for (service, version) in steps.chain(back_and_forth) {
        deployment.stop_service(service).await.assert_in_order();
        match version {
            "old" => deployment.start_service_of(&old, service),
            _ => deployment.start_service(service),
        }
        deployment.wait_until_ready().await;
        let article = fresh.next().unwrap();
        deployment.post_all(std::slice::from_ref(&article)).await;
        deployment.wait_until_queryable(&[article.id()], SOON).await;
        extra.add(article);
        for (name, its) in &mut versions {
            if *name == service {
                *its = version;
            }
        }
        let side_by_side: Vec<String> = versions.iter().map(|(name, version)| format!("{version} {name}")).collect();
        eprintln!("an article went through {}", side_by_side.join(", "));
    }
    let mut posted = prover.stop().await;
    posted.append(extra);
    deployment.wait_until_queryable(&posted.owed(), SOON).await;
    if std::env::var_os("GAINSAY_TEST_OLD_READS_ALIKE").is_some_and(|value| value == "1") {
        posted.judge_ledger(deployment.database_url(), folder.path()).await.assert_nothing_lost();
    } else {
        eprintln!("the old version reads articles otherwise: only which articles are in the ledger is compared");
        posted.count(&export_of(deployment.database_url()).await).assert_nothing_lost();
    }
    for stopped in deployment.stop().await {
        stopped.assert_in_order();
    }
}
