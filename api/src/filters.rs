//! Questions to the ledger as addresses spell them; API and pages share them.

use claims::{Act, Stance};
use store::{ArticleQuery, ClaimQuery, Cursor, MAX_PAGE, SearchText, SourceQuery};
use time::Date;
use time::macros::format_description;
use utoipa::IntoParams;

use crate::Problem;
use crate::parameters::Parameters;

/// Where and when the article was published.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Published {
    /// The publisher, letter case aside.
    #[param(example = "The Guardian")]
    publisher: Option<String>,
    /// Published on this day (UTC) or later.
    #[param(example = "2024-11-11")]
    from: Option<Date>,
    /// Published on this day (UTC) or earlier.
    #[param(example = "2024-11-30")]
    to: Option<Date>,
}

/// Which page of the list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paged {
    /// Rows a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Which articles; `rows` a page where the caller does not say.
pub(crate) fn articles(parameters: &mut Parameters, rows: u32) -> Result<ArticleQuery, Problem> {
    let text = words(parameters)?;
    let Published { publisher, from, to } = published(parameters)?;
    let (limit, cursor) = page(parameters, rows)?;
    parameters.refuse_others()?;
    Ok(ArticleQuery { text, publisher, from, to, limit, cursor })
}

/// Which claims; `rows` a page where the caller does not say.
pub(crate) fn claims(parameters: &mut Parameters, rows: u32) -> Result<ClaimQuery, Problem> {
    let text = words(parameters)?;
    let source = parameters.text("source")?;
    let source_id = parameters.value("source_id", "the id of a source, such as /v1/sources lists")?;
    let article_id = parameters.value("article_id", "the id of an article, such as /v1/articles lists")?;
    let act = parameters.value("act", &one_of(Act::ALL))?;
    let stance = parameters.value("stance", &one_of(Stance::ALL))?;
    let Published { publisher, from, to } = published(parameters)?;
    let (limit, cursor) = page(parameters, rows)?;
    parameters.refuse_others()?;
    Ok(ClaimQuery { text, source, source_id, article_id, act, stance, publisher, from, to, limit, cursor })
}

/// Which sources; `rows` a page where the caller does not say.
pub(crate) fn sources(parameters: &mut Parameters, rows: u32) -> Result<SourceQuery, Problem> {
    let name = parameters.text("q")?;
    let (limit, cursor) = page(parameters, rows)?;
    parameters.refuse_others()?;
    Ok(SourceQuery { name, limit, cursor })
}

fn words(parameters: &mut Parameters) -> Result<Option<SearchText>, Problem> {
    let Some(text) = parameters.text("q")? else { return Ok(None) };
    let words = SearchText::parse(&text);
    words.map(Some).ok_or_else(|| Problem::parameter("q", format_args!("{text:?} holds no word: give letters or figures to look for")))
}

fn published(parameters: &mut Parameters) -> Result<Published, Problem> {
    let publisher = parameters.text("publisher")?;
    let (from, to) = (day(parameters, "from")?, day(parameters, "to")?);
    match (from, to) {
        (Some(first), Some(last)) if first > last => Err(Problem::parameter("from", format_args!("{first} is later than to, {last}"))),
        _ => Ok(Published { publisher, from, to }),
    }
}

fn day(parameters: &mut Parameters, name: &'static str) -> Result<Option<Date>, Problem> {
    let Some(text) = parameters.text(name)? else { return Ok(None) };
    let day = Date::parse(text.trim(), format_description!("[year]-[month]-[day]"));
    // Years before the first are dates to the calendar, but not to every database.
    let day = day.ok().filter(|day| day.year() > 0);
    day.map(Some).ok_or_else(|| Problem::parameter(name, format_args!("{text:?} is not understood: give a day such as 2024-11-11")))
}

fn page(parameters: &mut Parameters, rows: u32) -> Result<(u32, Option<Cursor>), Problem> {
    let allowed = format!("a number from 1 to {MAX_PAGE}");
    let Paged { limit, cursor } = Paged { limit: parameters.value("limit", &allowed)?, cursor: parameters.text("cursor")? };
    let limit = limit.unwrap_or(rows);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Problem::parameter("limit", format_args!("{limit} is out of bounds: give {allowed}")));
    }
    let cursor = cursor.map(|text| Cursor::parse(&text)).transpose();
    Ok((limit, cursor.map_err(|error| Problem::parameter("cursor", error))?))
}

fn one_of<T: std::fmt::Display>(words: &[T]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    format!("one of {}", words.join(", "))
}
