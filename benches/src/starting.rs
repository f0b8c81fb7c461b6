//! What a worker takes from its start to its first claims, and how much memory at the most: this program, started once more as one.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use claims::Article;

use crate::report::ROUNDS;

/// The argument that makes this program a worker.
pub(crate) const WORKER: &str = "worker";

/// So many articles a worker reads.
const ARTICLES: usize = 36;

/// Starts workers, and prints the fastest's first result and the most memory that one had.
#[allow(clippy::print_stdout, reason = "the report is the result")]
pub(crate) fn first_result() -> anyhow::Result<()> {
    let (mut first, mut peak) = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut worker = Command::new(std::env::current_exe()?).arg(WORKER).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(worker.stdout.take().context("a worker without output")?).lines();
        lines.next().context("a worker ended before its first result")??;
        first = first.min(begun.elapsed());
        peak = peak.max(lines.next().context("a worker ended before its last result")??.parse::<u64>()?);
        worker.wait()?;
    }
    println!("\nFrom start to first claims: {} ms. The most memory of a worker: {} MB.", first.as_millis(), peak / 1000);
    Ok(())
}

/// Reads articles, and says when the first is done and how many kB of memory it had at the most.
#[allow(clippy::print_stdout, reason = "whoever started it reads that")]
pub(crate) fn worker(articles: &[Article]) -> anyhow::Result<()> {
    for (number, article) in articles.iter().take(ARTICLES).enumerate() {
        let analysis = extract::analyse(article);
        if number == 0 {
            println!("{analysis:?}");
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").context("only Linux tells how much memory a process had")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak in /proc/self/status")?;
    println!("{}", peak.trim().trim_end_matches(" kB"));
    Ok(())
}
