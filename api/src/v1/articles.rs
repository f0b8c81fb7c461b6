//! `/v1/articles`: the list, one article with its claims, and handing one in.

use std::error::Error;
use std::fmt;

use ::claims::{Article, ArticleError, ArticleForm, ArticleId};
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bus::{ArticleFetchedV1, PublishError, Receipt};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use store::{ArticleRecord, ArticleSummary, Page};
use tower_http::timeout::TimeoutError;
use tracing::Instrument;
use utoipa::ToSchema;

use super::{ROWS, page};
use crate::Problem;
use crate::access::Caller;
use crate::filters::{self, Paged, Published};
use crate::metrics::Rejected;
use crate::parameters::{Parameters, PathPart};
use crate::server::Api;

/// Lists articles, newest first.
#[utoipa::path(
    get, path = "/v1/articles", tag = "articles", operation_id = "listArticles",
    params(
        ("q" = Option<String>, Query, description = "Words that title or text must hold; \"words in quotation marks\" in that order", example = "\"no such call\" Kremlin"),
        Published, Paged
    ),
    responses(
        (status = 200, description = "A page of articles", body = Page<ArticleSummary>,
            headers(("Link" = String, description = "The next page, rel=\"next\", where there is one"))),
        (status = 400, description = "A parameter is unknown or not understood; `parameter` names it", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn list(State(api): State<Api>, mut parameters: Parameters) -> Result<Response, Problem> {
    let query = filters::articles(&mut parameters, ROWS)?;
    Ok(page::answer(api.store.ledger.articles(&query).await?, &parameters))
}

/// Shows one article version with its text, its claims, and the versions of its url.
#[utoipa::path(
    get, path = "/v1/articles/{id}", tag = "articles", operation_id = "getArticle",
    params(("id" = ArticleId, Path, description = "The article version")),
    responses(
        (status = 200, description = "The article", body = ArticleRecord),
        (status = 400, description = "The id is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The ledger has no such article", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn one(State(api): State<Api>, PathPart(id): PathPart, parameters: Parameters) -> Result<Json<ArticleRecord>, Problem> {
    parameters.refuse_others()?;
    let id: ArticleId = id.parse().map_err(|_| Problem::parameter("id", "not the id of an article: /v1/articles lists them"))?;
    let record = api.store.ledger.article(id).await?;
    record.map(Json).ok_or_else(|| Problem::no_such("article", id))
}

/// What a posted article is filed under.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "06e0d0aa-9e24-57c3-886d-92eda85bffe7"}))]
pub(super) struct Posted {
    /// Its id: the same article always gets the same one.
    id: ArticleId,
}

/// Hands in an article, to be read and kept. The same article may be posted any number of times.
#[utoipa::path(
    post, path = "/v1/articles", tag = "articles", operation_id = "postArticle", security(("key" = ["write"])),
    request_body(content = ArticleForm, description = "The article; only `text` is required", content_type = "application/json", example = json!({
        "id": "n1", "url": "https://outlet.example/2025/03/n1", "publisher": "The Outlet", "published_at": "2025-03-03T07:10:00Z",
        "title": "Minister denies call", "text": "“There was no call,” the minister said on Monday."
    })),
    responses(
        (status = 201, description = "Read and in the ledger", body = Posted, headers(("Location" = String, description = "Where the article is"))),
        (status = 202, description = "Queued: it will be read and kept", body = Posted, headers(("Location" = String, description = "Where the article will be"))),
        (status = 400, description = "The body is no JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No key, or one that is not known", body = Problem, content_type = "application/problem+json",
            headers(("WWW-Authenticate" = String, description = "Bearer"))),
        (status = 403, description = "The key lacks the scope write", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "Nothing more of the body came for too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not declared as application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The JSON is no article, `field` names what is wrong with it; or it was set aside, with the reason", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The message broker does not take it now: post it again", body = Problem, content_type = "application/problem+json",
            headers(("Retry-After" = u32, description = "Seconds to wait")))
    )
)]
pub(super) async fn post(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
    body: Result<Json<Form>, JsonRejection>,
) -> Result<Response, Problem> {
    let count = |result: &str| api.metrics.posted.with_label_values(&[result]).inc();
    if let Err(rejection) = &body {
        if has_stalled(rejection) {
            api.metrics.reject(Rejected::StalledBody);
        } else if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            api.metrics.reject(Rejected::BodyTooLarge);
        }
    }
    let article = parameters.refuse_others().and_then(|()| checked(body)).inspect_err(|_| count("refused"))?;
    let id = article.id();
    // A caller that waits is told at once; the bus itself would wait for the broker.
    if let Err(why) = &*api.bus.state().borrow() {
        count("failed");
        return Err(not_taken(&PublishError::Unavailable(why.clone())));
    }
    let span = tracing::error_span!("post", otel.name = "POST /v1/articles", otel.kind = "server", article_id = %id, key = caller.key());
    let status = match api.bus.publish(&ArticleFetchedV1 { article }).instrument(span).await {
        Ok(Receipt::Handled) => {
            count("handled");
            StatusCode::CREATED
        }
        Ok(Receipt::Queued) => {
            count("queued");
            StatusCode::ACCEPTED
        }
        Ok(Receipt::Quarantined(reason)) => {
            count("quarantined");
            let detail = format!("the article was set aside and is kept in quarantine: {reason}");
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
        Err(error) => {
            count("failed");
            return Err(not_taken(&error));
        }
    };
    Ok((status, [(header::LOCATION, format!("/v1/articles/{id}"))], Json(Posted { id })).into_response())
}

/// An article form that is an object: an array of values in the order of the fields would be taken for one too.
#[derive(Debug)]
pub(super) struct Form(ArticleForm);

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Form;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object with the fields of an article")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Form, A::Error> {
                ArticleForm::deserialize(MapAccessDeserializer::new(fields)).map(Form)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

fn checked(body: Result<Json<Form>, JsonRejection>) -> Result<Article, Problem> {
    let Json(Form(form)) = body.map_err(|rejection| not_json(&rejection))?;
    Article::new(form).map_err(|error| match error {
        ArticleError::FieldTooLong { field, .. } => Problem::field(field, error),
        ArticleError::Nul(field) => Problem::field(field.trim_start_matches("the "), error),
        _ => Problem::field("text", error),
    })
}

fn not_json(rejection: &JsonRejection) -> Problem {
    let why = innermost(rejection);
    match rejection {
        JsonRejection::MissingJsonContentType(_) => {
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the article as JSON, with Content-Type: application/json")
        }
        JsonRejection::JsonDataError(_) => match why.split_once(": ") {
            // The path that leads to the field goes before the reason.
            Some((field, why)) if !field.contains(' ') => Problem::field(field, why),
            _ => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("the JSON is no article: {why}")),
        },
        JsonRejection::JsonSyntaxError(_) => Problem::new(StatusCode::BAD_REQUEST, format!("the body is no JSON: {why}")),
        _ if has_stalled(rejection) => {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "nothing more of the body came for too long: send it again, on another connection")
        }
        _ if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is too large: an article's text has at most {} bytes", ::claims::MAX_TEXT_BYTES),
        ),
        _ => Problem::new(rejection.status(), "the body could not be read to its end: send it again"),
    }
}

fn has_stalled(rejection: &JsonRejection) -> bool {
    let mut cause = rejection.source();
    while let Some(error) = cause {
        if error.is::<TimeoutError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The reason below the framework's wrapping, such as `published_at: "x" is not a date`.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    let mut text = String::new();
    while let Some(source) = error.source() {
        error = source;
        // The wrapping's text ends in the wrapped one's until the path to the field is cut off.
        if error.to_string().contains(": ") || !text.contains(&error.to_string()) {
            text = error.to_string();
        }
    }
    if text.is_empty() { error.to_string() } else { text }
}

fn not_taken(error: &PublishError) -> Problem {
    tracing::warn!(%error, "a posted article was not taken: {error}");
    match error {
        PublishError::Refused { why, .. } => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("the article was refused: {why}")),
        PublishError::Unsendable(_) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the article is larger than a message may be"),
        _ => Problem::unavailable("the article was not taken, as the message broker does not take it now: post it again in a few seconds"),
    }
}
