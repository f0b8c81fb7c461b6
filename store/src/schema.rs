//! Why a schema cannot be brought up to date, in words that say what to do.

use sqlx::migrate::MigrateError;

/// For errors that are not the database's own.
pub(crate) fn why_not_migrated(error: &MigrateError) -> String {
    match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
            format!("its schema is of a newer gainsay (migration {version} is unknown here): use that version, or another database")
        }
        MigrateError::VersionMismatch(version) => {
            format!("its schema was made by another build (migration {version} differs): use that build, or another database")
        }
        other => other.to_string(),
    }
}
