//! `gainsay import`: files, folders, archives and pages into the ledger.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use claims::Timestamp;
use clap::Args;
use ingest::fetch::Fetcher;
use ingest::{ImportSummary, Input, Overrides};
use runtime::ops::Ops;
use runtime::shutdown;

use crate::cli::Globals;
use crate::embedded::{Embedded, block_on, data_folder, overrun};
use crate::outcome::{Done, complain};
use crate::output::{self, counted};
use crate::progress::{Shown, rate};
use crate::settings::{self, Logs, Settings};

const EXAMPLES: &str = "\
Examples:
  gainsay import news.jsonl.gz
  gainsay import pages/ 'https://outlet.example/2024/11/call.html'
  gainsay import notes.txt --published 2024-11-11 --publisher 'The Guardian'
  zcat archive.jsonl.gz | gainsay import - --data /srv/gainsay

Takes plain text, HTML and articles as JSON, one a line or one a file, gzipped or not; folders with all that is below them. \
Stopped by Ctrl-C or killed, the same command goes on where it was. Importing anything again changes nothing. \
May be used while gainsay serve works on the same data folder. What fails is named on standard error, the rest goes on; \
the exit status is then 3.";

/// Brings articles into the ledger
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Files, folders, URLs, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    /// When they were published, where they do not say: 2024-11-11 or 2024-11-11T12:00:00Z
    #[arg(long, value_name = "DATE")]
    published: Option<Timestamp>,
    /// Who published them, where they do not say
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
}

/// Imports, and says at the end what came of it.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let settings = settings::load(globals, Logs::Warnings)?;
    let folder = data_folder(globals)?;
    let shown = Shown::new(globals.quiet);
    let mut unknown = 0;
    let mut inputs = Vec::new();
    for name in &arguments.inputs {
        match Input::parse(name) {
            Ok(input) => inputs.push(input),
            Err(error) => {
                complain(&error.to_string());
                unknown += 1;
            }
        }
    }
    let overrides = Overrides { publisher: arguments.publisher.clone(), published_at: arguments.published };
    let (mut summary, counts) = block_on(import(&folder, &settings, &inputs, &overrides, &shown))?;
    summary.failed += unknown;
    print(&folder, &summary, counts)?;
    if summary.stopped {
        complain("stopped before the end: the same gainsay import goes on from here");
        return Ok(Done::Part);
    }
    Ok(Done::of(summary.added + summary.skipped, summary.failed))
}

async fn import(
    folder: &Path,
    settings: &Settings,
    inputs: &[Input],
    overrides: &Overrides,
    shown: &Shown,
) -> anyhow::Result<(ImportSummary, store::Counts)> {
    let fetcher = Fetcher::new(&settings.ingest.allow_private)?;
    let stop = shutdown::on_signal()?;
    let mut embedded = Embedded::start(folder, settings, &Ops::new()?).await?;
    let (bus, store) = (embedded.bus.clone(), embedded.store.clone());
    let summary = tokio::select! {
        summary = ingest::import(inputs, overrides, &fetcher, &bus, &*store.intake, shown, stop.clone()) => summary?,
        error = embedded.broken() => return Err(error),
        () = overrun(stop) => bail!("stopped with work unfinished: the same gainsay import goes on from the last that was saved"),
    };
    shown.clear();
    embedded.stop().await?;
    let counts = store.ledger.counts().await.context("the ledger cannot be counted")?;
    Ok((summary, counts))
}

fn print(folder: &Path, summary: &ImportSummary, counts: store::Counts) -> anyhow::Result<()> {
    let imported =
        format!("{} imported in {:.1} s ({})", counted(summary.added, "article"), summary.seconds, rate(summary.added, summary.seconds));
    let before = (summary.skipped > 0).then(|| format!("{} done before", output::grouped(summary.skipped)));
    let failed = (summary.failed > 0).then(|| format!("{} failed", output::grouped(summary.failed)));
    let parts: Vec<String> = [Some(imported), before, failed].into_iter().flatten().collect();
    let mut out = output::plain();
    let holds = format!("{} and {}", counted(counts.articles, "article"), counted(counts.claims, "claim"));
    writeln!(out, "{}; the ledger in {} holds {holds}", parts.join(", "), folder.display())?;
    Ok(out.flush()?)
}
