//! The HTTP API: one file a resource, and the OpenAPI document that is made from them.

mod articles;
mod claims;
mod events;
mod page;
mod sources;

use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, Response, ResponseBuilder, Schema, Type};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::Api;
use crate::{Problem, problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Gainsay",
        description = "Who claims what, on whose word, and who denies it. Lists come newest first, a page at a time: `next` in the body, \
                       and the header `Link` with rel=\"next\", lead to the next page. Errors are problem documents of RFC 9457.",
        license(name = "Apache-2.0 OR MIT")
    ),
    tags(
        (name = "articles", description = "Published texts, each change of one a version of its own"),
        (name = "claims", description = "Attributed statements, with the exact words and where they stand"),
        (name = "sources", description = "Who is said to speak"),
        (name = "events", description = "What changes in the ledger, as it changes")
    ),
    components(schemas(Problem)),
    modifiers(&ApiKey)
)]
struct Document;

/// How keys are sent.
struct ApiKey;

impl Modify for ApiKey {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let description = "An API key, which the operator makes with `gainsay key`. Reading needs none. Posting needs one with the scope \
                           `write`, except where the service listens on a loopback address and has no keys file.";
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

/// Rows of a page where the caller does not say.
const ROWS: u32 = 50;

/// The OpenAPI 3.1 document of all that `/v1` has.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().1
}

/// The routes of `/v1`, and the document that tells of them.
pub(crate) fn routes() -> (Router<Api>, utoipa::openapi::OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(articles::list, articles::post))
        .routes(routes!(articles::one))
        .routes(routes!(claims::list))
        .routes(routes!(sources::list))
        .routes(routes!(sources::one))
        .routes(routes!(events::stream))
        .split_for_parts();
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            let responses = &mut operation.responses.responses;
            responses.insert("default".to_owned(), any_problem().into());
            responses.insert("429".to_owned(), too_many().into());
        }
    }
    (router, document)
}

/// `GET /openapi.json`.
pub(crate) fn document(openapi: utoipa::openapi::OpenApi) -> Router {
    Router::new().route("/openapi.json", get(async move || Json(openapi)))
}

fn any_problem() -> Response {
    let description = "Any other problem: 401 where a key is sent that is not known, 405, 408, 414, 500, 503 with Retry-After while the \
                       database cannot be reached, 504 after the time limit.";
    problem(description).build()
}

fn too_many() -> Response {
    let seconds = Schema::Object(ObjectBuilder::new().schema_type(Type::Integer).build());
    let retry_after = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds to wait")).build();
    problem("The key, or the address where there is no key, has asked too often").header("Retry-After", retry_after).build()
}

fn problem(description: &str) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content(problem::MEDIA_TYPE, content)
}
