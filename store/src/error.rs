//! What can go wrong with a database, by what the caller can do about it.

use crate::CursorError;

/// A failed operation on the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is shutting down: the same call may succeed later.
    #[error("the database {what} cannot be reached: {why}")]
    Unavailable {
        /// Which database, without its password.
        what: String,
        /// The driver's reason.
        why: String,
    },
    /// The database refused: the same call will fail again.
    #[error("the database {what} refused: {why}")]
    Refused {
        /// Which database, without its password.
        what: String,
        /// Its reason.
        why: String,
    },
    /// A row cannot be read back: it was written by a newer version, or damaged.
    #[error("a row of {table} cannot be read: {why}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The query goes on from a place that is not in its list.
    #[error(transparent)]
    Cursor(#[from] CursorError),
}

impl StoreError {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    /// Sorts a driver's error. `refuses` knows the codes with which the database refuses one statement for what it says; all
    /// others are the state of the database or of the way to it, which an operator mends.
    pub(crate) fn from_driver(what: &str, error: &sqlx::Error, refuses: impl Fn(&str) -> bool) -> Self {
        let what = what.to_owned();
        match error {
            sqlx::Error::Database(answer) if answer.code().is_some_and(|code| refuses(&code)) => {
                Self::Refused { what, why: answer.message().to_owned() }
            }
            sqlx::Error::Database(answer) => Self::Unavailable { what, why: answer.message().to_owned() },
            sqlx::Error::PoolTimedOut => Self::Unavailable { what, why: "no connection came free in time".to_owned() },
            sqlx::Error::Io(why) => Self::Unavailable { what, why: why.to_string() },
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                Self::Unreadable { table: "the ledger", why: error.to_string() }
            }
            sqlx::Error::Encode(why) => Self::Refused { what, why: why.to_string() },
            other => Self::Unavailable { what, why: other.to_string() },
        }
    }
}
