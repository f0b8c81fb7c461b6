//! Questions that PostgreSQL and SQLite are asked in the same words.

/// The migrations that were applied, as [`crate::Condition::compare`] takes them.
pub(crate) const APPLIED: &str = "SELECT version, checksum, success FROM _sqlx_migrations ORDER BY version";

/// Articles by extractor.
pub(crate) const EXTRACTORS: &str = "SELECT extractor, count(*) FROM articles GROUP BY extractor ORDER BY extractor";

/// How many feeds are polled.
pub(crate) const FEEDS: &str = "SELECT count(*) FROM feeds";

/// A [`crate::FailingFeed`] a row.
pub(crate) const FAILING: &str = "SELECT url, failures, coalesce(last_error, '') AS why FROM feeds WHERE failures > 0 ORDER BY url";

/// A [`crate::measure::ClaimTally`] a row.
pub(crate) const CLAIM_TALLIES: &str = "SELECT act, stance, count(*) AS claims FROM claims GROUP BY act, stance ORDER BY act, stance";

/// A [`crate::measure::SourceTally`] a row.
pub(crate) const SOURCE_TALLIES: &str = "
    SELECT source_kind AS kind, count(DISTINCT source_id) AS sources FROM claims WHERE source_id IS NOT NULL
    GROUP BY source_kind ORDER BY source_kind";

/// A [`crate::feeds::FeedCountsRow`] at the moment `$1`.
pub(crate) const FEED_COUNTS: &str = "
    SELECT count(*) AS known, count(*) FILTER (WHERE failures > 0) AS failing, count(*) FILTER (WHERE next_poll_at <= $1) AS due
    FROM feeds";
