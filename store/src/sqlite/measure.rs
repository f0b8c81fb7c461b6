//! The connections and the size of the file, and tallies of its claims.

use async_trait::async_trait;

use super::Sqlite;
use crate::StoreError;
use crate::measure::{ClaimTally, Connections, Measured, SourceTally, Space};
use crate::sql::{CLAIM_TALLIES, SOURCE_TALLIES};

#[async_trait]
impl Measured for Sqlite {
    fn connections(&self) -> Connections {
        let mut both = Connections::default();
        for pool in [&self.writer, &self.readers] {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            // The two are not read at the same moment.
            both.in_use += pool.size().saturating_sub(idle);
            both.idle += idle;
            both.max += pool.options().get_max_connections();
        }
        both
    }

    async fn space(&self) -> Result<Space, StoreError> {
        let size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        let bytes: Result<i64, _> = sqlx::query_scalar(size).fetch_one(&self.readers).await;
        let used = crate::rows::count(bytes.map_err(|error| self.failed(&error))?);
        let free = rustix::fs::statvfs(self.name.as_str()).ok().map(|system| system.f_bavail.saturating_mul(system.f_frsize));
        Ok(Space { used, free })
    }

    async fn claim_tallies(&self) -> Result<Vec<ClaimTally>, StoreError> {
        sqlx::query_as(CLAIM_TALLIES).fetch_all(&self.readers).await.map_err(|error| self.failed(&error))
    }

    async fn source_tallies(&self) -> Result<Vec<SourceTally>, StoreError> {
        sqlx::query_as(SOURCE_TALLIES).fetch_all(&self.readers).await.map_err(|error| self.failed(&error))
    }
}
