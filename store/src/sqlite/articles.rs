//! Questions about articles.

use sqlx::{QueryBuilder, SqlitePool};
use uuid::Uuid;

use super::{match_all, push_list};
use crate::place::{ArticlePlace, Slice, date_bounds};
use crate::rows::{ArticleRow, CountsRow, ListedRow, ReadingRow};
use crate::versions::VersionRow;
use crate::words::lower;
use crate::{ArticleQuery, ReadingQuery};

const LISTED: &str = "
    SELECT id, newest_first, url_hash, given_id, url, publisher, published_at, published_to_day, title, byline, language, skipped,
        excerpt
    FROM articles WHERE true";

pub(super) async fn page(pool: &SqlitePool, query: &ArticleQuery, slice: &Slice<ArticlePlace>) -> Result<Vec<ListedRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(LISTED);
    if let Some(text) = &query.text {
        sql.push(" AND row IN (SELECT rowid FROM article_words WHERE article_words MATCH ").push_bind(match_all(text)).push(")");
    }
    if let Some(publisher) = &query.publisher {
        sql.push(" AND publisher_lower = ").push_bind(lower(publisher));
    }
    if let Some((newest, oldest)) = date_bounds(query.from, query.to) {
        sql.push(" AND newest_first BETWEEN ").push_bind(newest).push(" AND ").push_bind(oldest);
    }
    if let Some(after) = slice.after {
        sql.push(" AND (newest_first, id) > (").push_bind(after.newest_first).push(", ").push_bind(after.id).push(")");
    }
    sql.push(" ORDER BY newest_first, id LIMIT ").push_bind(slice.limit);
    sql.build_query_as().fetch_all(pool).await
}

const WHOLE: &str = "
    SELECT id, url_hash, given_id, url, publisher, published_at, published_to_day, modified_at, modified_to_day, title, byline,
        section, credit, language, skipped, extractor, text
    FROM articles";

pub(super) async fn one(pool: &SqlitePool, id: Uuid) -> Result<Option<ArticleRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(WHOLE);
    sql.push(" WHERE id = ").push_bind(id);
    sql.build_query_as().fetch_optional(pool).await
}

pub(super) async fn after(pool: &SqlitePool, after: Option<Uuid>, limit: i64) -> Result<Vec<ArticleRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(WHOLE);
    if let Some(after) = after {
        sql.push(" WHERE id > ").push_bind(after);
    }
    sql.push(" ORDER BY id LIMIT ").push_bind(limit);
    sql.build_query_as().fetch_all(pool).await
}

pub(super) async fn readings(
    pool: &SqlitePool,
    query: &ReadingQuery,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ReadingRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new("SELECT id, extractor FROM articles WHERE true");
    if let Some(ids) = &query.ids {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        sql.push(" AND id IN ");
        push_list(&mut sql, ids);
    }
    if let Some(extractor) = &query.not_by {
        sql.push(" AND extractor <> ").push_bind(extractor.as_str());
    }
    if let Some(publisher) = &query.publisher {
        sql.push(" AND publisher_lower = ").push_bind(lower(publisher));
    }
    if let Some((newest, oldest)) = date_bounds(query.from, query.to) {
        sql.push(" AND newest_first BETWEEN ").push_bind(newest).push(" AND ").push_bind(oldest);
    }
    if let Some(after) = after {
        sql.push(" AND id > ").push_bind(after);
    }
    sql.push(" ORDER BY id LIMIT ").push_bind(limit);
    sql.build_query_as().fetch_all(pool).await
}

pub(super) async fn versions(pool: &SqlitePool, url_hashes: &[Vec<u8>]) -> Result<Vec<VersionRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(
        "SELECT url_hash, id, title, published_at, published_to_day, modified_at, modified_to_day FROM articles WHERE url_hash IN ",
    );
    push_list(&mut sql, url_hashes.iter().cloned());
    sql.build_query_as().fetch_all(pool).await
}

const COUNTS: &str = "
    SELECT (SELECT count(*) FROM articles) AS articles,
        (SELECT count(*) FROM articles WHERE skipped IS NOT NULL) AS skipped,
        (SELECT count(*) FROM claims) AS claims,
        (SELECT count(*) FROM (SELECT DISTINCT source_id FROM claims WHERE source_id IS NOT NULL) AS named) AS sources";

pub(super) async fn counts(pool: &SqlitePool) -> Result<CountsRow, sqlx::Error> {
    sqlx::query_as(COUNTS).fetch_one(pool).await
}
