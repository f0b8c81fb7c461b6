//! Why a schema cannot be brought up to date, in words that say what to do.

use sqlx::migrate::MigrateError;

/// For errors that are not the database's own.
pub(crate) fn why_not_migrated(error: &MigrateError) -> String {
    match error {
        MigrateError::VersionMismatch(version) => {
            format!("its schema was made by another build (migration {version} differs): use that build, or another database")
        }
        other => other.to_string(),
    }
}
