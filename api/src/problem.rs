//! Every error as a problem document (RFC 9457), saying what is wrong and nothing of the inside.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

/// The media type of a problem document.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong with a request: a problem document of RFC 9457.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "about:blank", "title": "Bad Request", "status": 400,
    "detail": "act: \"shout\" is not understood: give one of say, report, describe, predict, promise, demand, accuse, criticize, confirm, deny, decline, question, believe, intend",
    "parameter": "act"
}))]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, and what to do about it.
    detail: String,
    /// The query or path parameter that is at fault, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// The field of the body that is at fault, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip)]
    retry_after_s: Option<u16>,
    /// What the header `WWW-Authenticate` says.
    #[serde(skip)]
    challenge: Option<Challenge>,
}

/// What a client without the right key is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Challenge {
    /// A key.
    Key,
    /// Another key.
    OtherKey,
}

impl Challenge {
    /// As `WWW-Authenticate` says it (RFC 6750).
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Key => "Bearer",
            Self::OtherKey => "Bearer error=\"invalid_token\"",
        })
    }
}

impl Problem {
    /// A problem of `status`, explained by `detail`.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            parameter: None,
            field: None,
            retry_after_s: None,
            challenge: None,
        }
    }

    /// 404: there is no such `what`.
    pub(crate) fn no_such(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no {what} {id} in the ledger"))
    }

    /// 400: the query or path parameter `name` is not what it may be.
    pub(crate) fn parameter(name: &str, why: impl std::fmt::Display) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, format!("{name}: {why}"));
        Self { parameter: Some(name.to_owned()), ..problem }
    }

    /// 422: the field `name` of the body is not what it may be.
    pub(crate) fn field(name: &str, why: impl std::fmt::Display) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{name}: {why}"));
        Self { field: Some(name.to_owned()), ..problem }
    }

    /// 503: the same request may succeed later.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self { retry_after_s: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// 503: there is no database now.
    pub(crate) fn no_database() -> Self {
        Self::unavailable("the ledger's database cannot be reached now: try again in a few seconds")
    }

    /// 401: `scope` needs a key, and none was given; `keys` says whether the service has any.
    pub(crate) fn key_needed(scope: &str, keys: bool) -> Self {
        let how = if keys {
            "send one as Authorization: Bearer KEY"
        } else {
            "its operator makes one with gainsay key and names the file with its line as keys in [api]"
        };
        let detail = format!("this needs an API key with the scope {scope}, and none was given: {how}");
        Self { challenge: Some(Challenge::Key), ..Self::new(StatusCode::UNAUTHORIZED, detail) }
    }

    /// 401: the key is none of those that the service knows.
    pub(crate) fn wrong_key() -> Self {
        let detail = "this API key is not known here, or no longer: ask the operator for a new one; reading needs none";
        Self { challenge: Some(Challenge::OtherKey), ..Self::new(StatusCode::UNAUTHORIZED, detail) }
    }

    /// 403: the key of that `name` may not do what needs `scope`.
    pub(crate) fn scope_missing(name: &str, scope: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, format!("the API key {name} lacks the scope {scope}: ask the operator for one that has it"))
    }

    /// 429: the same request may be sent again after `wait`.
    pub(crate) fn too_many(detail: impl Into<String>, wait: Duration) -> Self {
        let seconds = wait.as_secs().saturating_add(1).try_into().unwrap_or(u16::MAX);
        Self { retry_after_s: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// 500, whose cause is in the logs alone.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "this is a fault of the server, and its cause is in the server's log")
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The status in words.
    pub fn title(&self) -> &str {
        self.title
    }

    /// What is wrong, and what to do about it.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl IntoResponse for Problem {
    /// The problem also goes with the response as an extension, so that a browser can be given it as a page.
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge.header());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let StoreError::Cursor(error) = &error {
            Self::parameter("cursor", error)
        } else if error.is_transient() {
            tracing::warn!(%error, "a request was put off: {error}");
            Self::no_database()
        } else {
            tracing::error!(%error, "a request failed: {error}");
            Self::internal()
        }
    }
}
