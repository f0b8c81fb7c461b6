//! The book of what was taken in: feeds and when to ask them again, entries already seen, how far imports got.

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use crate::StoreError;

/// A feed that is polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its address.
    pub url: String,
    /// Its title, once it has been read.
    pub title: Option<String>,
    /// `ETag` of the last full answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last full answer.
    pub last_modified: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// Why the last poll failed, if it did.
    pub last_error: Option<String>,
    /// When it is due.
    pub next_poll_at: OffsetDateTime,
}

/// How many feeds there are, and how they fare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedCounts {
    /// All.
    pub known: u64,
    /// Of these, those whose last poll failed.
    pub failing: u64,
    /// Of all, those that are due and that nobody has taken yet.
    pub due: u64,
}

/// What one poll of a feed found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPoll {
    /// The feed, with its title, validators, failures and next poll as they now are.
    pub feed: Feed,
    /// When it was asked.
    pub polled_at: OffsetDateTime,
}

/// How far an import got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Records from the start of the input that are settled: in the ledger, or failed and named to the user.
    pub settled: u64,
    /// Of these, how many failed.
    pub failed: u64,
    /// Whether the input was read to its end.
    pub finished: bool,
}

/// What has been taken in, on whichever database.
#[async_trait]
pub trait Intake: Send + Sync + std::fmt::Debug {
    /// Adds a feed, due at `now`; false if it was there already.
    async fn add_feed(&self, url: &str, now: OffsetDateTime) -> Result<bool, StoreError>;

    /// All feeds by url.
    async fn feeds(&self) -> Result<Vec<Feed>, StoreError>;

    /// How many feeds there are at `now`.
    async fn feed_counts(&self, now: OffsetDateTime) -> Result<FeedCounts, StoreError>;

    /// Takes up to `limit` feeds due at `now`, the longest due first, and puts each off by `lease`, so that no other ingest polls it meanwhile.
    async fn take_due_feeds(&self, now: OffsetDateTime, lease: Duration, limit: u32) -> Result<Vec<Feed>, StoreError>;

    /// Records what a poll found.
    async fn record_poll(&self, poll: &FeedPoll) -> Result<(), StoreError>;

    /// Those of `keys` that have not been seen in the feed, in their order.
    async fn unseen(&self, feed_url: &str, keys: &[String]) -> Result<Vec<String>, StoreError>;

    /// Marks an entry as seen: its article has been answered for.
    async fn mark_seen(&self, feed_url: &str, key: &str) -> Result<(), StoreError>;

    /// How far the import called `input` got, if it was begun.
    async fn import_progress(&self, input: &str) -> Result<Option<ImportProgress>, StoreError>;

    /// Records how far the import called `input` got.
    async fn save_import_progress(&self, input: &str, progress: ImportProgress) -> Result<(), StoreError>;
}
