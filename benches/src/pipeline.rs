//! What the whole embedded pipeline costs beside the reading itself: bus, extract and store in one process against `analyse` on all cores.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use bus::{ArticleFetchedV1, Bus, InProcess};
use claims::Article;
use futures::{StreamExt, TryStreamExt};
use runtime::ops::Ops;
use store::{DatabaseConfig, Store};
use tokio_util::sync::CancellationToken;

use crate::Row;
use crate::report::rate;

/// Articles on their way at once, as an import has them.
const IN_FLIGHT: usize = 64;

/// From an article to its claims in the ledger.
pub(crate) async fn embedded(articles: &[Article]) -> anyhow::Result<Row> {
    let reading = tokio::task::block_in_place(|| read_on_all_cores(articles));
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("ledger.sqlite").display());
    let store = Store::open(&DatabaseConfig { url, connections: 2.try_into()? }).await?;
    let ops = Ops::new()?;
    let limits = InProcess { capacity: IN_FLIGHT, retry_delay: Duration::from_secs(1), attempts: 3, quarantine: None };
    let bus = Bus::in_process(limits, &ops.registry)?;
    let shutdown = CancellationToken::new();
    let extracting = tokio::spawn(extract::run(extract::Config { workers: 0 }, bus.clone(), ops.clone(), shutdown.clone()));
    let storing = tokio::spawn(store::run(
        store::Config { workers: 1.try_into()?, batch: 32.try_into()? },
        bus.clone(),
        store,
        ops,
        shutdown.clone(),
    ));

    let begun = Instant::now();
    futures::stream::iter(articles)
        .map(|article| {
            let bus = bus.clone();
            async move { bus.publish(&ArticleFetchedV1 { article: article.clone() }).await }
        })
        .buffer_unordered(IN_FLIGHT)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    let through = begun.elapsed();
    shutdown.cancel();
    extracting.await.context("extract ended")??;
    storing.await.context("store ended")??;
    Ok(Row {
        what: "embedded pipeline, all cores",
        rate: rate(articles.len(), through),
        baseline: "`extract::analyse` alone, all cores",
        baseline_rate: rate(articles.len(), reading),
    })
}

fn read_on_all_cores(articles: &[Article]) -> Duration {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for share in articles.chunks(articles.len().div_ceil(cores)) {
            scope.spawn(move || share.iter().for_each(|article| drop(extract::analyse(article))));
        }
    });
    begun.elapsed()
}
