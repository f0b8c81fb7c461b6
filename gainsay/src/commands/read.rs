//! `gainsay read`: the claims of one article.

use std::io::{self, IsTerminal, Write};

use ::extract::{Step, analyse, explain};
use anyhow::{Context, bail};
use claims::{Article, Claim, Extraction, SkipReason, Timestamp};
use clap::{Args, ValueEnum};
use ingest::fetch::Fetcher;
use ingest::records::Records;
use ingest::{Input, Overrides, Source};
use serde::Serialize;

use crate::cli::Globals;
use crate::embedded::block_on;
use crate::outcome::Done;
use crate::settings::{self, Logs, Settings};
use crate::{article_page, claim_table, output};

const EXAMPLES: &str = "\
Examples:
  gainsay read https://outlet.example/2024/11/call.html
  gainsay read call.txt --explain
  gainsay read call.txt --published 2024-11-11 --publisher 'The Guardian'
  gainsay read call.html --format html > claims.html
  pbpaste | gainsay read - --format jsonl | jq 'select(.stance == \"deny\")'

Reads plain text, HTML, or an article as JSON; what it is, is told by its content. As JSON: \
{\"article\": {…}, \"claims\": […]}, with \"skipped\": \"language\" where the article is not in English; \
as JSONL one claim a line.";

/// Prints the claims of one article
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A file, a URL, or - for standard input
    #[arg(value_name = "FILE|URL|-")]
    input: String,
    /// When it was published, where it does not say: 2024-11-11 or 2024-11-11T12:00:00Z
    #[arg(long, value_name = "DATE")]
    published: Option<Timestamp>,
    /// Who published it, where it does not say
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// How to print [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Tell for each claim what each stage decided and why; as a table or JSON
    #[arg(long)]
    explain: bool,
}

/// How claims are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One JSON document: the article and its claims.
    Json,
    /// One claim a line.
    Jsonl,
    /// A page with the claims highlighted in place.
    Html,
}

/// An article with its claims.
#[derive(Serialize)]
struct Read<'r> {
    article: &'r Article,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<SkipReason>,
    claims: &'r [Claim],
    /// The steps to each claim, in the same order.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<&'r [Vec<Step>]>,
}

/// Reads and prints.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let settings = settings::load(globals, Logs::Warnings)?;
    let article = only(open(arguments, &settings)?)?;
    let usual = if io::stdout().is_terminal() { Format::Table } else { Format::Json };
    let format = arguments.format.unwrap_or(usual);
    if arguments.explain && !matches!(format, Format::Table | Format::Json) {
        bail!("--explain prints a table or JSON: leave --format out, or give it table or json");
    }
    let extraction = analyse(&article).into_extraction(article);
    let steps = arguments.explain.then(|| steps(&extraction));
    print(format, &extraction, steps.as_deref())?;
    Ok(Done::All)
}

/// The steps to each claim; to none where the article was not read.
fn steps(extraction: &Extraction) -> Vec<Vec<Step>> {
    match extraction.skipped() {
        Some(_) => Vec::new(),
        None => explain(&extraction.article).into_iter().map(|(_, steps)| steps).collect(),
    }
}

fn print(format: Format, extraction: &Extraction, steps: Option<&[Vec<Step>]>) -> anyhow::Result<()> {
    if format == Format::Table {
        let mut out = output::styled();
        claim_table::write(&mut out, output::width(), extraction, steps.unwrap_or_default())?;
        return Ok(out.flush()?);
    }
    let mut out = output::plain();
    let claims = extraction.claims();
    match format {
        Format::Table | Format::Json => {
            output::write_json(&mut out, &Read { article: &extraction.article, skipped: extraction.skipped(), claims, steps })?;
        }
        Format::Jsonl => claims.iter().try_for_each(|claim| output::write_json_line(&mut out, claim))?,
        Format::Html => article_page::write(&mut out, extraction)?,
    }
    Ok(out.flush()?)
}

fn open(arguments: &Arguments, settings: &Settings) -> anyhow::Result<Records> {
    let source = match Input::parse(&arguments.input)? {
        Input::Stdin => Source::Stdin,
        Input::Url(url) => Source::Url(url),
        Input::File(path) => Source::File(path),
        Input::Directory(path) => {
            bail!("{} is a folder: read takes one article, gainsay import all that are in a folder", path.display())
        }
    };
    let overrides = Overrides { publisher: arguments.publisher.clone(), published_at: arguments.published };
    let fetcher = Fetcher::new(&settings.ingest.allow_private)?;
    block_on(async { Ok(source.open(&overrides, &fetcher).await?) })
}

/// The one article of `records`.
fn only(mut records: Records) -> anyhow::Result<Article> {
    let name = records.name().to_owned();
    let article = records.next().with_context(|| format!("{name} holds no article"))??;
    if records.skip_one() {
        bail!("{name} holds more than one article: read takes one; for many, gainsay import, or gainsay extract < FILE");
    }
    Ok(article)
}
