//! Feeds, entries seen, imports.

use async_trait::async_trait;
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};

use super::Postgres;
use crate::entry::hash;
use crate::feeds::{FeedCountsRow, FeedRow, ImportRow, clean, column, millis};
use crate::sql::FEED_COUNTS;
use crate::{Feed, FeedCounts, FeedPoll, ImportProgress, Intake, StoreError};

#[async_trait]
impl Intake for Postgres {
    async fn add_feed(&self, url: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
        let added = sqlx::query("INSERT INTO feeds (url_hash, url, next_poll_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(hash(url).as_slice())
            .bind(url)
            .bind(millis(now))
            .execute(&self.pool)
            .await;
        added.map(|done| done.rows_affected() > 0).map_err(|error| self.failed(&error))
    }

    async fn feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let rows: Result<Vec<FeedRow>, _> = sqlx::query_as("SELECT * FROM feeds ORDER BY url").fetch_all(&self.pool).await;
        rows.map_err(|error| self.failed(&error))?.into_iter().map(Feed::try_from).collect()
    }

    async fn feed_counts(&self, now: OffsetDateTime) -> Result<FeedCounts, StoreError> {
        let row: Result<FeedCountsRow, _> = sqlx::query_as(FEED_COUNTS).bind(millis(now)).fetch_one(&self.pool).await;
        row.map(FeedCounts::from).map_err(|error| self.failed(&error))
    }

    async fn take_due_feeds(&self, now: OffsetDateTime, lease: Duration, limit: u32) -> Result<Vec<Feed>, StoreError> {
        let rows = take_due(&self.pool, millis(now), millis(now + lease), limit).await;
        rows.map_err(|error| self.failed(&error))?.into_iter().map(Feed::try_from).collect()
    }

    async fn record_poll(&self, poll: &FeedPoll) -> Result<(), StoreError> {
        let feed = &poll.feed;
        let done = sqlx::query(
            "UPDATE feeds SET title = $2, etag = $3, last_modified = $4, failures = $5, last_error = $6, next_poll_at = $7,
                polled_at = $8 WHERE url_hash = $1",
        )
        .bind(hash(&feed.url).as_slice())
        .bind(clean(feed.title.as_ref()))
        .bind(clean(feed.etag.as_ref()))
        .bind(clean(feed.last_modified.as_ref()))
        .bind(i64::from(feed.failures))
        .bind(clean(feed.last_error.as_ref()))
        .bind(millis(feed.next_poll_at))
        .bind(millis(poll.polled_at))
        .execute(&self.pool)
        .await;
        done.map(drop).map_err(|error| self.failed(&error))
    }

    async fn unseen(&self, feed_url: &str, keys: &[String]) -> Result<Vec<String>, StoreError> {
        let seen = seen(&self.pool, feed_url, keys).await.map_err(|error| self.failed(&error))?;
        Ok(keys.iter().filter(|key| !seen.contains(&hash(key).to_vec())).cloned().collect())
    }

    async fn mark_seen(&self, feed_url: &str, key: &str) -> Result<(), StoreError> {
        let done = sqlx::query("INSERT INTO feed_entries (feed_hash, key_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(hash(feed_url).as_slice())
            .bind(hash(key).as_slice())
            .execute(&self.pool)
            .await;
        done.map(drop).map_err(|error| self.failed(&error))
    }

    async fn import_progress(&self, input: &str) -> Result<Option<ImportProgress>, StoreError> {
        let row: Result<Option<ImportRow>, _> = sqlx::query_as("SELECT settled, failed, finished FROM imports WHERE input_hash = $1")
            .bind(hash(input).as_slice())
            .fetch_optional(&self.pool)
            .await;
        row.map(|row| row.map(Into::into)).map_err(|error| self.failed(&error))
    }

    async fn save_import_progress(&self, input: &str, progress: ImportProgress) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO imports (input_hash, input, settled, failed, finished) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (input_hash) DO UPDATE SET settled = excluded.settled, failed = excluded.failed, finished = excluded.finished",
        )
        .bind(hash(input).as_slice())
        .bind(input)
        .bind(column(progress.settled))
        .bind(column(progress.failed))
        .bind(progress.finished)
        .execute(&self.pool)
        .await;
        done.map(drop).map_err(|error| self.failed(&error))
    }
}

/// Takes rows that nobody else is taking; the longest due first.
const TAKE_DUE: &str = "
    WITH due AS (
        SELECT url_hash, next_poll_at AS due_at FROM feeds WHERE next_poll_at <= $1
        ORDER BY next_poll_at, url LIMIT $3 FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE feeds SET next_poll_at = $2 FROM due WHERE feeds.url_hash = due.url_hash RETURNING feeds.*, due.due_at
    )
    SELECT * FROM taken ORDER BY due_at, url";

async fn take_due(pool: &PgPool, now: i64, until: i64, limit: u32) -> Result<Vec<FeedRow>, sqlx::Error> {
    sqlx::query_as(TAKE_DUE).bind(now).bind(until).bind(i64::from(limit)).fetch_all(pool).await
}

async fn seen(pool: &PgPool, feed_url: &str, keys: &[String]) -> Result<Vec<Vec<u8>>, sqlx::Error> {
    let hashes: Vec<Vec<u8>> = keys.iter().map(|key| hash(key).to_vec()).collect();
    sqlx::query_scalar("SELECT key_hash FROM feed_entries WHERE feed_hash = $1 AND key_hash = ANY($2)")
        .bind(hash(feed_url).as_slice())
        .bind(hashes)
        .fetch_all(pool)
        .await
}
