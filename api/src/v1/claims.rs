//! `/v1/claims`: who says what.

use ::claims::{Act, ArticleId, SourceId, Stance};
use axum::extract::State;
use axum::response::Response;
use store::{ClaimRecord, Page};

use super::{ROWS, page};
use crate::Problem;
use crate::filters::{self, Paged, Published};
use crate::parameters::Parameters;
use crate::server::Api;

/// Lists claims: newest article first, then in the order of the article.
#[utoipa::path(
    get, path = "/v1/claims", tag = "claims", operation_id = "listClaims",
    params(
        ("q" = Option<String>, Query, description = "Words that the content must hold; \"words in quotation marks\" in that order", example = "conversation"),
        ("source" = Option<String>, Query, description = "Part of the source's name or of the words that name it, letter case aside", example = "Peskov"),
        ("source_id" = Option<SourceId>, Query, description = "The source"),
        ("article_id" = Option<ArticleId>, Query, description = "The article version"),
        ("act" = Option<Act>, Query, description = "The act"),
        ("stance" = Option<Stance>, Query, description = "The stance"),
        Published, Paged
    ),
    responses(
        (status = 200, description = "A page of claims", body = Page<ClaimRecord>,
            headers(("Link" = String, description = "The next page, rel=\"next\", where there is one"))),
        (status = 400, description = "A parameter is unknown or not understood; `parameter` names it", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn list(State(api): State<Api>, mut parameters: Parameters) -> Result<Response, Problem> {
    let query = filters::claims(&mut parameters, ROWS)?;
    Ok(page::answer(api.store.ledger.claims(&query).await?, &parameters))
}
