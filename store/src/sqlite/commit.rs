//! Writes a batch in one transaction.

use sqlx::{QueryBuilder, SqliteConnection, SqlitePool};
use time::OffsetDateTime;

use super::push_list;
use crate::Commit;
use crate::entry::{Entry, EntryClaim};
use crate::rows::timestamp_columns;
use crate::settle::{Held, settle};

pub(super) async fn write(pool: &SqlitePool, batch: &[Entry<'_>]) -> Result<Vec<Commit>, sqlx::Error> {
    // Takes the write lock at once: what is read here still holds when it is written.
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let settled = settle(batch, held(&mut transaction, batch).await?);
    let now = OffsetDateTime::now_utc().unix_timestamp();
    for entry in &settled.replaced {
        delete_claims(&mut transaction, entry).await?;
    }
    for entry in settled.written() {
        upsert_article(&mut transaction, entry, now).await?;
        for claim in &entry.claims {
            insert_claim(&mut transaction, entry, claim).await?;
        }
    }
    for entry in &settled.added {
        index_article(&mut transaction, entry).await?;
    }
    transaction.commit().await?;
    Ok(settled.answers)
}

async fn held(connection: &mut SqliteConnection, batch: &[Entry<'_>]) -> Result<Vec<Held>, sqlx::Error> {
    let mut query = QueryBuilder::new("SELECT id, digest, reading FROM articles WHERE id IN ");
    push_list(&mut query, batch.iter().map(|entry| entry.id));
    query.build_query_as().fetch_all(connection).await
}

async fn delete_claims(connection: &mut SqliteConnection, entry: &Entry<'_>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM claim_words WHERE rowid IN (SELECT row FROM claims WHERE article_id = $1)")
        .bind(entry.id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM claims WHERE article_id = $1").bind(entry.id).execute(connection).await?;
    Ok(())
}

/// Url, publisher, title and text make the id, so a row that is there has them already.
const UPSERT_ARTICLE: &str = "
    INSERT INTO articles (
        id, given_id, url, url_hash, publisher, publisher_lower, published_at, published_to_day, modified_at, modified_to_day,
        title, byline, section, credit, language, skipped, extractor, digest, reading, recorded_at, excerpt, text
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
    ON CONFLICT (id) DO UPDATE SET
        given_id = excluded.given_id, published_at = excluded.published_at, published_to_day = excluded.published_to_day,
        modified_at = excluded.modified_at, modified_to_day = excluded.modified_to_day, byline = excluded.byline,
        section = excluded.section, credit = excluded.credit, language = excluded.language, skipped = excluded.skipped,
        extractor = excluded.extractor, digest = excluded.digest, reading = excluded.reading, recorded_at = excluded.recorded_at";

async fn upsert_article(connection: &mut SqliteConnection, entry: &Entry<'_>, now: i64) -> Result<(), sqlx::Error> {
    let article = entry.article;
    let (published_at, published_to_day) = timestamp_columns(article.published_at);
    let (modified_at, modified_to_day) = timestamp_columns(article.modified_at);
    sqlx::query(UPSERT_ARTICLE)
        .bind(entry.id)
        .bind(article.given_id.as_deref())
        .bind(article.url.as_deref())
        .bind(entry.url_hash.as_ref().map(<[u8; 32]>::as_slice))
        .bind(article.publisher.as_deref())
        .bind(entry.publisher_lower.as_deref())
        .bind(published_at)
        .bind(published_to_day)
        .bind(modified_at)
        .bind(modified_to_day)
        .bind(article.title.as_deref())
        .bind(article.byline.as_deref())
        .bind(article.section.as_deref())
        .bind(article.credit.as_deref())
        .bind(article.language.as_deref())
        .bind(entry.skipped)
        .bind(entry.extractor)
        .bind(entry.digest.as_slice())
        .bind(entry.reading.as_slice())
        .bind(now)
        .bind(entry.excerpt.as_str())
        .bind(article.text.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn index_article(connection: &mut SqliteConnection, entry: &Entry<'_>) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO article_words (rowid, title, text) SELECT row, $2, $3 FROM articles WHERE id = $1")
        .bind(entry.id)
        .bind(entry.title_words.as_str())
        .bind(entry.text_words.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

const INSERT_CLAIM: &str = "
    INSERT INTO claims (
        id, article_id, position, newest_first, published_at, publisher_lower, source_id, source_name, source_kind, source_lower,
        act, stance, quotation, content, data
    ) SELECT $1, id, $3, newest_first, published_at, publisher_lower, $4, $5, $6, $7, $8, $9, $10, $11, $12
    FROM articles WHERE id = $2";

async fn insert_claim(connection: &mut SqliteConnection, entry: &Entry<'_>, claim: &EntryClaim<'_>) -> Result<(), sqlx::Error> {
    let source = claim.claim.source.as_ref();
    let inserted = sqlx::query(INSERT_CLAIM)
        .bind(claim.id)
        .bind(entry.id)
        .bind(claim.position)
        .bind(claim.source_id.map(|id| id.0))
        .bind(source.map(|source| source.name.as_str()))
        .bind(source.map(|source| source.kind.as_str()))
        .bind(claim.source_lower.as_deref())
        .bind(claim.claim.act.as_str())
        .bind(claim.claim.stance.as_str())
        .bind(claim.claim.quotation.as_str())
        .bind(claim.claim.content.text.as_str())
        .bind(claim.json.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO claim_words (rowid, content, source) VALUES ($1, $2, $3)")
        .bind(inserted.last_insert_rowid())
        .bind(claim.content_words.as_str())
        .bind(claim.source_words.as_str())
        .execute(connection)
        .await?;
    Ok(())
}
