//! Questions about sources, which are what claims say of them.

use sqlx::{QueryBuilder, SqlitePool};
use uuid::Uuid;

use super::push_list;
use crate::SourceQuery;
use crate::place::{Slice, SourcePlace};
use crate::rows::{ActRow, SourceRow};
use crate::words::lower;

/// Of several spellings the first in byte order places a source among those of as many claims.
const SOURCES: &str = "
    SELECT source_id AS id, min(source_name) AS name, source_kind AS kind, count(*) AS claims, count(DISTINCT article_id) AS articles,
        min(published_at) AS first, max(published_at) AS last
    FROM claims WHERE source_id ";

pub(super) async fn page(pool: &SqlitePool, query: &SourceQuery, slice: &Slice<SourcePlace>) -> Result<Vec<SourceRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(SOURCES);
    sql.push("IS NOT NULL");
    if let Some(name) = &query.name {
        // The name is what stands before the line break.
        sql.push(" AND instr(substr(source_lower, 1, instr(source_lower, char(10)) - 1), ").push_bind(lower(name)).push(") > 0");
    }
    sql.push(" GROUP BY source_id, source_kind");
    if let Some(after) = &slice.after {
        sql.push(" HAVING (-count(*), min(source_name), source_id) > (").push_bind(-after.claims);
        sql.push(", ").push_bind(after.name.clone()).push(", ").push_bind(after.id).push(")");
    }
    sql.push(" ORDER BY -count(*), min(source_name), source_id LIMIT ").push_bind(slice.limit);
    sql.build_query_as().fetch_all(pool).await
}

pub(super) async fn one(pool: &SqlitePool, id: Uuid) -> Result<Option<SourceRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(SOURCES);
    sql.push("= ").push_bind(id).push(" GROUP BY source_id, source_kind");
    sql.build_query_as().fetch_optional(pool).await
}

pub(super) async fn acts(pool: &SqlitePool, sources: &[Uuid]) -> Result<Vec<ActRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new("SELECT source_id, source_name, act, count(*) AS count FROM claims WHERE source_id IN ");
    push_list(&mut sql, sources.iter().copied());
    sql.push(" GROUP BY source_id, source_name, act");
    sql.build_query_as().fetch_all(pool).await
}
