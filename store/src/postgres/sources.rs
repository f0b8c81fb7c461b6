//! Questions about sources, which are what claims say of them.

use sqlx::{PgPool, QueryBuilder};
use uuid::Uuid;

use crate::SourceQuery;
use crate::place::{Slice, SourcePlace};
use crate::rows::{ActRow, SourceRow};
use crate::words::lower;

/// Of several spellings the first in byte order places a source among those of as many claims.
const SOURCES: &str = "
    SELECT source_id AS id, min(source_name) AS name, source_kind AS kind, count(*) AS claims, count(DISTINCT article_id) AS articles,
        min(published_at) AS first, max(published_at) AS last
    FROM claims WHERE source_id ";

pub(super) async fn page(pool: &PgPool, query: &SourceQuery, slice: &Slice<SourcePlace>) -> Result<Vec<SourceRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(SOURCES);
    sql.push("IS NOT NULL");
    if let Some(name) = &query.name {
        // The name is what stands before the line break.
        sql.push(" AND strpos(split_part(source_lower, E'\\n', 1), ").push_bind(lower(name)).push(") > 0");
    }
    sql.push(" GROUP BY source_id, source_kind");
    if let Some(after) = &slice.after {
        sql.push(" HAVING (-count(*), min(source_name), source_id) > (").push_bind(-after.claims);
        sql.push(", ").push_bind(after.name.clone()).push(", ").push_bind(after.id).push(")");
    }
    sql.push(" ORDER BY -count(*), min(source_name), source_id LIMIT ").push_bind(slice.limit);
    sql.build_query_as().fetch_all(pool).await
}

pub(super) async fn one(pool: &PgPool, id: Uuid) -> Result<Option<SourceRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(SOURCES);
    sql.push("= ").push_bind(id).push(" GROUP BY source_id, source_kind");
    sql.build_query_as().fetch_optional(pool).await
}

pub(super) async fn acts(pool: &PgPool, sources: &[Uuid]) -> Result<Vec<ActRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new("SELECT source_id, source_name, act, count(*) AS count FROM claims WHERE source_id = ANY(");
    sql.push_bind(sources).push(")");
    sql.push(" GROUP BY source_id, source_name, act");
    sql.build_query_as().fetch_all(pool).await
}
