//! Questions about claims.

use sqlx::{PgPool, QueryBuilder};
use uuid::Uuid;

use super::push_match;
use crate::ClaimQuery;
use crate::place::{ClaimPlace, Slice, date_bounds};
use crate::rows::{ClaimRow, StanceRow};
use crate::words::lower;

const CLAIMS: &str = "
    SELECT c.id, c.article_id, c.position, c.newest_first, a.url_hash, a.given_id, a.publisher, a.published_at, a.published_to_day,
        a.title, c.source_id, c.data
    FROM claims c JOIN articles a ON a.id = c.article_id";

pub(super) async fn page(pool: &PgPool, query: &ClaimQuery, slice: &Slice<ClaimPlace>) -> Result<Vec<ClaimRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(CLAIMS);
    sql.push(" WHERE true");
    if let Some(text) = &query.text {
        push_match(&mut sql, ["c.content_words", "c.source_words"], text);
    }
    if let Some(source) = &query.source {
        sql.push(" AND strpos(c.source_lower, ").push_bind(lower(source)).push(") > 0");
    }
    if let Some(id) = query.source_id {
        sql.push(" AND c.source_id = ").push_bind(id.0);
    }
    if let Some(id) = query.article_id {
        sql.push(" AND c.article_id = ").push_bind(id.0);
    }
    if let Some(act) = query.act {
        sql.push(" AND c.act = ").push_bind(act.as_str());
    }
    if let Some(stance) = query.stance {
        sql.push(" AND c.stance = ").push_bind(stance.as_str());
    }
    if let Some(publisher) = &query.publisher {
        sql.push(" AND c.publisher_lower = ").push_bind(lower(publisher));
    }
    if let Some((newest, oldest)) = date_bounds(query.from, query.to) {
        sql.push(" AND c.newest_first BETWEEN ").push_bind(newest).push(" AND ").push_bind(oldest);
    }
    if let Some(after) = slice.after {
        sql.push(" AND (c.newest_first, c.article_id, c.position) > (").push_bind(after.newest_first);
        sql.push(", ").push_bind(after.article_id).push(", ").push_bind(after.position).push(")");
    }
    sql.push(" ORDER BY c.newest_first, c.article_id, c.position LIMIT ").push_bind(slice.limit);
    sql.build_query_as().fetch_all(pool).await
}

pub(super) async fn of(pool: &PgPool, articles: &[Uuid]) -> Result<Vec<ClaimRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(CLAIMS);
    sql.push(" WHERE c.article_id = ANY(");
    sql.push_bind(articles).push(")");
    sql.push(" ORDER BY c.article_id, c.position");
    sql.build_query_as().fetch_all(pool).await
}

pub(super) async fn stances(pool: &PgPool, articles: &[Uuid]) -> Result<Vec<StanceRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new("SELECT article_id, stance, count(*) AS count FROM claims WHERE article_id = ANY(");
    sql.push_bind(articles).push(")");
    sql.push(" GROUP BY article_id, stance");
    sql.build_query_as().fetch_all(pool).await
}
