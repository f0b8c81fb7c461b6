//! Style sheet and script, served under names that change with their content, so that browsers may keep them for ever.

use std::sync::LazyLock;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::Problem;
use crate::parameters::PathPart;

/// A file compiled in.
#[derive(Debug)]
struct Asset {
    name: String,
    media_type: &'static str,
    body: &'static str,
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", include_str!("../assets/style.css")));
static READER: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("reader", "js", "text/javascript; charset=utf-8", include_str!("../assets/reader.js")));

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, body: &'static str) -> Self {
        let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, body.as_bytes()).simple().to_string();
        Self { name: format!("{stem}-{}.{extension}", &hash[..12]), media_type, body }
    }
}

/// The address of the style sheet.
pub(crate) fn style() -> String {
    format!("/assets/{}", STYLE.name)
}

/// The address of the reader's script.
pub(crate) fn reader_script() -> String {
    format!("/assets/{}", READER.name)
}

/// `GET /assets/{name}`.
pub(crate) async fn serve(PathPart(name): PathPart) -> Result<Response, Problem> {
    let asset = [&*STYLE, &*READER].into_iter().find(|asset| asset.name == name);
    let asset = asset.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "there is no such file here"))?;
    let headers = [(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.body).into_response())
}
