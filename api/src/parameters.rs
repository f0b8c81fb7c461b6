//! Query parameters and ids in paths, read strictly: a name that is not known or a value that is not understood is named to the caller.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use url::form_urlencoded;

use crate::Problem;

/// The longest value taken, in bytes.
const MAX_VALUE: usize = 1_000;

/// The parameters of one request. Blank values count as absent, as a browser sends a field that was left empty.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    path: String,
    given: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl Parameters {
    /// The value of `name`, if it was given.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        self.known.push(name);
        let mut values = self.given.iter().filter(|(given, _)| given == name).map(|(_, value)| value);
        let value = values.next();
        if values.next().is_some() {
            return Err(Problem::parameter(name, "given more than once: give it once"));
        }
        match value {
            Some(value) if value.len() > MAX_VALUE => {
                Err(Problem::parameter(name, format_args!("{} bytes long: at most {MAX_VALUE} are allowed", value.len())))
            }
            Some(value) if value.contains('\0') => Err(Problem::parameter(name, "holds a NUL character, which no text has")),
            value => Ok(value.cloned()),
        }
    }

    /// The value of `name` as a `T`, if it was given; `allowed` completes "give …".
    pub(crate) fn value<T: FromStr>(&mut self, name: &'static str, allowed: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let wrong = || Problem::parameter(name, format_args!("{text:?} is not understood: give {allowed}"));
        text.trim().parse().map(Some).map_err(|_| wrong())
    }

    /// Refuses what was given and not asked for.
    pub(crate) fn refuse_others(&self) -> Result<(), Problem> {
        let other = self.given.iter().find(|(name, _)| !self.known.contains(&name.as_str()));
        other.map_or(Ok(()), |(name, _)| {
            let name: String = name.chars().take(100).collect();
            let allowed = if self.known.is_empty() { "none is".to_owned() } else { self.known.join(", ") };
            Err(Problem::parameter(&name, format_args!("there is no such parameter here; allowed: {allowed}")))
        })
    }

    /// The address of the same request with `cursor`: its path and query.
    pub(crate) fn page_at(&self, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.given.iter().filter(|(name, _)| name != "cursor"));
        query.append_pair("cursor", cursor);
        format!("{}?{}", self.path, query.finish())
    }

    /// What was given, as it was given.
    pub(crate) fn given(&self, name: &str) -> &str {
        self.given.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value)
    }

    /// Whether anything narrows the list: all but the place in it.
    pub(crate) fn filtered(&self) -> bool {
        self.given.iter().any(|(name, _)| !["cursor", "limit"].contains(&name.as_str()))
    }

    /// Whether anything but searched words narrows the list.
    pub(crate) fn filtered_further(&self) -> bool {
        self.given.iter().any(|(name, _)| !["cursor", "limit", "q"].contains(&name.as_str()))
    }
}

/// The one variable part of the path, such as an id.
#[derive(Debug)]
pub(crate) struct PathPart(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathPart {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let part = Path::<String>::from_request_parts(parts, state).await;
        part.map(|Path(part)| Self(part))
            .map_err(|_| Problem::new(axum::http::StatusCode::BAD_REQUEST, "the path of the address is not UTF-8, percent-encoded"))
    }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::new(axum::http::StatusCode::BAD_REQUEST, "the query of the address is not understood"))?;
        let given = given.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        Ok(Self { path: parts.uri.path().to_owned(), given, known: Vec::new() })
    }
}
