//! How much memory services hold: at rest, and while what comes after them stands still.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "what fails here is a test, and says so by a panic"
)]

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tests::{Deployment, Prover, eventually, folder, shared_rabbitmqctl};

/// The most that a service may hold at rest, in MiB. Debug builds hold more of their own code.
const AT_REST_MIB: f64 = if cfg!(debug_assertions) { 64.0 } else { 40.0 };

/// The most that a service may hold under load while the store is stopped, in MiB.
const UNDER_LOAD_MIB: f64 = 256.0;

/// The most messages in a queue, in the short test.
const FULL: usize = 300;

const EVERY_SERVICE: [&str; 4] = ["ingest", "extract", "store", "api"];

#[tokio::test(flavor = "multi_thread")]
async fn a_service_at_rest_is_small() {
    let mut deployment = Deployment::start().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for service in EVERY_SERVICE {
        let resident = deployment.process(service).resident_mib();
        eprintln!("{service} at rest holds {resident:.1} MiB");
        assert!(resident < AT_REST_MIB, "{service} holds {resident:.1} MiB at rest");
    }
}

/// With `GAINSAY_TEST_LONG=1` the store is stopped for ten minutes and queues have their full length; else for a moment, with
/// short queues.
#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_stopped_memory_stays_bounded_and_all_arrives_afterwards() {
    let long = std::env::var_os("GAINSAY_TEST_LONG").is_some_and(|value| value == "1");
    let (stopped_for, limit) =
        if long { (Duration::from_mins(10), Duration::from_mins(20)) } else { (Duration::from_secs(20), Duration::from_mins(3)) };
    let mut deployment = Deployment::start().await;
    let policy = deployment.prefix().to_owned();
    if !long {
        let definition = format!("{{\"max-length\": {FULL}}}");
        let pattern = format!("^{policy}\\.article\\.(fetched|extracted)$");
        shared_rabbitmqctl(&["set_policy", "--apply-to", "queues", &policy, &pattern, &definition]);
    }
    let prover = Prover::start(&deployment.api_address().await, None);
    eventually("articles flow", Duration::from_mins(1), || async { (prover.acknowledged() > 20).then_some(()) }).await;
    deployment.stop_service("store").await.assert_in_order();
    let begun = Instant::now();
    eventually("the queues are full", stopped_for.max(Duration::from_mins(2)), || async {
        (prover.progress().put_off.load(Ordering::Relaxed) > 0).then_some(())
    })
    .await;
    eprintln!("the queues were full after {:.1?}: {}", begun.elapsed(), prover.progress());
    tokio::time::sleep(stopped_for.saturating_sub(begun.elapsed())).await;
    deployment.start_service("store");
    let posted = prover.stop().await;
    let verdict = posted.judge(&mut deployment, limit, folder().path()).await;
    verdict.assert_nothing_lost();
    assert!(verdict.acknowledged > FULL, "the queues took something: {verdict}");
    for service in EVERY_SERVICE {
        let peak = deployment.process(service).peak_mib();
        eprintln!("{service} held {peak:.1} MiB at the most");
        assert!(peak < UNDER_LOAD_MIB, "{service} held {peak:.1} MiB");
    }
}
