//! Web pages, rendered here and complete without a script.

mod articles;
mod cards;
mod claims;
mod reader;
mod segments;
mod sources;
mod view;

use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::server::Api;
use crate::{Problem, assets};

/// Addresses that programs ask: their problems stay documents, whoever asks.
const FOR_PROGRAMS: [&str; 5] = ["/v1/", "/openapi.json", "/metrics", "/health/", "/assets/"];

/// Rows of a page of a list.
const ROWS: u32 = 25;

/// The pages.
pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/", get(articles::list))
        .route("/articles/{id}", get(reader::read))
        .route("/claims", get(claims::list))
        .route("/sources", get(sources::list))
}

/// Shows a browser its problem as a page.
pub(crate) async fn problems_as_pages(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let browser = wants_html(request.headers()) && !FOR_PROGRAMS.iter().any(|prefix| path.starts_with(prefix));
    let response = next.run(request).await;
    let problem = response.extensions().get::<Problem>().filter(|_| browser).cloned();
    let Some(problem) = problem else { return response };
    let (mut head, _) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::CONTENT_TYPE);
    let page = render(&ProblemPage { frame: Frame::new(""), problem: &problem });
    let mut answer = (problem.status(), page).into_response();
    for (name, value) in &head.headers {
        answer.headers_mut().insert(name, value.clone());
    }
    answer
}

/// What surrounds every page.
#[derive(Debug)]
struct Frame {
    /// The address of the style sheet.
    style: String,
    /// Which entry of the navigation is this page.
    here: &'static str,
}

impl Frame {
    fn new(here: &'static str) -> Self {
        Self { style: assets::style(), here }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'p> {
    frame: Frame,
    problem: &'p Problem,
}

/// The page, or a problem where the template fails.
fn render<T: Template>(page: &T) -> Result<Html<String>, Problem> {
    page.render().map(Html).map_err(|error| {
        tracing::error!(%error, "a page was not rendered: {error}");
        Problem::internal()
    })
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
