//! `/v1/sources`: who is said to speak, and how often.

use ::claims::SourceId;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use store::{Page, SourceSummary};

use super::{ROWS, page};
use crate::Problem;
use crate::filters::{self, Paged};
use crate::parameters::{Parameters, PathPart};
use crate::server::Api;

/// Lists sources, those with most claims first.
#[utoipa::path(
    get, path = "/v1/sources", tag = "sources", operation_id = "listSources",
    params(("q" = Option<String>, Query, description = "Part of the name, letter case aside", example = "Peskov"), Paged),
    responses(
        (status = 200, description = "A page of sources", body = Page<SourceSummary>,
            headers(("Link" = String, description = "The next page, rel=\"next\", where there is one"))),
        (status = 400, description = "A parameter is unknown or not understood; `parameter` names it", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn list(State(api): State<Api>, mut parameters: Parameters) -> Result<Response, Problem> {
    let query = filters::sources(&mut parameters, ROWS)?;
    Ok(page::answer(api.store.ledger.sources(&query).await?, &parameters))
}

/// Shows one source with its claims by act.
#[utoipa::path(
    get, path = "/v1/sources/{id}", tag = "sources", operation_id = "getSource",
    params(("id" = SourceId, Path, description = "The source")),
    responses(
        (status = 200, description = "The source", body = SourceSummary),
        (status = 400, description = "The id is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The ledger has no such source", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn one(State(api): State<Api>, PathPart(id): PathPart, parameters: Parameters) -> Result<Json<SourceSummary>, Problem> {
    parameters.refuse_others()?;
    let id: SourceId = id.parse().map_err(|_| Problem::parameter("id", "not the id of a source: /v1/sources lists them"))?;
    let source = api.store.ledger.source(id).await?;
    source.map(Json).ok_or_else(|| Problem::no_such("source", id))
}
