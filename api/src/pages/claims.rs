//! The list of claims: who says what, with filters.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use claims::{Act, Stance};
use store::{ClaimRecord, SourceSummary};

use super::view::{self, When};
use super::{Frame, render};
use crate::parameters::Parameters;
use crate::{Api, Problem, filters};

#[derive(Template)]
#[template(path = "claims.html")]
struct ClaimsPage<'p> {
    frame: Frame,
    given: &'p Parameters,
    source: Option<SourceSummary>,
    rows: Vec<Row>,
    next: Option<String>,
    acts: Vec<&'static str>,
    stances: Vec<(&'static str, &'static str)>,
}

/// One claim of the list.
struct Row {
    href: String,
    content: Option<String>,
    source: Option<(String, &'static str)>,
    source_href: Option<String>,
    cue: Option<String>,
    act: Option<&'static str>,
    stance: &'static str,
    stance_class: &'static str,
    publisher: Option<String>,
    when: Option<When>,
    title: Option<String>,
}

/// `GET /claims`.
pub(super) async fn list(State(api): State<Api>, mut parameters: Parameters) -> Result<Html<String>, Problem> {
    let query = filters::claims(&mut parameters)?;
    let source = match query.source_id {
        Some(id) => Some(api.store.ledger.source(id).await?.ok_or_else(|| Problem::no_such("source", id))?),
        None => None,
    };
    let page = api.store.ledger.claims(&query).await?;
    render(&ClaimsPage {
        frame: Frame::new("claims"),
        source,
        rows: page.items.into_iter().map(Row::new).collect(),
        next: page.next.map(|cursor| parameters.page_at(&cursor)),
        acts: Act::ALL.iter().map(|act| act.as_str()).collect(),
        stances: Stance::ALL.iter().map(|&stance| (stance.as_str(), view::stance(stance))).collect(),
        given: &parameters,
    })
}

impl Row {
    fn new(claim: ClaimRecord) -> Self {
        let data = claim.data;
        Self {
            href: format!("/articles/{}#claim-{}", data.article_id, claim.id),
            content: Some(data.content.text).filter(|text| !text.is_empty()),
            source: data.source.map(|source| (source.name, source.kind.as_str())),
            source_href: claim.source_id.map(|id| format!("/claims?source_id={id}")),
            cue: data.cue.map(|cue| cue.text),
            act: view::act_beside(data.act, data.stance),
            stance: view::stance(data.stance),
            stance_class: view::stance_class(data.stance),
            publisher: claim.publisher,
            when: claim.published_at.map(When::new),
            title: claim.title,
        }
    }
}
