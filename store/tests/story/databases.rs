//! A fresh database for each story, removed at its end, on whichever system.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use futures::FutureExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::{DatabaseConfig, Store};

/// Opens `url` with a few connections.
pub(crate) async fn open(url: &str) -> Store {
    Store::open(&config(url)).await.unwrap()
}

pub(crate) fn config(url: &str) -> DatabaseConfig {
    DatabaseConfig { url: url.to_owned(), connections: 4.try_into().unwrap() }
}

/// Where a story's databases are made.
#[derive(Debug)]
pub(crate) enum Home {
    /// Files in a folder that goes with it.
    Sqlite(tempfile::TempDir),
    /// A database on a server; the second and later ones are schemas in it, which cost a hundredth of the time.
    Postgres { database: String, used: AtomicBool },
}

impl Home {
    /// A new, empty database.
    pub(crate) async fn fresh(&self) -> Store {
        open(&self.fresh_url().await).await
    }

    /// The url of a new, empty database.
    pub(crate) async fn fresh_url(&self) -> String {
        let name = unique_name();
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join(name).display()),
            Self::Postgres { database, used } if used.swap(true, Ordering::Relaxed) => {
                administer(database, &format!("CREATE SCHEMA {name}")).await;
                let separator = if database.contains('?') { '&' } else { '?' };
                format!("{database}{separator}options[search_path]={name}")
            }
            Self::Postgres { database, .. } => database.clone(),
        }
    }
}

/// Tells `story` to SQLite.
pub(crate) async fn on_sqlite<S, F>(story: S)
where
    S: FnOnce(Arc<Home>) -> F,
    F: Future<Output = ()>,
{
    story(Arc::new(Home::Sqlite(tempfile::tempdir().unwrap()))).await;
}

/// Tells `story` to PostgreSQL.
pub(crate) async fn on_postgres<S, F>(story: S)
where
    S: FnOnce(Arc<Home>) -> F,
    F: Future<Output = ()>,
{
    let (server, name) = (server(), unique_name());
    administer(&server, &format!("CREATE DATABASE {name}")).await;
    let home = Arc::new(Home::Postgres { database: at(&server, &name), used: AtomicBool::new(false) });
    // The database is dropped even when the story fails.
    let told = AssertUnwindSafe(story(home)).catch_unwind().await;
    administer(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(failure) = told {
        std::panic::resume_unwind(failure);
    }
}

/// The url of the server that tests use.
#[allow(clippy::disallowed_methods, reason = "tests have no configuration")]
pub(crate) fn server() -> String {
    std::env::var("GAINSAY_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!("set GAINSAY_TEST_POSTGRES_URL to a PostgreSQL server's url whose user may create databases, or run tests/run")
    })
}

/// The url of database `name` on `server`.
pub(crate) fn at(server: &str, name: &str) -> String {
    let mut url = server.split('?');
    let (base, options) = (url.next().unwrap_or_default(), url.next());
    let host_start = base.find("://").unwrap() + 3;
    let host = base[host_start..].split('/').next().unwrap();
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}{host}/{name}{options}", &base[..host_start])
}

pub(crate) fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("gainsay_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs one statement on the server.
pub(crate) async fn administer(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.expect("GAINSAY_TEST_POSTGRES_URL names a server that answers");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
