//! SQLite files that cannot be opened: one clear line each.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use store::{Store, StoreError};

use crate::databases::{config, open};
use crate::sample::story;

/// The one line that opening `path` fails with, for good.
async fn refusal(path: &Path) -> String {
    let error = Store::open(&config(&format!("sqlite:{}", path.display()))).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    let line = error.to_string();
    assert!(!line.contains('\n') && line.contains(&path.display().to_string()), "{line}");
    line
}

#[tokio::test]
async fn a_new_file_is_its_owners_alone_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    let url = format!("sqlite:{}", path.display());
    open(&url).await.ledger.commit(&story()).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
    assert_eq!(open(&url).await.ledger.counts().await.unwrap().articles, 5);
}

#[tokio::test]
async fn what_cannot_be_opened_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let missing = refusal(&folder.path().join("no/where.db")).await;
    assert!(missing.contains("does not exist: create it"), "{missing}");
    let is_folder = refusal(folder.path()).await;
    assert!(is_folder.contains("it is a folder"), "{is_folder}");
    // A folder that not even root may write to.
    let read_only = refusal(Path::new("/sys/gainsay.db")).await;
    assert!(read_only.contains("choose a folder that you may write to"), "{read_only}");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "These are my notes, and they are no database at all.".repeat(100)).unwrap();
    let not_a_database = refusal(&text).await;
    assert!(not_a_database.contains("not a SQLite database"), "{not_a_database}");
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("These are my notes"), "it is left as it was");
}

#[tokio::test]
async fn a_file_to_which_a_newer_version_has_added_is_worked_with() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("newer.db").display());
    drop(open(&url).await);
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    for newer in [
        "ALTER TABLE articles ADD COLUMN mood text",
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'moods', 1, x'00', 0)",
    ] {
        sqlx::query(newer).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let store = open(&url).await;
    store.ledger.commit(&story()).await.unwrap();
    assert_eq!(store.ledger.counts().await.unwrap().articles, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_may_be_opened_by_many_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("new.db").display());
    let opening: Vec<_> = (0..4)
        .map(|_| {
            let config = config(&url);
            tokio::spawn(async move { Store::open(&config).await })
        })
        .collect();
    for opened in opening {
        assert_eq!(opened.await.unwrap().unwrap().ledger.counts().await.unwrap().articles, 0);
    }
}

#[tokio::test]
async fn an_address_of_neither_kind_is_refused_without_being_shown() {
    let error = Store::open(&config("mysql://me:secret@host/db")).await.unwrap_err().to_string();
    assert!(error.contains("neither postgres:// nor sqlite:") && !error.contains("secret"), "{error}");
}
