//! Connects, and brings the schema up to date.

use std::pin::Pin;
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};

use super::{Postgres, refuses};
use crate::StoreError;

/// Migrations only add until no version in use needs what they would take away, so that a version works on the schema of the next
/// one too: old and new services run side by side during an upgrade.
pub(super) static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("migrations/postgres");
    migrations.set_ignore_missing(true);
    migrations
});

/// How long a connection may take to come.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

impl Postgres {
    /// Connects to the database at `url`; later the pool connects anew whenever it must.
    pub(crate) async fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.parse().map_err(|error: sqlx::Error| StoreError::Refused {
            what: "of the configuration".to_owned(),
            why: format!("its address is not understood ({error}): give postgres://user:password@host:port/database"),
        })?;
        let options = options.application_name("gainsay");
        let name = name(&options);
        // A first connection apart from the pool, which would hide why none comes.
        let connected = tokio::time::timeout(CONNECT, options.connect()).await;
        let Ok(connected) = connected else {
            return Err(StoreError::Unavailable { what: name, why: format!("no answer within {} s", CONNECT.as_secs()) });
        };
        let connection = connected.map_err(|error| not_opened(&name, &error))?;
        // It has answered, which was all that it was for.
        drop(connection.close().await);
        let pool = PgPoolOptions::new().max_connections(connections.max(1)).acquire_timeout(CONNECT).connect_lazy_with(options);
        migrate(&pool).await.map_err(|error| not_migrated(&name, &error))?;
        Ok(Self { name, pool })
    }
}

/// Boxed, because the compiler does not see otherwise that the future may move between threads.
fn migrate(pool: &PgPool) -> Pin<Box<dyn Future<Output = Result<(), MigrateError>> + Send + '_>> {
    Box::pin(MIGRATIONS.run(pool))
}

/// The address as messages show it: all but the password.
pub(super) fn name(options: &PgConnectOptions) -> String {
    let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
    format!("postgres://{user}@{host}:{port}/{}", options.get_database().unwrap_or(user))
}

/// A wrong password or name stays wrong: nobody should wait for it.
pub(super) fn not_opened(name: &str, error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(answer) => {
            let code = answer.code().unwrap_or_default();
            let todo = match &code[..] {
                "28P01" | "28000" => "check user and password",
                "3D000" => "create it, or name another",
                "42501" => "let its user create tables",
                _ => return StoreError::from_driver(name, error, refuses),
            };
            StoreError::Refused { what: name.to_owned(), why: format!("{}: {todo}", answer.message()) }
        }
        sqlx::Error::Tls(why) => StoreError::Refused { what: name.to_owned(), why: format!("no encrypted connection ({why})") },
        _ => StoreError::from_driver(name, error, refuses),
    }
}

fn not_migrated(name: &str, error: &MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => not_opened(name, error),
        other => StoreError::Refused { what: name.to_owned(), why: crate::schema::why_not_migrated(other) },
    }
}
