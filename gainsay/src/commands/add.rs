//! `gainsay add`: feeds to be polled.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;
use ingest::Input;
use ingest::feeds::feed_urls;
use time::OffsetDateTime;

use crate::cli::Globals;
use crate::embedded::{block_on, data_folder, open_store};
use crate::outcome::{Done, complain};
use crate::output::{self, counted};
use crate::settings::{self, Logs};

/// Lists of feeds are far smaller.
const MAX_OPML_BYTES: u64 = 15 * 1024 * 1024;

const EXAMPLES: &str = "\
Examples:
  gainsay add https://outlet.example/feed.xml
  gainsay add subscriptions.opml --data /srv/gainsay

Feeds are RSS, Atom or JSON Feed; gainsay serve polls them, also where it is running already. \
A feed that is there stays as it is. An input that is neither an address nor an OPML file is named on standard error, \
the rest is added; the exit status is then 3.";

/// Adds feeds, which gainsay serve polls
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Addresses of feeds, or OPML files
    #[arg(required = true, value_name = "FEED")]
    feeds: Vec<String>,
}

/// Adds them.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let settings = settings::load(globals, Logs::Warnings)?;
    let folder = data_folder(globals)?;
    let (mut urls, mut failed) = (Vec::new(), 0);
    for name in &arguments.feeds {
        match feeds_of(name) {
            Ok(found) => urls.extend(found),
            Err(error) => {
                complain(&format!("{error:#}"));
                failed += 1;
            }
        }
    }
    if urls.is_empty() {
        return Ok(Done::Nothing);
    }
    let (mut added, mut known) = (0, 0);
    block_on(async {
        let store = open_store(&folder, &settings).await?;
        for url in &urls {
            let new = store.intake.add_feed(url, OffsetDateTime::now_utc()).await?;
            *(if new { &mut added } else { &mut known }) += 1;
        }
        Ok(())
    })?;
    let known_words = if known > 0 { format!(", {known} known already") } else { String::new() };
    let mut out = output::plain();
    writeln!(out, "{} added{known_words}; gainsay serve polls them", counted(added, "feed"))?;
    out.flush()?;
    Ok(Done::of(added + known, failed))
}

/// The addresses that one argument stands for.
fn feeds_of(name: &str) -> anyhow::Result<Vec<String>> {
    match Input::parse(name)? {
        Input::Url(url) => Ok(vec![url.into()]),
        Input::File(path) => opml(&path).with_context(|| path.display().to_string()),
        Input::Stdin | Input::Directory(_) => bail!("{name} is neither the address of a feed nor an OPML file"),
    }
}

fn opml(path: &Path) -> anyhow::Result<Vec<String>> {
    if std::fs::metadata(path)?.len() > MAX_OPML_BYTES {
        bail!("it is larger than {} MiB, more than any list has", MAX_OPML_BYTES / 1024 / 1024);
    }
    let list = String::from_utf8(std::fs::read(path)?).context("it is not text in UTF-8")?;
    Ok(feed_urls(&list)?.into_iter().map(String::from).collect())
}
