//! Answers that are a page of a list, with the way to the next one.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::Page;

use crate::parameters::Parameters;

/// The page as JSON, with a `Link` header to the next where there is one.
pub(super) fn answer<T: Serialize>(page: Page<T>, parameters: &Parameters) -> Response {
    let next = page.next.as_deref().map(|cursor| format!("<{}>; rel=\"next\"", parameters.page_at(cursor)));
    let mut response = Json(page).into_response();
    if let Some(link) = next.and_then(|link| HeaderValue::try_from(link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}
