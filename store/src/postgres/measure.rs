//! The pool and the size of the database, and tallies of its claims.

use async_trait::async_trait;

use super::Postgres;
use crate::StoreError;
use crate::measure::{ClaimTally, Connections, Measured, SourceTally, Space};
use crate::sql::{CLAIM_TALLIES, SOURCE_TALLIES};

#[async_trait]
impl Measured for Postgres {
    fn connections(&self) -> Connections {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        // The two are not read at the same moment.
        let in_use = self.pool.size().saturating_sub(idle);
        Connections { in_use, idle, max: self.pool.options().get_max_connections() }
    }

    async fn space(&self) -> Result<Space, StoreError> {
        let bytes: Result<i64, _> = sqlx::query_scalar("SELECT pg_database_size(current_database())").fetch_one(&self.pool).await;
        Ok(Space { used: crate::rows::count(bytes.map_err(|error| self.failed(&error))?), free: None })
    }

    async fn claim_tallies(&self) -> Result<Vec<ClaimTally>, StoreError> {
        sqlx::query_as(CLAIM_TALLIES).fetch_all(&self.pool).await.map_err(|error| self.failed(&error))
    }

    async fn source_tallies(&self) -> Result<Vec<SourceTally>, StoreError> {
        sqlx::query_as(SOURCE_TALLIES).fetch_all(&self.pool).await.map_err(|error| self.failed(&error))
    }
}
