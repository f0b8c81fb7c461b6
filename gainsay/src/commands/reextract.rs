//! `gainsay reextract`: articles of the ledger read once more, by this version's extractor.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bus::Bus;
use claims::{ArticleId, ClaimData, Timestamp};
use clap::Args;
use futures::StreamExt;
use ingest::{Handed, ImportObserver, Progress, hand_over};
use runtime::ops::Ops;
use runtime::shutdown;
use store::{ArticleRecord, Ledger, ReadingQuery, Store};
use tokio_util::sync::CancellationToken;

use crate::cli::{Globals, Where};
use crate::embedded::{Embedded, block_on, data_folder, open_existing_store, overrun};
use crate::outcome::{Done, WrongUse, complain};
use crate::output::{self, counted, grouped};
use crate::progress::{Shown, rate};
use crate::settings::{self, Logs, Settings};

/// Articles that are on their way at once.
const IN_FLIGHT: usize = 64;

/// Articles that are asked for at once.
const PAGE: u32 = 10_000;

/// How long the services of a deployment may take to read one article again.
const PATIENCE: Duration = Duration::from_mins(2);

/// The pauses between two looks whether they have grow from the first to the last of these.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

const EXAMPLES: &str = "\
Examples:
  gainsay reextract                              whatever another version of the extractor read
  gainsay reextract --deployed                   the same, by the services of a deployment
  gainsay reextract --publisher 'The Outlet' --from 2026-03-01
  gainsay reextract 0b0f8f5a-6b1c-5d0e-9d55-4f7c1f0a2b11 --all

Each article goes the way that a new one goes; its claims then are those that a fresh import would give, and what this version does \
not find any more is gone. Stopped by Ctrl-C or killed, the same command goes on where it was, but for --all, which begins again. \
Reading anything again changes nothing. With --deployed, start the new services first.";

/// Reads the articles of the ledger again where another version read them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// These articles alone, by their ids
    #[arg(value_name = "ID")]
    ids: Vec<ArticleId>,
    /// Also those that this version has read
    #[arg(long)]
    all: bool,
    /// Those of one publisher
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// Published on this day or later: 2026-03-01
    #[arg(long, value_name = "DATE")]
    from: Option<Timestamp>,
    /// Published on this day or earlier
    #[arg(long, value_name = "DATE")]
    to: Option<Timestamp>,
    #[command(flatten)]
    place: Where,
}

/// What came of them all.
#[derive(Debug, Default)]
struct Summary {
    same: u64,
    changed: u64,
    /// Given to services that leave no trace where they find the same again.
    sent: u64,
    failed: u64,
    seconds: f64,
    stopped: bool,
}

/// What came of one.
enum One {
    Same,
    Changed,
    Sent,
    Failed(String),
    Stopped,
}

/// Reads them again, and says what changed.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let settings = settings::load(globals, Logs::Warnings)?;
    let query = ReadingQuery {
        ids: (!arguments.ids.is_empty()).then(|| arguments.ids.clone()),
        not_by: (!arguments.all).then(|| ::extract::EXTRACTOR.to_owned()),
        publisher: arguments.publisher.clone(),
        from: arguments.from.map(Timestamp::day),
        to: arguments.to.map(Timestamp::day),
    };
    if query.from.zip(query.to).is_some_and(|(from, to)| from > to) {
        return Err(WrongUse("--from is later than --to, so no article is meant".to_owned()).into());
    }
    let shown = Shown::new(globals.quiet);
    let (unknown, summary) = block_on(async {
        if arguments.place.deployed {
            deployed(&settings, arguments, &query, &shown).await
        } else {
            embedded(&data_folder(globals)?, &settings, arguments, &query, &shown).await
        }
    })?;
    for id in &unknown {
        complain(&format!("there is no article {id} in the ledger"));
    }
    print(&summary)?;
    if summary.stopped {
        complain("stopped before the end: the same gainsay reextract goes on from here");
        return Ok(Done::Part);
    }
    let done = summary.same + summary.changed + summary.sent;
    Ok(Done::of(done, summary.failed + unknown.len() as u64))
}

async fn embedded(
    folder: &Path,
    settings: &Settings,
    arguments: &Arguments,
    query: &ReadingQuery,
    shown: &Shown,
) -> anyhow::Result<(Vec<ArticleId>, Summary)> {
    drop(open_existing_store(folder, settings).await?);
    let stop = shutdown::on_signal()?;
    let mut embedded = Embedded::start(folder, settings, &Ops::new()?).await?;
    let again = Again { bus: embedded.bus.clone(), ledger: &*embedded.store.ledger.clone(), awaits: false, stop: stop.clone() };
    let unknown = unknown(again.ledger, &arguments.ids).await?;
    let summary = tokio::select! {
        summary = again.read(query, shown) => summary?,
        error = embedded.broken() => return Err(error),
        () = overrun(stop) => bail!("stopped with work unfinished: the same gainsay reextract goes on from there"),
    };
    shown.clear();
    embedded.stop().await?;
    Ok((unknown, summary))
}

async fn deployed(
    settings: &Settings,
    arguments: &Arguments,
    query: &ReadingQuery,
    shown: &Shown,
) -> anyhow::Result<(Vec<ArticleId>, Summary)> {
    let stop = shutdown::on_signal()?;
    let store = Store::open(&settings.database).await?;
    let bus = Bus::rabbit(&settings.bus, "reextract", &Ops::new()?.registry)?;
    let again = Again { bus: bus.clone(), ledger: &*store.ledger, awaits: true, stop: stop.clone() };
    let unknown = unknown(again.ledger, &arguments.ids).await?;
    let summary = tokio::select! {
        summary = again.read(query, shown) => summary?,
        () = overrun(stop) => bail!("stopped with work unfinished: the same gainsay reextract goes on from there"),
    };
    shown.clear();
    bus.close().await;
    Ok((unknown, summary))
}

/// Those of `ids` that the ledger does not hold.
async fn unknown(ledger: &dyn Ledger, ids: &[ArticleId]) -> anyhow::Result<Vec<ArticleId>> {
    let mut unknown = Vec::new();
    for id in ids {
        if ledger.article(*id).await?.is_none() {
            unknown.push(*id);
        }
    }
    Ok(unknown)
}

/// Where articles are read again.
struct Again<'l> {
    bus: Bus,
    ledger: &'l dyn Ledger,
    /// Whether handing an article over says nothing of its end, so that the ledger has to be asked.
    awaits: bool,
    stop: CancellationToken,
}

impl Again<'_> {
    async fn read(&self, query: &ReadingQuery, shown: &Shown) -> anyhow::Result<Summary> {
        let begun = Instant::now();
        let ids = self.ids(query).await?;
        let total = ids.len() as u64;
        let mut summary = Summary::default();
        let taken = futures::stream::iter(ids).take_while(|_| std::future::ready(!self.stop.is_cancelled()));
        let mut ended = std::pin::pin!(taken.map(|id| self.one(id)).buffer_unordered(IN_FLIGHT));
        let mut records = 0;
        shown.progress(Progress { records, bytes: 0, total_bytes: total });
        while let Some(one) = ended.next().await {
            match one? {
                One::Same => summary.same += 1,
                One::Changed => summary.changed += 1,
                One::Sent => summary.sent += 1,
                One::Failed(why) => {
                    summary.failed += 1;
                    shown.failed(&why);
                }
                One::Stopped => continue,
            }
            records += 1;
            shown.progress(Progress { records, bytes: records, total_bytes: total });
        }
        summary.stopped = records < total;
        summary.seconds = begun.elapsed().as_secs_f64();
        Ok(summary)
    }

    async fn ids(&self, query: &ReadingQuery) -> anyhow::Result<Vec<ArticleId>> {
        let mut ids: Vec<ArticleId> = Vec::new();
        loop {
            let page = self.ledger.readings(query, ids.last().copied(), PAGE).await?;
            if page.is_empty() {
                return Ok(ids);
            }
            ids.extend(page.into_iter().map(|reading| reading.article_id));
        }
    }

    /// Reads one article again.
    async fn one(&self, id: ArticleId) -> anyhow::Result<One> {
        let Some(before) = self.ledger.article(id).await? else {
            return Ok(One::Failed(format!("article {id} is not in the ledger any more")));
        };
        match hand_over(&self.bus, before.article.clone(), &self.stop).await? {
            Handed::Over => {}
            Handed::Refused(why) => return Ok(One::Failed(format!("article {id}: {why}"))),
            Handed::Stopped => return Ok(One::Stopped),
        }
        if self.awaits {
            if before.extractor == ::extract::EXTRACTOR {
                return Ok(One::Sent);
            }
            if !self.came_back(id).await? {
                return Ok(One::Stopped);
            }
        }
        let after = self.ledger.article(id).await?.with_context(|| format!("article {id} is not in the ledger any more"))?;
        Ok(if said(&before) == said(&after) { One::Same } else { One::Changed })
    }

    /// Waits until this version has read the article; false at shutdown.
    async fn came_back(&self, id: ArticleId) -> anyhow::Result<bool> {
        let (begun, mut pause) = (Instant::now(), PAUSES.0);
        let query = ReadingQuery { ids: Some(vec![id]), not_by: Some(::extract::EXTRACTOR.to_owned()), ..ReadingQuery::default() };
        while !self.ledger.readings(&query, None, 1).await?.is_empty() {
            if begun.elapsed() > PATIENCE {
                let (version, seconds) = (::extract::EXTRACTOR, PATIENCE.as_secs());
                bail!(
                    "article {id} was not read by {version} within {seconds} s: do extract and store run, in this version? See gainsay doctor --deployed"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSES.1),
                () = self.stop.cancelled() => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// What a reading says, whoever read it.
fn said(record: &ArticleRecord) -> (Option<claims::SkipReason>, Option<String>, Vec<ClaimData>) {
    let claims = record.claims.iter().map(|claim| ClaimData { extractor: String::new(), ..claim.data.clone() });
    (record.skipped, record.article.language.clone(), claims.collect())
}

fn print(summary: &Summary) -> anyhow::Result<()> {
    let read = summary.same + summary.changed + summary.sent;
    let mut out = output::plain();
    if read + summary.failed == 0 && !summary.stopped {
        writeln!(out, "nothing to read again: {} has read every article that is meant", ::extract::EXTRACTOR)?;
        return Ok(out.flush()?);
    }
    let again = format!("{} read again in {:.1} s ({})", counted(read, "article"), summary.seconds, rate(read, summary.seconds));
    let part = |count: u64, what: &str| (count > 0).then(|| format!("{} {what}", grouped(count)));
    let parts = [
        part(summary.changed, "with other claims"),
        part(summary.same, "with the same"),
        part(summary.sent, "given to the services that had read them already"),
        part(summary.failed, "failed"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    writeln!(out, "{again}: {}", parts.join(", "))?;
    Ok(out.flush()?)
}
