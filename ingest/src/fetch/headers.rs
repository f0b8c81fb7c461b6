//! What the headers of an answer say of its content: encoding, validators, how long it stays fresh.

use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, RETRY_AFTER};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// The longest validator that is kept.
const MAX_VALIDATOR: usize = 1_000;

/// What an answer can be asked for again with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// When a server wants to be asked again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freshness {
    /// For how long the answer stays as it is (`Cache-Control: max-age`).
    pub max_age: Option<Duration>,
    /// How long it wants to be left alone (`Retry-After`).
    pub retry_after: Option<Duration>,
}

impl Validators {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let kept = |name| text(headers, &name).filter(|value| value.len() <= MAX_VALIDATOR).map(ToOwned::to_owned);
        Self { etag: kept(ETAG), last_modified: kept(LAST_MODIFIED) }
    }
}

impl Freshness {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let directives = text(headers, &CACHE_CONTROL).unwrap_or_default();
        let max_age = directives.split(',').find_map(|directive| {
            let (name, value) = directive.trim().split_once('=')?;
            name.eq_ignore_ascii_case("max-age").then(|| value.trim_matches('"').parse().ok()).flatten()
        });
        let retry_after = text(headers, &RETRY_AFTER).and_then(|value| {
            let seconds = value.trim().parse().ok();
            seconds.or_else(|| {
                // As against the server's own clock, so that a wrong one does no harm.
                let now = OffsetDateTime::parse(text(headers, &DATE)?.trim(), &Rfc2822).ok()?;
                let then = OffsetDateTime::parse(value.trim(), &Rfc2822).ok()?;
                u64::try_from((then - now).whole_seconds()).ok()
            })
        });
        Self { max_age: max_age.map(Duration::from_secs), retry_after: retry_after.map(Duration::from_secs) }
    }
}

/// The encoding in `Content-Type`.
pub(super) fn charset(headers: &HeaderMap) -> Option<String> {
    text(headers, &CONTENT_TYPE)?.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn reads_what_servers_say_of_time() {
        let seconds = headers(&[(CACHE_CONTROL, "public, Max-Age=600, s-maxage=1"), (RETRY_AFTER, "120")]);
        let expected = Freshness { max_age: Some(Duration::from_mins(10)), retry_after: Some(Duration::from_mins(2)) };
        assert_eq!(Freshness::of(&seconds), expected);
        let date = headers(&[(DATE, "Mon, 03 Mar 2025 07:00:00 GMT"), (RETRY_AFTER, "Mon, 03 Mar 2025 07:05:00 GMT")]);
        assert_eq!(Freshness::of(&date).retry_after, Some(Duration::from_mins(5)));
        assert_eq!(Freshness::of(&headers(&[(RETRY_AFTER, "soon"), (CACHE_CONTROL, "max-age=never")])), Freshness::default());
    }

    #[test]
    fn reads_the_encoding() {
        assert_eq!(charset(&headers(&[(CONTENT_TYPE, "text/html; Charset=\"windows-1251\"")])).as_deref(), Some("windows-1251"));
        assert_eq!(charset(&headers(&[(CONTENT_TYPE, "text/html")])), None);
    }
}
