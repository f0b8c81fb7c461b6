//! The ingest service: polls feeds as they become due.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bus::Bus;
use runtime::health::Need;
use runtime::ops::Ops;
use store::{Feed, Store};
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::feeds::{Hosts, Poller};
use crate::fetch::Fetcher;
use crate::metrics::Metrics;

/// How long a poll may take before another ingest takes the feed over, which would do no harm.
const LEASE: time::Duration = time::Duration::minutes(15);
/// How often is looked for feeds that are due.
const TICK: Duration = Duration::from_secs(1);
/// How often feeds are counted for their metrics.
const COUNTING: Duration = Duration::from_secs(10);
/// What is due for longer than this, all ingests are too busy for.
const PATIENCE: time::Duration = time::Duration::MINUTE;

/// Adds the feeds of `config`, then polls those that are due until `shutdown`; what was begun is finished.
pub async fn run(config: Config, bus: Bus, store: Store, ops: Ops, shutdown: CancellationToken) -> anyhow::Result<()> {
    let metrics = Metrics::new(&ops.registry).context("the metrics of ingest cannot be registered")?;
    store.show_connections(&ops.registry).context("the metrics of the database cannot be registered")?;
    let fetcher = Fetcher::new(&config.allow_private)?;
    ops.readiness.follow("bus", bus.state(), shutdown.clone());
    let database = ops.readiness.need("database");
    store::watch(&store, database.clone(), shutdown.clone());
    for feed in &config.feeds {
        let adding = || store.intake.add_feed(feed.as_str(), OffsetDateTime::now_utc());
        while let Err(error) = adding().await {
            anyhow::ensure!(error.is_transient(), "the feed {feed} cannot be added: {error}");
            database.missing(&error.to_string());
            if stopped_within(TICK, &shutdown).await {
                return Ok(());
            }
        }
    }
    tokio::spawn(counting(store.clone(), metrics.clone(), shutdown.clone()));
    let poller = Arc::new(Poller {
        fetcher,
        bus,
        intake: store.intake.clone(),
        metrics,
        hosts: Hosts::new(config.host_pause()),
        interval: config.poll_interval(),
        attempts: std::sync::Mutex::default(),
    });
    let mut polls = JoinSet::new();
    while !stopped_within(TICK, &shutdown).await {
        while polls.try_join_next().is_some() {}
        let free = config.concurrency.get().saturating_sub(u32::try_from(polls.len()).unwrap_or(u32::MAX));
        for feed in due(&store, free, &database).await {
            let (poller, shutdown) = (poller.clone(), shutdown.clone());
            polls.spawn(async move {
                let url = feed.url.clone();
                if let Err(error) = poller.poll(feed, &shutdown).await {
                    tracing::error!(feed = url, %error, "the poll of {url} was not noted, it will be done again: {error}");
                }
            });
        }
    }
    while polls.join_next().await.is_some() {}
    Ok(())
}

/// Counts the feeds now and then, until `shutdown`.
async fn counting(store: Store, metrics: Metrics, shutdown: CancellationToken) {
    loop {
        // A database that is away is told of by whoever looks for feeds that are due.
        if let Ok(counts) = store.intake.feed_counts(OffsetDateTime::now_utc() - PATIENCE).await {
            metrics.feeds(counts);
        }
        if stopped_within(COUNTING, &shutdown).await {
            return;
        }
    }
}

/// Up to `free` feeds that are due; none while the database is away.
async fn due(store: &Store, free: u32, database: &Need) -> Vec<Feed> {
    if free == 0 {
        return Vec::new();
    }
    match store.intake.take_due_feeds(OffsetDateTime::now_utc(), LEASE, free).await {
        Ok(feeds) => {
            database.met();
            feeds
        }
        Err(error) => {
            database.missing(&error.to_string());
            Vec::new()
        }
    }
}

/// Waits for `pause`; true if `shutdown` came meanwhile.
async fn stopped_within(pause: Duration, shutdown: &CancellationToken) -> bool {
    tokio::time::timeout(pause, shutdown.cancelled()).await.is_ok()
}

#[cfg(test)]
mod tests;
