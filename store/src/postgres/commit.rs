//! Writes a batch in one transaction, a table in one statement.

use sqlx::PgPool;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::Commit;
use crate::entry::{Entry, EntryClaim};
use crate::rows::timestamp_columns;
use crate::settle::{Held, settle};

pub(super) async fn write(pool: &PgPool, batch: &[Entry<'_>]) -> Result<Vec<Commit>, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    lock(&mut transaction, batch).await?;
    let settled = settle(batch, held(&mut transaction, batch).await?);
    let replaced: Vec<Uuid> = settled.replaced.iter().map(|entry| entry.id).collect();
    if !replaced.is_empty() {
        sqlx::query("DELETE FROM claims WHERE article_id = ANY($1)").bind(replaced).execute(&mut *transaction).await?;
    }
    let written = settled.written();
    if !written.is_empty() {
        upsert_articles(&mut transaction, &written).await?;
        insert_claims(&mut transaction, &written).await?;
    }
    transaction.commit().await?;
    Ok(settled.answers)
}

/// Keeps other writers off these articles, also off those that no row stands for yet. Everybody takes these locks in one
/// order and before any other, so writers wait for each other and never in a circle.
async fn lock(connection: &mut PgConnection, batch: &[Entry<'_>]) -> Result<(), sqlx::Error> {
    let mut keys: Vec<i64> = batch.iter().map(|entry| lock_key(entry.id)).collect();
    keys.sort_unstable();
    keys.dedup();
    let locked = sqlx::query("SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key").bind(keys);
    locked.execute(connection).await.map(drop)
}

/// Half of the id: two articles that share it wait for each other without need, and nothing worse.
fn lock_key(id: Uuid) -> i64 {
    id.as_u64_pair().0.cast_signed()
}

async fn held(connection: &mut PgConnection, batch: &[Entry<'_>]) -> Result<Vec<Held>, sqlx::Error> {
    let ids: Vec<Uuid> = batch.iter().map(|entry| entry.id).collect();
    sqlx::query_as("SELECT id, digest, reading FROM articles WHERE id = ANY($1)").bind(ids).fetch_all(connection).await
}

/// Url, publisher, title and text make the id, so a row that is there has them already.
const UPSERT_ARTICLES: &str = "
    INSERT INTO articles (
        id, given_id, url, url_hash, publisher, publisher_lower, published_at, published_to_day, modified_at, modified_to_day,
        title, byline, section, credit, language, skipped, extractor, digest, reading, excerpt, text,
        title_words, text_words
    )
    SELECT id, given_id, url, url_hash, publisher, publisher_lower, published_at, published_to_day, modified_at, modified_to_day,
        title, byline, section, credit, language, skipped, extractor, digest, reading, excerpt, text,
        to_tsvector('gainsay', title_words), to_tsvector('gainsay', text_words)
    FROM unnest(
        $1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::bigint[], $8::boolean[], $9::bigint[],
        $10::boolean[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::bytea[],
        $19::bytea[], $20::text[], $21::text[], $22::text[], $23::text[]
    ) AS new (
        id, given_id, url, url_hash, publisher, publisher_lower, published_at, published_to_day, modified_at,
        modified_to_day, title, byline, section, credit, language, skipped, extractor, digest,
        reading, excerpt, text, title_words, text_words
    )
    ON CONFLICT (id) DO UPDATE SET
        given_id = excluded.given_id, published_at = excluded.published_at, published_to_day = excluded.published_to_day,
        modified_at = excluded.modified_at, modified_to_day = excluded.modified_to_day, byline = excluded.byline,
        section = excluded.section, credit = excluded.credit, language = excluded.language, skipped = excluded.skipped,
        extractor = excluded.extractor, digest = excluded.digest, reading = excluded.reading";

async fn upsert_articles(connection: &mut PgConnection, entries: &[&Entry<'_>]) -> Result<(), sqlx::Error> {
    let published: Vec<_> = entries.iter().map(|entry| timestamp_columns(entry.article.published_at)).collect();
    let modified: Vec<_> = entries.iter().map(|entry| timestamp_columns(entry.article.modified_at)).collect();
    sqlx::query(UPSERT_ARTICLES)
        .bind(column(entries, |entry| entry.id))
        .bind(column(entries, |entry| entry.article.given_id.as_deref()))
        .bind(column(entries, |entry| entry.article.url.as_deref()))
        .bind(column(entries, |entry| entry.url_hash.as_ref().map(<[u8; 32]>::as_slice)))
        .bind(column(entries, |entry| entry.article.publisher.as_deref()))
        .bind(column(entries, |entry| entry.publisher_lower.as_deref()))
        .bind(column(&published, |(at, _)| *at))
        .bind(column(&published, |(_, to_day)| *to_day))
        .bind(column(&modified, |(at, _)| *at))
        .bind(column(&modified, |(_, to_day)| *to_day))
        .bind(column(entries, |entry| entry.article.title.as_deref()))
        .bind(column(entries, |entry| entry.article.byline.as_deref()))
        .bind(column(entries, |entry| entry.article.section.as_deref()))
        .bind(column(entries, |entry| entry.article.credit.as_deref()))
        .bind(column(entries, |entry| entry.article.language.as_deref()))
        .bind(column(entries, |entry| entry.skipped))
        .bind(column(entries, |entry| entry.extractor))
        .bind(column(entries, |entry| entry.digest.as_slice()))
        .bind(column(entries, |entry| entry.reading.as_slice()))
        .bind(column(entries, |entry| entry.excerpt.as_str()))
        .bind(column(entries, |entry| entry.article.text.as_str()))
        .bind(column(entries, |entry| entry.title_words.as_str()))
        .bind(column(entries, |entry| entry.text_words.as_str()))
        .execute(connection)
        .await?;
    Ok(())
}

const INSERT_CLAIMS: &str = "
    INSERT INTO claims (
        id, article_id, position, newest_first, published_at, publisher_lower, source_id, source_name, source_kind, source_lower,
        act, stance, quotation, content, data, content_words, source_words
    )
    SELECT new.id, new.article_id, new.position, a.newest_first, a.published_at, a.publisher_lower, new.source_id, new.source_name,
        new.source_kind, new.source_lower, new.act, new.stance, new.quotation, new.content, new.data,
        to_tsvector('gainsay', new.content_words), to_tsvector('gainsay', new.source_words)
    FROM unnest(
        $1::uuid[], $2::uuid[], $3::integer[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::text[], $12::text[], $13::text[], $14::text[]
    ) AS new (
        id, article_id, position, source_id, source_name, source_kind, source_lower, act, stance, quotation,
        content, data, content_words, source_words
    )
    JOIN articles a ON a.id = new.article_id";

async fn insert_claims(connection: &mut PgConnection, entries: &[&Entry<'_>]) -> Result<(), sqlx::Error> {
    let claims: Vec<&EntryClaim<'_>> = entries.iter().flat_map(|entry| &entry.claims).collect();
    if claims.is_empty() {
        return Ok(());
    }
    sqlx::query(INSERT_CLAIMS)
        .bind(column(&claims, |entry| entry.id))
        .bind(column(&claims, |entry| entry.claim.article_id.0))
        .bind(column(&claims, |entry| entry.position))
        .bind(column(&claims, |entry| entry.source_id.map(|id| id.0)))
        .bind(column(&claims, |entry| entry.claim.source.as_ref().map(|source| source.name.as_str())))
        .bind(column(&claims, |entry| entry.claim.source.as_ref().map(|source| source.kind.as_str())))
        .bind(column(&claims, |entry| entry.source_lower.as_deref()))
        .bind(column(&claims, |entry| entry.claim.act.as_str()))
        .bind(column(&claims, |entry| entry.claim.stance.as_str()))
        .bind(column(&claims, |entry| entry.claim.quotation.as_str()))
        .bind(column(&claims, |entry| entry.claim.content.text.as_str()))
        .bind(column(&claims, |entry| entry.json.as_str()))
        .bind(column(&claims, |entry| entry.content_words.as_str()))
        .bind(column(&claims, |entry| entry.source_words.as_str()))
        .execute(connection)
        .await?;
    Ok(())
}

/// One column of `rows`, as the array that `unnest` turns back into rows.
fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
