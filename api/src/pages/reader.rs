//! The reader: one article with its claims highlighted in place, and a card for each in the margin.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use claims::{ArticleForm, ArticleId, ClaimData, Part, Quote, Stance};
use store::{ArticleRecord, ClaimRecord};

use super::segments::{Mark, Paragraph, Role, Segment, paragraphs};
use super::view::{self, When};
use super::{Frame, render};
use crate::parameters::Parameters;
use crate::{Api, Problem, assets};

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

/// A claim in the margin.
struct Card {
    number: usize,
    id: String,
    stance_class: &'static str,
    stance: &'static str,
    act: Option<&'static str>,
    source: Option<SourceOnCard>,
    cue: Option<String>,
    target: Option<String>,
    chain: Option<String>,
}

struct SourceOnCard {
    name: String,
    kind: &'static str,
    role: Option<String>,
    reason: Option<String>,
    href: Option<String>,
}

/// `GET /articles/{id}`.
pub(super) async fn read(State(api): State<Api>, Path(id): Path<String>, parameters: Parameters) -> Result<Html<String>, Problem> {
    parameters.refuse_others()?;
    let id: ArticleId = id.parse().map_err(|_| Problem::no_such("article", &id))?;
    let record = api.store.ledger.article(id).await?.ok_or_else(|| Problem::no_such("article", id))?;
    page(&record)
}

fn page(record: &ArticleRecord) -> Result<Html<String>, Problem> {
    let form: &ArticleForm = &record.article;
    let cards: Vec<Card> = record.claims.iter().enumerate().map(|(i, claim)| Card::new(i + 1, claim)).collect();
    let mut counts = store::StanceCounts::default();
    record.claims.iter().for_each(|claim| counts.add(claim.data.stance, 1));
    let blocks = |part: Part, text| {
        let marks: Vec<Mark> = record.claims.iter().enumerate().flat_map(|(i, claim)| marks(i + 1, part, &claim.data)).collect();
        paragraphs(text, &marks).into_iter().map(|paragraph| Block::new(paragraph, &cards, &record.claims)).collect()
    };
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
        title: blocks(Part::Title, form.title.as_deref().unwrap_or_default()),
        body: blocks(Part::Text, &form.text),
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
    fn new(paragraph: Paragraph<'p>, cards: &'p [Card], claims: &[ClaimRecord]) -> Self {
        Self {
            pieces: paragraph.segments.into_iter().map(|segment| Piece::new(segment, cards, claims)).collect(),
            cards: paragraph.claims.iter().map(|&number| &cards[number - 1]).collect(),
        }
    }
}

impl<'p> Piece<'p> {
    fn new(segment: Segment<'p>, cards: &'p [Card], claims: &[ClaimRecord]) -> Self {
        let stance = |number: usize| view::stance_class(claims[number - 1].data.stance);
        let mut classes = Vec::new();
        // The innermost content gives the look; what is around it shows as a second line.
        if let Some((&inner, outer)) = segment.content.split_last() {
            classes.extend(["content", stance(inner)]);
            if let Some(&outer) = outer.first() {
                classes.extend(["nested", within_class(claims[outer - 1].data.stance)]);
            }
        }
        if !segment.source.is_empty() {
            classes.push("source");
        }
        if !segment.cue.is_empty() {
            classes.push("cue");
        }
        // The last is the one that a click leads to: what stands within a content goes before the content.
        let mut numbers: Vec<usize> = Vec::new();
        for number in [segment.content, segment.source, segment.cue].concat() {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        Self {
            text: segment.text,
            class: (!classes.is_empty()).then(|| classes.join(" ")),
            claims: numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            numbers: segment.numbers.iter().map(|&number| &cards[number - 1]).collect(),
        }
    }
}

/// The class of words that stand within a content of `stance`.
fn within_class(stance: Stance) -> &'static str {
    match stance {
        Stance::Support => "in-support",
        Stance::Deny => "in-deny",
        Stance::NoComment => "in-no-comment",
        Stance::Query => "in-query",
    }
}

impl Card {
    fn new(number: usize, claim: &ClaimRecord) -> Self {
        let data = &claim.data;
        let source = data.source.as_ref().map(|source| SourceOnCard {
            name: source.name.clone(),
            kind: source.kind.as_str(),
            role: source.role.clone(),
            reason: source.anonymous.as_ref().and_then(|anonymous| anonymous.reason.clone()),
            href: claim.source_id.map(|id| format!("/claims?source_id={id}")),
        });
        let chain = || data.chain.iter().map(|link| link.name.as_str()).collect::<Vec<_>>().join(" ← ");
        Self {
            number,
            id: claim.id.to_string(),
            stance_class: view::stance_class(data.stance),
            stance: view::stance(data.stance),
            act: view::act_beside(data.act, data.stance),
            source,
            cue: data.cue.as_ref().map(|cue| cue.text.clone()),
            target: data.target.as_ref().map(|Quote { text, .. }| text.clone()).filter(|text| !text.is_empty()),
            chain: (data.chain.len() > 1).then(chain),
        }
    }
}
