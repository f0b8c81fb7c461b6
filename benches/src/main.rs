//! The benchmarks: each figure beside a baseline that is measured in the same run, as rows for `benches/REPORT.md`.
//!
//! `cargo run --release -p benches` takes about a minute. Machines differ and vary: compare ratios, not figures.

mod committing;
mod corpus;
mod network;
mod pipeline;
mod reading;
mod report;

use report::Row;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let articles = corpus::articles()?;
    report::head(&articles);
    report::row(&reading::analyse(&articles));
    network::reading(&articles)?.iter().for_each(report::row);
    report::row(&committing::batches(&articles).await?);
    report::row(&pipeline::embedded(&articles).await?);
    Ok(())
}
