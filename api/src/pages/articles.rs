//! The front page: articles, newest first, with search and filters.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use store::{ArticleSummary, Counts};

use super::view::{self, When};
use super::{Frame, ROWS, render};
use crate::parameters::Parameters;
use crate::server::Api;
use crate::{Problem, filters};

#[derive(Template)]
#[template(path = "articles.html")]
struct ArticlesPage<'p> {
    frame: Frame,
    given: &'p Parameters,
    rows: Vec<Row>,
    next: Option<String>,
    counts: [String; 3],
}

/// One article of the list.
struct Row {
    id: String,
    title: Option<String>,
    publisher: Option<String>,
    when: Option<When>,
    byline: Option<String>,
    excerpt: String,
    version: u32,
    skipped: Option<String>,
    stances: Vec<(&'static str, String)>,
}

/// `GET /`.
pub(super) async fn list(State(api): State<Api>, mut parameters: Parameters) -> Result<Html<String>, Problem> {
    let query = filters::articles(&mut parameters, ROWS)?;
    let (page, counts) = tokio::try_join!(api.store.ledger.articles(&query), api.store.ledger.counts())?;
    render(&ArticlesPage {
        frame: Frame::new("articles"),
        rows: page.items.into_iter().map(Row::new).collect(),
        next: page.next.map(|cursor| parameters.page_at(&cursor)),
        counts: holdings(counts),
        given: &parameters,
    })
}

impl Row {
    fn new(article: ArticleSummary) -> Self {
        Self {
            id: article.id.to_string(),
            skipped: article.skipped.map(|reason| view::skipped(reason, article.language.as_deref())),
            stances: view::stances(&article.stances),
            title: article.title,
            publisher: article.publisher,
            when: article.published_at.map(When::new),
            byline: article.byline,
            excerpt: view::cut_off(article.excerpt),
            version: article.version,
        }
    }
}

fn holdings(counts: Counts) -> [String; 3] {
    [
        view::count(counts.articles, "article", "articles"),
        view::count(counts.claims, "claim", "claims"),
        view::count(counts.sources, "source", "sources"),
    ]
}
