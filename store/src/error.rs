//! What can go wrong with a database, by what the caller can do about it.

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
}

impl StoreError {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
