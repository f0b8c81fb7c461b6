//! `gainsay search`: articles and claims of the ledger that hold some words.

use std::io::Write;

use claims::Timestamp;
use clap::Args;
use owo_colors::Style;
use serde::Serialize;
use store::{ArticleQuery, ArticleSummary, ClaimQuery, ClaimRecord, SearchText};

use crate::claim_table;
use crate::cli::Globals;
use crate::embedded::{block_on, data_folder, open_existing_store};
use crate::outcome::{Done, WrongUse};
use crate::output::{self, Format, counted, readable};
use crate::settings::{self, Logs};
use crate::table::write_paragraph;

const EXAMPLES: &str = "\
Examples:
  gainsay search Khashoggi
  gainsay search '\"no such call\" Kremlin'        the phrase, and the word
  gainsay search valve --format jsonl | jq 'select(.claim.stance == \"deny\").claim.source.name'

An article is found by title and text, a claim by its content. All words must occur.
As JSON: {\"articles\": […], \"claims\": […]}; as JSONL one {\"article\": {…}} or {\"claim\": {…}} a line.";

/// Finds articles and claims in the ledger
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Words that must all occur; "words in quotation marks" as a phrase
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// How to print [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// At most this many articles, and this many claims
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(store::MAX_PAGE)))]
    limit: u32,
}

/// What was found.
#[derive(Serialize)]
struct Found {
    articles: Vec<ArticleSummary>,
    claims: Vec<ClaimRecord>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Row<'r> {
    Article(&'r ArticleSummary),
    Claim(&'r ClaimRecord),
}

/// Searches and prints.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let words = arguments.query.join(" ");
    let Some(text) = SearchText::parse(&words) else {
        return Err(WrongUse(format!("{words:?} holds no word to search for")).into());
    };
    let settings = settings::load(globals, Logs::Warnings)?;
    let folder = data_folder(globals)?;
    let limit = arguments.limit;
    let (articles, claims) = block_on(async {
        let ledger = open_existing_store(&folder, &settings).await?.ledger;
        let articles = ledger.articles(&ArticleQuery { text: Some(text.clone()), limit, ..ArticleQuery::default() }).await?;
        let claims = ledger.claims(&ClaimQuery { text: Some(text), limit, ..ClaimQuery::default() }).await?;
        Ok((articles, claims))
    })?;
    let more = articles.next.is_some() || claims.next.is_some();
    let found = Found { articles: articles.items, claims: claims.items };
    match Format::or_default(arguments.format) {
        Format::Table => write_table(&mut output::styled(), output::width(), &words, &found, more)?,
        Format::Json => {
            let mut out = output::plain();
            output::write_json(&mut out, &found)?;
            out.flush()?;
        }
        Format::Jsonl => {
            let mut out = output::plain();
            let articles = found.articles.iter().map(Row::Article);
            for row in articles.chain(found.claims.iter().map(Row::Claim)) {
                output::write_json_line(&mut out, &row)?;
            }
            out.flush()?;
        }
    }
    Ok(Done::All)
}

fn write_table(out: &mut impl Write, width: usize, words: &str, found: &Found, more: bool) -> anyhow::Result<()> {
    let dim = Style::new().dimmed();
    let count = |number: usize, thing| counted(u64::try_from(number).unwrap_or(u64::MAX), thing);
    let first = if more { "The newest " } else { "" };
    let head = format!("{first}{} and {} that hold {words}", count(found.articles.len(), "article"), count(found.claims.len(), "claim"));
    write_paragraph(out, width, &head, dim)?;
    for article in &found.articles {
        writeln!(out)?;
        write_paragraph(out, width, article.title.as_deref().unwrap_or("(no title)"), Style::new().bold())?;
        let claims = match article.skipped {
            Some(_) => "not read: another language".to_owned(),
            None => counted(article.stances.total(), "claim"),
        };
        write_paragraph(out, width, &[where_from(article.publisher.as_deref(), article.published_at), claims].join(" · "), dim)?;
        write_paragraph(out, width, &article.excerpt, Style::new())?;
    }
    let widths = claim_table::column_widths(width);
    if !found.claims.is_empty() {
        writeln!(out)?;
        claim_table::write_head(out, &widths)?;
    }
    for claim in &found.claims {
        let from = where_from(claim.publisher.as_deref(), claim.published_at);
        let title = claim.title.as_deref().unwrap_or("(no title)");
        claim_table::write_claim(out, &widths, &claim.data, Some(&format!("{from}: {title}")))?;
    }
    if more {
        writeln!(out)?;
        write_paragraph(out, width, "There is more: raise --limit, or search for more words.", dim)?;
    }
    Ok(out.flush()?)
}

/// "The Port Sorrel Courier, 5 March 2026".
fn where_from(publisher: Option<&str>, published_at: Option<Timestamp>) -> String {
    let day = published_at.map(|at| readable(Timestamp::Day(at.day())));
    let known: Vec<String> = publisher.map(str::to_owned).into_iter().chain(day).collect();
    if known.is_empty() { "publisher and day unknown".to_owned() } else { known.join(", ") }
}
