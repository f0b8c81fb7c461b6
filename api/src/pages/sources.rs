//! The list of sources: who is said to speak, and how often.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use store::SourceSummary;

use super::view::{self, When};
use super::{Frame, ROWS, render};
use crate::parameters::Parameters;
use crate::server::Api;
use crate::{Problem, filters};

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage<'p> {
    frame: Frame,
    given: &'p Parameters,
    rows: Vec<Row>,
    next: Option<String>,
}

/// One source of the list.
struct Row {
    href: String,
    name: String,
    kind: &'static str,
    claims: String,
    articles: String,
    /// The act, how often, and the claims it leads to.
    acts: Vec<(&'static str, u64, String)>,
    first: Option<When>,
    last: Option<When>,
}

/// `GET /sources`.
pub(super) async fn list(State(api): State<Api>, mut parameters: Parameters) -> Result<Html<String>, Problem> {
    let query = filters::sources(&mut parameters, ROWS)?;
    let page = api.store.ledger.sources(&query).await?;
    render(&SourcesPage {
        frame: Frame::new("sources"),
        rows: page.items.into_iter().map(Row::new).collect(),
        next: page.next.map(|cursor| parameters.page_at(&cursor)),
        given: &parameters,
    })
}

impl Row {
    fn new(source: SourceSummary) -> Self {
        let href = format!("/claims?source_id={}", source.id);
        let mut acts: Vec<_> = source.acts.iter().map(|(act, &count)| (act.as_str(), count, format!("{href}&act={act}"))).collect();
        acts.sort_by_key(|&(_, count, _)| std::cmp::Reverse(count));
        let (first, last) = (source.first.map(When::new), source.last.map(When::new));
        Self {
            name: source.name,
            kind: source.kind.as_str(),
            claims: view::count(source.claims, "claim", "claims"),
            articles: view::count(source.articles, "article", "articles"),
            acts,
            // One day is shown once.
            last: last.filter(|last| first.as_ref().is_none_or(|first| first.machine != last.machine)),
            first,
            href,
        }
    }
}
