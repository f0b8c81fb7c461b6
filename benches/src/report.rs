//! A table in Markdown: what was measured, how fast, the baseline, and how many times the baseline it is.

use std::time::Duration;

use claims::Article;

use crate::corpus;

/// One benchmark's result. Both figures are articles (or whatever the table's head says) a second.
#[derive(Debug)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: &'static str,
    /// Its articles a second.
    pub(crate) rate: f64,
    /// What it is measured against.
    pub(crate) baseline: &'static str,
    /// The baseline's articles a second.
    pub(crate) baseline_rate: f64,
}

/// How many times each side of a comparison is run; the fastest counts, as it is disturbed least.
pub(crate) const ROUNDS: usize = 5;

/// Articles a second.
pub(crate) fn rate(articles: usize, took: Duration) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "some hundred articles")]
    let articles = articles as f64;
    articles / took.as_secs_f64()
}

/// Prints what the table is about, and its head.
#[allow(clippy::print_stdout, reason = "the report is the result")]
pub(crate) fn head(articles: &[Article]) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("{} articles, {} kB of text, {cores} cores\n", articles.len(), corpus::bytes(articles) / 1000);
    println!("| what | articles/s | baseline | articles/s | ratio |\n|---|---|---|---|---|");
}

/// Prints a row.
#[allow(clippy::print_stdout, reason = "the report is the result")]
pub(crate) fn row(row: &Row) {
    let Row { what, rate, baseline, baseline_rate } = row;
    println!("| {what} | {rate:.0} | {baseline} | {baseline_rate:.0} | {:.3} |", rate / baseline_rate);
}
