//! `gainsay queue`: what waits, what was set aside, and what is to become of that.

use std::io::Write;

use anyhow::Context;
use bus::{Depth, Queues, Receipt, SetAside};
use clap::{Args, Subcommand};
use owo_colors::Style;
use runtime::ops::Ops;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::cli::{Globals, Where};
use crate::embedded::{Embedded, QUARANTINE, block_on, data_folder, open_existing_store};
use crate::outcome::{Done, WrongUse, complain};
use crate::output::{self, Format, counted, grouped};
use crate::settings::{self, Logs, Settings};
use crate::table::{Paragraph, escaped, write_paragraph, write_row};

const EXAMPLES: &str = "\
Examples:
  gainsay queue --deployed                       how much is in each queue, and how old
  gainsay queue list article.fetched             what was set aside, and why
  gainsay queue show 3f09a1c2b7de                one message, whole
  gainsay queue replay 3f09a1c2b7de              handled once more, as if for the first time
  gainsay queue replay --reason 'disk is full'   all whose reason holds these words
  gainsay queue discard 3f09a1c2b7de --yes       thrown away for good

Without --deployed it works on the quarantine in the data folder; replaying runs the message through extract and store in this \
process. With it, on the broker of the configuration, past any service; what is replayed goes to the services. Looking changes \
nothing. Cut off in the middle, a message is at most handled twice, which changes nothing. `waiting` counts what is ready to be \
handled and not what a service has in its hands. The age of what waits is seen by looking at the head of the queue, which counts \
as one delivery of it: to watch a queue all the time, ask Prometheus.";

/// Shows the queues; lists, shows, replays and discards what was set aside
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    place: Where,
    /// How to print [default: table on a terminal, else json]
    #[arg(long, value_enum, global = true)]
    format: Option<Format>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists what was set aside: what it is about, when and why
    List {
        /// Of one queue alone: article.fetched or article.extracted
        #[arg(value_name = "QUEUE", value_parser = Queues::NAMES)]
        queue: Option<String>,
    },
    /// Shows a message that was set aside, whole
    Show {
        /// As `queue list` shows it
        id: String,
    },
    /// Hands messages to their queues again
    Replay(Which),
    /// Throws messages away for good
    Discard {
        /// As `queue list` shows them
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Without it nothing is thrown away
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// As `queue list` shows them
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// All that was set aside
    #[arg(long)]
    all: bool,
    /// All whose reason holds these words
    #[arg(long, value_name = "WORDS")]
    reason: Option<String>,
}

/// A message with its body.
#[derive(Serialize)]
struct Whole<'m> {
    #[serde(flatten)]
    message: &'m SetAside,
    #[serde(rename = "message")]
    body: Value,
}

/// Does what was asked.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let settings = settings::load(globals, Logs::Warnings)?;
    let format = Format::or_default(arguments.format);
    let deployed = arguments.place.deployed;
    block_on(async {
        match &arguments.action {
            None => {
                let depths = look(globals, &settings, deployed).await?.depths().await?;
                print_all(format, &depths, |out, width| write_depths(out, width, &depths, deployed))?;
                Ok(Done::All)
            }
            Some(Action::List { queue }) => {
                let mut messages = look(globals, &settings, deployed).await?.quarantined().await?;
                messages.retain(|message| queue.as_ref().is_none_or(|queue| message.queue == *queue));
                print_all(format, &messages, |out, width| write_list(out, width, &messages))?;
                Ok(Done::All)
            }
            Some(Action::Show { id }) => {
                let found = look(globals, &settings, deployed).await?.find(id).await?;
                let (message, body) = found.with_context(|| unknown(id))?;
                show(format, &message, &body)?;
                Ok(Done::All)
            }
            Some(Action::Replay(which)) => replay(globals, &settings, deployed, which).await,
            Some(Action::Discard { ids, yes }) => {
                if !yes {
                    let what = counted(ids.len() as u64, "message");
                    return Err(WrongUse(format!("this would throw {what} away for good: say --yes if that is meant")).into());
                }
                let gone = look(globals, &settings, deployed).await?.discard(|message| ids.contains(&message.id)).await?;
                say(&format!("{} thrown away", counted(gone.len() as u64, "message")))?;
                Ok(Done::of(gone.len() as u64, missing(ids, gone.iter())))
            }
        }
    })
}

/// The queues, to be looked at.
async fn look(globals: &Globals, settings: &Settings, deployed: bool) -> anyhow::Result<Queues> {
    if deployed {
        return Ok(Queues::on_broker(&settings.bus).await?);
    }
    Ok(Queues::in_folder(&data_folder(globals)?.join(QUARANTINE), None))
}

async fn replay(globals: &Globals, settings: &Settings, deployed: bool, which: &Which) -> anyhow::Result<Done> {
    let chosen = |message: &SetAside| {
        which.all || which.ids.contains(&message.id) || which.reason.as_ref().is_some_and(|words| message.notice.why.contains(words))
    };
    let replayed = if deployed {
        Queues::on_broker(&settings.bus).await?.replay(chosen).await?
    } else {
        let folder = data_folder(globals)?;
        // A folder that holds no ledger has no quarantine, and none is to be made.
        drop(open_existing_store(&folder, settings).await?);
        let mut embedded = Embedded::start(&folder, settings, &Ops::new()?).await?;
        let queues = Queues::in_folder(&folder.join(QUARANTINE), Some(embedded.bus.clone()));
        let replayed = tokio::select! {
            replayed = queues.replay(chosen) => replayed?,
            error = embedded.broken() => return Err(error),
        };
        embedded.stop().await?;
        replayed
    };
    let (mut done, mut failed) = (0, 0);
    for one in &replayed {
        let (id, subject) = (&one.message.id, &one.message.notice.subject);
        match &one.outcome {
            Ok(Receipt::Quarantined(why)) => complain(&format!("{id}, article {subject}, was set aside again: {why}")),
            Ok(Receipt::Queued | Receipt::Handled) => {
                done += 1;
                continue;
            }
            Err(why) => complain(&format!("{id}, article {subject}, stays where it is: {why}")),
        }
        failed += 1;
    }
    failed += missing(&which.ids, replayed.iter().map(|one| &one.message));
    let what = if deployed { "given to the services" } else { "handled" };
    say(&format!("{} {what}", counted(done, "message")))?;
    Ok(Done::of(done, failed))
}

/// Names those of `ids` that are not among what was found; how many they are.
fn missing<'m>(ids: &[String], found: impl Iterator<Item = &'m SetAside>) -> u64 {
    let found: Vec<&SetAside> = found.collect();
    let missing = ids.iter().filter(|id| found.iter().all(|message| message.id != **id));
    missing.inspect(|id| complain(&unknown(id))).count() as u64
}

fn unknown(id: &str) -> String {
    format!("no message {id} is set aside here: gainsay queue list shows what is")
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = output::plain();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Prints `rows` as JSON, or by `table`.
fn print_all<T: Serialize>(
    format: Format,
    rows: &[T],
    table: impl FnOnce(&mut dyn Write, usize) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut out = output::plain();
    match format {
        Format::Table => {
            let mut out = output::styled();
            table(&mut out, output::width())?;
            return Ok(out.flush()?);
        }
        Format::Json => output::write_json(&mut out, &rows)?,
        Format::Jsonl => rows.iter().try_for_each(|row| output::write_json_line(&mut out, row))?,
    }
    Ok(out.flush()?)
}

const HEAD: [&str; 7] = ["queue", "waiting", "delayed", "set aside", "consumers", "oldest", "oldest set aside"];

fn write_depths(mut out: &mut dyn Write, width: usize, depths: &[Depth], deployed: bool) -> anyhow::Result<()> {
    let count = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), grouped);
    let age = |moment: Option<OffsetDateTime>| moment.map_or_else(|| "–".to_owned(), age);
    let row = |depth: &Depth| {
        let Depth { queue, waiting, delayed, quarantined, consumers, oldest_taken_in, oldest_set_aside } = depth;
        let set_aside = grouped(*quarantined);
        [queue.clone(), count(*waiting), count(*delayed), set_aside, count(*consumers), age(*oldest_taken_in), age(*oldest_set_aside)]
    };
    let widths = [17, 7, 7, 9, 9, 8, 9];
    let cells = |row: &[String], style: Style| row.iter().map(|cell| vec![Paragraph::new(cell, style)]).collect::<Vec<_>>();
    write_row(&mut out, &widths, &cells(&HEAD.map(str::to_owned), Style::new().dimmed()))?;
    for depth in depths {
        let style = if depth.quarantined > 0 { Style::new().yellow() } else { Style::new() };
        write_row(&mut out, &widths, &cells(&row(depth), style))?;
    }
    if !deployed {
        writeln!(out)?;
        let where_they_are = "What waits is in the memory of the process that works on this folder; --deployed shows the broker's queues.";
        write_paragraph(&mut out, width, where_they_are, Style::new().dimmed())?;
    }
    Ok(())
}

fn write_list(mut out: &mut dyn Write, width: usize, messages: &[SetAside]) -> anyhow::Result<()> {
    let dim = Style::new().dimmed();
    write_paragraph(&mut out, width, &format!("{} set aside", counted(messages.len() as u64, "message")), dim)?;
    for message in messages {
        writeln!(out)?;
        let notice = &message.notice;
        let about = vec![
            Paragraph::new(&format!("{} about article {}", notice.r#type, notice.subject), Style::new()),
            Paragraph::new(&facts(message), dim),
            Paragraph::new(&notice.why, Style::new().yellow()),
        ];
        write_row(&mut out, &[12, width.saturating_sub(14)], &[vec![Paragraph::new(&message.id, Style::new().bold())], about])?;
    }
    Ok(())
}

/// "article.fetched · 26 November 2026, 00:12 UTC · 5 attempts · by extract".
fn facts(message: &SetAside) -> String {
    let notice = &message.notice;
    let when = message.moment().map_or_else(|| "no moment noted".to_owned(), |at| output::readable(claims::Timestamp::Moment(at)));
    let who = if notice.who.is_empty() { "nobody noted by whom".to_owned() } else { format!("by {}", notice.who) };
    [message.queue.clone(), when, counted(notice.attempts.into(), "attempt"), who].join(" · ")
}

fn show(format: Format, message: &SetAside, body: &[u8]) -> anyhow::Result<()> {
    let value = serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    let whole = Whole { message, body: value };
    match format {
        Format::Table => {
            let mut out = output::styled();
            let width = output::width();
            write_list(&mut out, width, std::slice::from_ref(message))?;
            writeln!(out)?;
            for line in serde_json::to_string_pretty(&whole.body)?.lines() {
                writeln!(out, "{}", escaped(line))?;
            }
            Ok(out.flush()?)
        }
        Format::Json => {
            let mut out = output::plain();
            output::write_json(&mut out, &whole)?;
            Ok(out.flush()?)
        }
        Format::Jsonl => {
            let mut out = output::plain();
            output::write_json_line(&mut out, &whole)?;
            Ok(out.flush()?)
        }
    }
}

/// "40 s", "12 min", "3 h", "5 days".
fn age(since: OffsetDateTime) -> String {
    // Clocks of two machines may differ.
    let seconds = (OffsetDateTime::now_utc() - since).whole_seconds().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
