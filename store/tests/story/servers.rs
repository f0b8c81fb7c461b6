//! PostgreSQL servers that are away or say no, and connections that break.

use std::sync::Arc;

use store::{Store, StoreError};

use crate::commits::whole;
use crate::databases::{Home, administer, at, config, on_postgres, server, unique_name};
use crate::sample::story;

#[tokio::test]
async fn a_server_that_is_away_may_come_back() {
    // Port 9 is the discard service: nobody runs a database there.
    let error = Store::open(&config("postgres://me:secret@127.0.0.1:9/ledger")).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    let line = error.to_string();
    assert!(line.contains("postgres://me@127.0.0.1:9/ledger cannot be reached: Connection refused"), "{line}");
    assert!(!line.contains("secret"), "{line}");
}

#[tokio::test]
async fn a_server_that_says_no_says_no_again() {
    let missing = Store::open(&config(&at(&server(), "gainsay_no_such_database"))).await.unwrap_err();
    assert!(matches!(missing, StoreError::Refused { .. }), "{missing:?}");
    assert!(missing.to_string().contains("does not exist: create it, or name another"), "{missing}");

    let (server, role) = (server(), unique_name());
    administer(&server, &format!("CREATE ROLE {role} NOLOGIN PASSWORD 'wrong'")).await;
    let host = &server[server.find('@').map_or(server.find("://").unwrap() + 3, |end| end + 1)..];
    let barred = Store::open(&config(&at(&format!("postgres://{role}:secret@{host}"), "postgres"))).await.unwrap_err();
    administer(&server, &format!("DROP ROLE {role}")).await;
    assert!(matches!(barred, StoreError::Refused { .. }), "{barred:?}");
    let line = barred.to_string();
    assert!(line.contains(&role) && line.contains("check user and password") && !line.contains("secret"), "{line}");
}

/// As during an upgrade: a newer service has migrated, and this version works on, and starts again.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_to_which_a_newer_version_has_added_is_worked_with() {
    on_postgres(async |home: Arc<Home>| {
        let url = home.fresh_url().await;
        let before = Store::open(&config(&url)).await.unwrap();
        before.ledger.commit(&story()[..1]).await.unwrap();
        for newer in [
            "ALTER TABLE articles ADD COLUMN mood text",
            "ALTER TABLE claims ADD COLUMN weight bigint NOT NULL DEFAULT 1",
            "CREATE TABLE moods (name text PRIMARY KEY)",
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'moods', true, '\\x00', 0)",
        ] {
            administer(&url, newer).await;
        }
        before.ledger.commit(&story()[1..]).await.unwrap();
        let after = Store::open(&config(&url)).await.unwrap();
        after.ledger.commit(&story()).await.unwrap();
        let untouched = home.fresh().await;
        untouched.ledger.commit(&story()).await.unwrap();
        assert_eq!(whole(&*after.ledger).await, whole(&*untouched.ledger).await);
        assert_eq!(whole(&*before.ledger).await, whole(&*untouched.ledger).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_connections_are_replaced() {
    on_postgres(async |home: Arc<Home>| {
        let url = home.fresh_url().await;
        let store = Store::open(&config(&url)).await.unwrap();
        store.ledger.commit(&story()).await.unwrap();
        let before = whole(&*store.ledger).await;
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        administer(&url, cut).await;
        store.ledger.ping().await.unwrap();
        assert_eq!(whole(&*store.ledger).await, before);
    })
    .await;
}
