//! What batching is worth to the store: 32 articles a transaction against one, on SQLite.

use std::time::{Duration, Instant};

use claims::{Article, Extraction};
use store::{DatabaseConfig, Store};

use crate::Row;
use crate::report::rate;

/// Two rounds, as a commit waits for the disk.
const ROUNDS: usize = 2;

/// Articles with their claims and full-text index.
pub(crate) async fn batches(articles: &[Article]) -> anyhow::Result<Row> {
    let read: Vec<Extraction> = articles.iter().map(|article| extract::analyse(article).into_extraction(article.clone())).collect();
    let (mut batched, mut single) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        single = single.min(time(&read, 1).await?);
        batched = batched.min(time(&read, 32).await?);
    }
    Ok(Row {
        what: "commits to SQLite, 32 articles a transaction",
        rate: rate(articles.len(), batched),
        baseline: "1 article a transaction",
        baseline_rate: rate(articles.len(), single),
    })
}

async fn time(read: &[Extraction], batch: usize) -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("ledger.sqlite").display());
    let store = Store::open(&DatabaseConfig { url, connections: 2.try_into()? }).await?;
    let begun = Instant::now();
    for batch in read.chunks(batch) {
        store.ledger.commit(batch).await?;
    }
    Ok(begun.elapsed())
}
