//! `gainsay score`: how well attributions are found, against annotated articles.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::cli::Globals;
use crate::outcome::{Done, complain};
use crate::output::{self, counted};
use crate::score::annotated::{Annotated, Predicted, Predictions, read_annotated, read_predicted};
use crate::score::figures::score;
use crate::score::predict::predict;
use crate::score::{page, table};

const EXAMPLES: &str = "\
Examples:
  gainsay score gold.jsonl.gz                      what this extractor finds
  gainsay score gold.jsonl --errors mistakes.html  and a page of its mistakes
  gainsay score gold.jsonl predicted.jsonl         what somebody else predicted
  gainsay score gold.jsonl --given-spans           act, kind and who where the words are known
  gainsay score gold.jsonl --format json | jq '.linked[\"0.5\"]'

Each line of GOLD is an article: {\"id\": …, \"text\": …, \"attributions\": [{\"source\": [[start, end], …], \"cue\": […], \
\"content\": […], \"quotation\": …, \"act\": …, \"kind\": …, \"who\": …}]}, of which the last four are optional; offsets are Unicode \
code points into the text. Each line of PREDICTED is {\"id\": …, \"attributions\": […]}. Either may be gzipped.

exact: spans, punctuation at their edges aside. characters: letters and digits covered. linked: attributions paired one to one by \
content, which shares at least half (0.5), or four fifths (0.8), of its letters; content+source: the source is the same too, which is half \
of the shorter one shared, or neither has any; all: some of the cue is shared too. By act and by quotation, linked is content+source at 0.5, \
P of those predicted with the label, R of those annotated with it. who: the name has the same words; who, alike: one name's words \
are all in the other, or half are shared.";

/// Scores attributions against annotated articles
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The annotated articles, one a line
    #[arg(value_name = "GOLD")]
    gold: PathBuf,
    /// The predicted attributions, one article a line [default: this extractor's]
    #[arg(value_name = "PREDICTED")]
    predicted: Option<PathBuf>,
    /// Take source, cue and content as annotated: act, kind and who alone are predicted
    #[arg(long, conflicts_with_all = ["predicted", "errors"])]
    given_spans: bool,
    /// How to print [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write a page that shows the mistakes in place
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Write what this extractor predicts, in the form of PREDICTED
    #[arg(long, value_name = "FILE", conflicts_with = "predicted")]
    predictions: Option<PathBuf>,
}

/// How figures are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, in percent.
    Table,
    /// One JSON document, from 0 to 1.
    Json,
}

/// Scores and prints.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let articles = read_annotated(&arguments.gold)?;
    let predictions = match &arguments.predicted {
        Some(file) => read_predicted(file, &articles)?,
        None => predict(&articles, &arguments.gold, arguments.given_spans)?,
    };
    if let Some(file) = arguments.predicted.as_ref().filter(|_| !globals.quiet) {
        mention(file, &predictions);
    }
    let figures = score(&articles, &predictions.of_article);
    if let Some(path) = &arguments.predictions {
        to_file(path, |out| write_predictions(out, &articles, &predictions))?;
    }
    if let Some(path) = &arguments.errors {
        to_file(path, |out| Ok(page::write(out, &figures, &articles, &predictions.of_article)?))?;
    }
    let usual = if io::stdout().is_terminal() { Format::Table } else { Format::Json };
    let mut out = output::plain();
    match arguments.format.unwrap_or(usual) {
        Format::Table => table::write(&mut out, &figures)?,
        Format::Json => output::write_json(&mut out, &figures)?,
    }
    out.flush()?;
    Ok(Done::All)
}

/// Says what had no partner, which may be a mix-up of files.
fn mention(file: &Path, predictions: &Predictions) {
    let Predictions { without, beside, .. } = *predictions;
    let file = file.display();
    if without > 0 {
        complain(&format!("{file}: nothing is predicted for {}", counted(without, "annotated article")));
    }
    if beside > 0 {
        complain(&format!(
            "{file}: {} not annotated and left out",
            if beside == 1 { "1 article is".to_owned() } else { format!("{} are", counted(beside, "article")) }
        ));
    }
}

fn write_predictions(out: &mut impl Write, articles: &[Annotated], predictions: &Predictions) -> anyhow::Result<()> {
    articles.iter().zip(&predictions.of_article).try_for_each(|(article, attributions)| {
        output::write_json_line(out, &Predicted { id: article.id.clone(), attributions: attributions.clone() })
    })
}

/// Writes a file; a failure names it.
fn to_file(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let written = File::create(path).map_err(anyhow::Error::from).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        Ok(out.flush()?)
    });
    written.with_context(|| format!("{} cannot be written", path.display()))
}
