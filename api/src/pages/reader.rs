//! The reader: one article with its claims highlighted in place, and a card for each in the margin.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use claims::{ArticleForm, ArticleId, ClaimData, Part};
use store::ArticleRecord;

use super::cards::{Card, Cards};
use super::segments::{Mark, Paragraph, Role, Segment, paragraphs};
use super::view::{self, When};
use super::{Frame, render};
use crate::parameters::{Parameters, PathPart};
use crate::server::Api;
use crate::{Problem, assets};

#[derive(Template)]
#[template(path = "reader.html")]
struct ReaderPage<'p> {
    frame: Frame,
    script: String,
    form: &'p ArticleForm,
    when: Option<When>,
    modified: Option<When>,
    link: Option<String>,
    skipped: Option<String>,
    stances: Vec<(&'static str, String)>,
    extractor: &'p str,
    version: u32,
    versions: Vec<Version>,
    title: Vec<Block<'p>>,
    body: Vec<Block<'p>>,
    id: String,
}

/// Another version of the article, or this one.
struct Version {
    number: u32,
    id: String,
    here: bool,
    when: Option<When>,
    title: Option<String>,
}

/// A paragraph with the cards beside it.
struct Block<'p> {
    pieces: Vec<Piece<'p>>,
    cards: Vec<&'p Card>,
}

/// A segment as it is shown.
struct Piece<'p> {
    text: &'p str,
    /// Its classes; none where no claim has it.
    class: Option<String>,
    /// The numbers of its claims, the innermost last.
    claims: String,
    /// The cards whose numbers stand after it.
    numbers: Vec<&'p Card>,
}

/// `GET /articles/{id}`.
pub(super) async fn read(State(api): State<Api>, PathPart(id): PathPart, parameters: Parameters) -> Result<Html<String>, Problem> {
    parameters.refuse_others()?;
    let id: ArticleId = id.parse().map_err(|_| Problem::no_such("article", &id))?;
    let record = api.store.ledger.article(id).await?.ok_or_else(|| Problem::no_such("article", id))?;
    page(&record)
}

fn page(record: &ArticleRecord) -> Result<Html<String>, Problem> {
    let form: &ArticleForm = &record.article;
    let mut counts = store::StanceCounts::default();
    record.claims.iter().for_each(|claim| counts.add(claim.data.stance, 1));
    let cut = |part: Part, text| {
        let marks: Vec<Mark> = record.claims.iter().enumerate().flat_map(|(i, claim)| marks(i, part, &claim.data)).collect();
        paragraphs(text, &marks)
    };
    let (title, body) = (cut(Part::Title, form.title.as_deref().unwrap_or_default()), cut(Part::Text, &form.text));
    let cards = Cards::new(&[&title, &body], record);
    render(&ReaderPage {
        frame: Frame::new("reader"),
        script: assets::reader_script(),
        when: form.published_at.map(When::new),
        modified: form.modified_at.filter(|modified| Some(*modified) != form.published_at).map(When::new),
        link: view::link(form.url.as_deref()),
        skipped: record.skipped.map(|reason| view::skipped(reason, form.language.as_deref())),
        stances: view::stances(&counts),
        extractor: &record.extractor,
        version: record.version,
        versions: versions(record),
        title: title.into_iter().map(|paragraph| Block::new(&paragraph, &cards)).collect(),
        body: body.into_iter().map(|paragraph| Block::new(&paragraph, &cards)).collect(),
        id: record.article.id().to_string(),
        form,
    })
}

fn versions(record: &ArticleRecord) -> Vec<Version> {
    let version = |version: &store::VersionSummary| Version {
        number: version.version,
        id: version.id.to_string(),
        here: version.id == record.article.id(),
        when: version.modified_at.or(version.published_at).map(When::new),
        title: version.title.clone(),
    };
    if record.versions.len() > 1 { record.versions.iter().map(version).collect() } else { Vec::new() }
}

fn marks(claim: usize, part: Part, data: &ClaimData) -> Vec<Mark> {
    if data.part != part {
        return Vec::new();
    }
    let content = data.content.spans.iter().map(|&span| (Role::Content, span));
    let source = data.source.iter().flat_map(|source| &source.spans).map(|&span| (Role::Source, span));
    let cue = data.cue.iter().flat_map(|cue| &cue.spans).map(|&span| (Role::Cue, span));
    content.chain(source).chain(cue).map(|(role, span)| Mark { claim, role, span }).collect()
}

impl<'p> Block<'p> {
    fn new(paragraph: &Paragraph<'p>, cards: &'p Cards) -> Self {
        Self { pieces: paragraph.segments.iter().map(|segment| Piece::new(segment, cards)).collect(), cards: cards.of(&paragraph.claims) }
    }
}

impl<'p> Piece<'p> {
    fn new(segment: &Segment<'p>, cards: &'p Cards) -> Self {
        let mut classes = Vec::new();
        // The innermost content gives the look; what is around it shows as a second line.
        let content = cards.of(&segment.content);
        if let Some((inner, outer)) = content.split_last() {
            classes.extend(["content", inner.stance_class]);
            if let Some(outer) = outer.first() {
                classes.extend(["nested", outer.within_class]);
            }
        }
        if !segment.source.is_empty() {
            classes.push("source");
        }
        if !segment.cue.is_empty() {
            classes.push("cue");
        }
        // The last is the one that a click leads to: what stands within a content goes before the content.
        let mut numbers: Vec<String> = Vec::new();
        for card in content.into_iter().chain(cards.of(&segment.source)).chain(cards.of(&segment.cue)) {
            let number = card.number.to_string();
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        Self {
            text: segment.text,
            class: (!classes.is_empty()).then(|| classes.join(" ")),
            claims: numbers.join(" "),
            numbers: cards.of(&segment.numbers),
        }
    }
}
