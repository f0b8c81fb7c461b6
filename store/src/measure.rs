//! What can be measured of a database besides what it is asked: its connections, its size, and what its claims come to.

use std::sync::Arc;

use async_trait::async_trait;
use prometheus::Registry;
use sqlx::FromRow;

use crate::{Store, StoreError, metrics};

/// Connections of a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Connections {
    /// At work.
    pub(crate) in_use: u32,
    /// Open and waiting for work.
    pub(crate) idle: u32,
    /// The most that there may be.
    pub(crate) max: u32,
}

/// What a database takes up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Space {
    /// Bytes of the database.
    pub(crate) used: u64,
    /// Bytes that are free where it lies, if it lies on a disk of this machine.
    pub(crate) free: Option<u64>,
}

/// How many claims have an act and a stance.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub(crate) struct ClaimTally {
    /// The act's word.
    pub(crate) act: String,
    /// The stance's word.
    pub(crate) stance: String,
    pub(crate) claims: i64,
}

/// How many sources are of a kind.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub(crate) struct SourceTally {
    /// The kind's word.
    pub(crate) kind: String,
    pub(crate) sources: i64,
}

/// A database that can be measured.
#[async_trait]
pub(crate) trait Measured: Send + Sync + std::fmt::Debug {
    /// Its connections at this moment.
    fn connections(&self) -> Connections;
    /// What it takes up.
    async fn space(&self) -> Result<Space, StoreError>;
    /// Claims by act and stance. The more claims there are, the longer it takes.
    async fn claim_tallies(&self) -> Result<Vec<ClaimTally>, StoreError>;
    /// Sources by kind. The more claims there are, the longer it takes.
    async fn source_tallies(&self) -> Result<Vec<SourceTally>, StoreError>;
}

impl Store {
    /// Shows the connections of this process to the database among the metrics of `registry`, as they are when it is asked.
    ///
    /// Two services of one process share their connections: the second call on one registry changes nothing.
    pub fn show_connections(&self, registry: &Registry) -> Result<(), prometheus::Error> {
        match registry.register(Box::new(metrics::Pool::new(Arc::clone(&self.measured))?)) {
            Ok(()) | Err(prometheus::Error::AlreadyReg) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
