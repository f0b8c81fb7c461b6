//! The list of claims: who says what, with filters.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use claims::{Act, Stance};
use store::{ClaimRecord, SourceSummary};

use super::view::{self, When};
use super::{Frame, ROWS, render};
use crate::parameters::Parameters;
use crate::server::Api;
use crate::{Problem, filters};

#[derive(Template)]
#[template(path = "claims.html")]
struct ClaimsPage<'p> {
    frame: Frame,
    given: &'p Parameters,
    source: Option<SourceSummary>,
    articles: Vec<Article>,
    next: Option<String>,
    acts: Vec<&'static str>,
    stances: Vec<(&'static str, &'static str)>,
}

/// An article of which claims are listed.
struct Article {
    id: String,
    publisher: Option<String>,
    when: Option<When>,
    title: Option<String>,
    rows: Vec<Row>,
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
}

/// `GET /claims`.
pub(super) async fn list(State(api): State<Api>, mut parameters: Parameters) -> Result<Html<String>, Problem> {
    let query = filters::claims(&mut parameters, ROWS)?;
    let source = match query.source_id {
        Some(id) => Some(api.store.ledger.source(id).await?.ok_or_else(|| Problem::no_such("source", id))?),
        None => None,
    };
    let page = api.store.ledger.claims(&query).await?;
    render(&ClaimsPage {
        frame: Frame::new("claims"),
        source,
        articles: by_article(page.items),
        next: page.next.map(|cursor| parameters.page_at(&cursor)),
        acts: Act::ALL.iter().map(|act| act.as_str()).collect(),
        stances: Stance::ALL.iter().map(|&stance| (stance.as_str(), view::stance(stance))).collect(),
        given: &parameters,
    })
}

/// The claims of one article stand together in the list, so each article is named once.
fn by_article(claims: Vec<ClaimRecord>) -> Vec<Article> {
    let mut articles: Vec<Article> = Vec::new();
    for claim in claims {
        let id = claim.data.article_id.to_string();
        if articles.last().is_none_or(|article| article.id != id) {
            let (publisher, title) = (claim.publisher.clone(), claim.title.clone());
            articles.push(Article { id, publisher, when: claim.published_at.map(When::new), title, rows: Vec::new() });
        }
        if let Some(article) = articles.last_mut() {
            article.rows.push(Row::new(claim));
        }
    }
    articles
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
        }
    }
}
