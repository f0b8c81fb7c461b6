//! The benchmarks: each figure beside a baseline that is measured in the same run, as rows for `benches/REPORT.md`.
//!
//! `cargo run --release -p benches` takes some minutes. Machines differ and vary: compare ratios, not figures. With `onnx PYTHON` it
//! compares the encoder with ONNX Runtime instead.

mod committing;
mod corpus;
mod network;
mod onnx;
mod pipeline;
mod reading;
mod report;
mod starting;

use report::Row;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let articles = corpus::articles()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => all(&articles).await,
        ["onnx", python] => onnx::compare(&articles, python),
        [starting::WORKER] => starting::worker(&articles),
        _ => anyhow::bail!("takes nothing, or onnx PYTHON"),
    }
}

async fn all(articles: &[claims::Article]) -> anyhow::Result<()> {
    report::head(articles);
    report::row(&reading::analyse(articles));
    network::reading(articles)?.iter().for_each(report::row);
    report::row(&committing::batches(articles).await?);
    report::row(&pipeline::embedded(articles).await?);
    starting::first_result()?;
    Ok(())
}
