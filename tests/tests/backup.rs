//! Backups, as docs/backup.md has them made: taken while articles come in, restored elsewhere, and gone on with.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use claims::Article;
use sqlx::{Connection, Executor, SqliteConnection};
use tests::{Deployment, Process, Prover, Server, assert_same, create_database, eventually, export_of, folder, varied};

/// Long enough for a busy machine; a test that waits for it has failed.
const SOON: Duration = Duration::from_mins(1);

const SERVICES: [&str; 4] = ["ingest", "extract", "store", "api"];

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_restored_and_what_waits_in_the_broker_follows() {
    let folder = folder();
    let mut deployment = Deployment::start().await;
    let prover = Prover::start(&deployment.api_address().await, Some(20));
    eventually("articles flow", SOON, || async { (prover.acknowledged() > 40).then_some(()) }).await;
    let under_load = folder.path().join("under-load.dump");
    pg("pg_dump", &["--format=custom", "--file", text(&under_load), deployment.database_url()]);
    more_follows(&prover).await;
    let mut posted = prover.stop().await;
    deployment.wait_until_queryable(&posted.owed(), SOON).await;

    // These are acknowledged and not committed: they are in the broker alone.
    deployment.stop_service("store").await.assert_in_order();
    let waiting: Vec<Article> = varied(1_000_000).take(10).collect();
    deployment.post_all(&waiting).await;
    let whole = folder.path().join("whole.dump");
    pg("pg_dump", &["--format=custom", "--file", text(&whole), deployment.database_url()]);
    let before = export_of(deployment.database_url()).await;

    let elsewhere = Server::postgres(folder.path());
    let part = restored(&elsewhere, &under_load).await;
    let (all, part): (BTreeSet<String>, _) = (before.iter().cloned().collect(), export_of(&part).await);
    assert!(!part.is_empty() && part.len() < before.len(), "{} of {}", part.len(), before.len());
    assert!(part.iter().all(|record| all.contains(record)), "a dump under load holds whole articles");

    let database = restored(&elsewhere, &whole).await;
    assert_same(&export_of(&database).await, &before);
    for service in ["api", "extract", "ingest"] {
        deployment.stop_service(service).await.assert_in_order();
    }
    deployment.use_database(&database);
    for service in SERVICES {
        deployment.start_service(service);
    }
    deployment.wait_until_ready().await;
    for article in waiting {
        posted.add(article);
    }
    posted.judge(&mut deployment, SOON, folder.path()).await.assert_nothing_lost();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_served_file_is_whole_and_is_served() {
    let folder = folder();
    let (data, restored) = (folder.path().join("data"), folder.path().join("restored"));
    std::fs::create_dir_all(&restored).unwrap();
    let serve = |data: &Path| Process::start("gainsay", &["serve", "--listen", "127.0.0.1:0", "--data", text(data)], &[], folder.path());
    let mut serving = serve(&data);
    let base = serving.address("Gainsay serves").await;
    let prover = Prover::start(&base, Some(20));
    eventually("articles flow", SOON, || async { (prover.acknowledged() > 40).then_some(()) }).await;
    let ledger = data.join("ledger.sqlite");
    let under_load = folder.path().join("under-load.sqlite");
    copy(&ledger, &under_load).await;
    more_follows(&prover).await;
    let posted = prover.stop().await;
    copy(&ledger, &restored.join("ledger.sqlite")).await;
    let before = export_of(&format!("sqlite:{}", ledger.display())).await;
    assert_eq!(serving.terminate().await.0.code(), Some(0));

    let (all, part) = (before.iter().cloned().collect::<BTreeSet<String>>(), export_of(&format!("sqlite:{}", under_load.display())).await);
    assert!(!part.is_empty() && part.len() < before.len(), "{} of {}", part.len(), before.len());
    assert!(part.iter().all(|record| all.contains(record)), "a copy under load holds whole articles");

    let url = format!("sqlite:{}", restored.join("ledger.sqlite").display());
    assert_same(&export_of(&url).await, &before);
    posted.judge_ledger(&url, folder.path()).await.assert_nothing_lost();
    let mut serving = serve(&restored);
    let base = serving.address("Gainsay serves").await;
    let answer = tests::http().get(format!("{base}/v1/articles/{}", posted.owed()[0])).send().await.unwrap();
    assert_eq!(answer.status(), reqwest::StatusCode::OK);
    assert_eq!(serving.terminate().await.0.code(), Some(0));
}

/// Waits until more articles are acknowledged than can have been under way when a copy was taken, so that it cannot hold all.
async fn more_follows(prover: &Prover) {
    let enough = prover.acknowledged() + 20;
    eventually("more articles are acknowledged", SOON, || async { (prover.acknowledged() > enough).then_some(()) }).await;
}

/// Restores `dump` into a new database of `server`; its address.
async fn restored(server: &Server, dump: &Path) -> String {
    let url = create_database(&server.url()).await;
    pg("pg_restore", &["--no-owner", "--exit-on-error", "--dbname", &url, text(dump)]);
    url
}

/// What docs/backup.md does with the program `sqlite3`.
async fn copy(from: &Path, to: &Path) {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", from.display())).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("VACUUM INTO '{}'", to.display()))).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs one of PostgreSQL's programs.
fn pg(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
