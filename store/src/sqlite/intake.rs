//! Feeds, entries seen, imports.

use async_trait::async_trait;
use sqlx::{Connection, QueryBuilder, SqliteConnection, SqlitePool};
use time::{Duration, OffsetDateTime};

use super::{Sqlite, push_list};
use crate::entry::hash;
use crate::feeds::{FeedCountsRow, FeedRow, ImportRow, clean, column, millis};
use crate::sql::FEED_COUNTS;
use crate::{Feed, FeedCounts, FeedPoll, ImportProgress, Intake, StoreError};

#[async_trait]
impl Intake for Sqlite {
    async fn add_feed(&self, url: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
        let added = sqlx::query("INSERT INTO feeds (url_hash, url, next_poll_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(hash(url).as_slice())
            .bind(url)
            .bind(millis(now))
            .execute(&self.writer)
            .await;
        added.map(|done| done.rows_affected() > 0).map_err(|error| self.failed(&error))
    }

    async fn feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let rows: Result<Vec<FeedRow>, _> = sqlx::query_as("SELECT * FROM feeds ORDER BY url").fetch_all(&self.readers).await;
        rows.map_err(|error| self.failed(&error))?.into_iter().map(Feed::try_from).collect()
    }

    async fn feed_counts(&self, now: OffsetDateTime) -> Result<FeedCounts, StoreError> {
        let row: Result<FeedCountsRow, _> = sqlx::query_as(FEED_COUNTS).bind(millis(now)).fetch_one(&self.readers).await;
        row.map(FeedCounts::from).map_err(|error| self.failed(&error))
    }

    async fn take_due_feeds(&self, now: OffsetDateTime, lease: Duration, limit: u32) -> Result<Vec<Feed>, StoreError> {
        let rows = take_due(&self.writer, millis(now), millis(now + lease), limit).await;
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
        .execute(&self.writer)
        .await;
        done.map(drop).map_err(|error| self.failed(&error))
    }

    async fn unseen(&self, feed_url: &str, keys: &[String]) -> Result<Vec<String>, StoreError> {
        let seen = seen(&self.readers, feed_url, keys).await.map_err(|error| self.failed(&error))?;
        Ok(keys.iter().filter(|key| !seen.contains(&hash(key).to_vec())).cloned().collect())
    }

    async fn mark_seen(&self, feed_url: &str, key: &str) -> Result<(), StoreError> {
        let done = sqlx::query("INSERT INTO feed_entries (feed_hash, key_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(hash(feed_url).as_slice())
            .bind(hash(key).as_slice())
            .execute(&self.writer)
            .await;
        done.map(drop).map_err(|error| self.failed(&error))
    }

    async fn import_progress(&self, input: &str) -> Result<Option<ImportProgress>, StoreError> {
        let row: Result<Option<ImportRow>, _> = sqlx::query_as("SELECT settled, failed, finished FROM imports WHERE input_hash = $1")
            .bind(hash(input).as_slice())
            .fetch_optional(&self.readers)
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
        .execute(&self.writer)
        .await;
        done.map(drop).map_err(|error| self.failed(&error))
    }
}

async fn take_due(pool: &SqlitePool, now: i64, until: i64, limit: u32) -> Result<Vec<FeedRow>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let taken = take_due_on(&mut connection, now, until, limit).await;
    if taken.is_err() {
        // As in `commit`: the driver may have lost count of its transactions.
        connection.close_on_drop();
    }
    taken
}

async fn take_due_on(connection: &mut SqliteConnection, now: i64, until: i64, limit: u32) -> Result<Vec<FeedRow>, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let urls: Vec<Vec<u8>> = sqlx::query_scalar("SELECT url_hash FROM feeds WHERE next_poll_at <= $1 ORDER BY next_poll_at, url LIMIT $2")
        .bind(now)
        .bind(i64::from(limit))
        .fetch_all(&mut *transaction)
        .await?;
    let mut taken = Vec::with_capacity(urls.len());
    for url in urls {
        let row = sqlx::query_as("UPDATE feeds SET next_poll_at = $2 WHERE url_hash = $1 RETURNING *")
            .bind(url)
            .bind(until)
            .fetch_one(&mut *transaction)
            .await?;
        taken.push(row);
    }
    transaction.commit().await?;
    Ok(taken)
}

async fn seen(pool: &SqlitePool, feed_url: &str, keys: &[String]) -> Result<Vec<Vec<u8>>, sqlx::Error> {
    let mut found = Vec::new();
    // SQLite takes a limited number of parameters a statement.
    for some in keys.chunks(1_000) {
        let mut sql = QueryBuilder::new("SELECT key_hash FROM feed_entries WHERE feed_hash = ");
        sql.push_bind(hash(feed_url).to_vec()).push(" AND key_hash IN ");
        push_list(&mut sql, some.iter().map(|key| hash(key).to_vec()));
        found.extend(sql.build_query_scalar::<Vec<u8>>().fetch_all(pool).await?);
    }
    Ok(found)
}
