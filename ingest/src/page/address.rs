//! What the address of a page tells: its own canonical form, the outlet's host, a day in its path.

use claims::Timestamp;
use url::Url;

use super::{Stated, dates};

/// What the address alone states: the host as publisher, and a day such as `/2019/11/18/`.
pub(super) fn stated(address: Option<&Url>) -> Stated {
    let Some(address) = address else { return Stated::default() };
    let host = address.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned());
    Stated { publisher: host, published_at: day_in(address.path()), ..Stated::default() }
}

/// The address that the page names as its own, if it can be that of this article; else where it was found.
pub(super) fn canonical(named: Option<&str>, found_at: Option<&Url>) -> Option<String> {
    let named = named.and_then(|named| match found_at {
        Some(base) => base.join(named).ok(),
        None => Url::parse(named).ok(),
    });
    let named = named.filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    let (named, found_at) = match (named, found_at) {
        (Some(named), Some(found_at)) => (named, found_at),
        (one, other) => return one.or_else(|| other.cloned()).map(without_fragment),
    };
    // Templates that name the front page for every article, and copies that name the original elsewhere, are not this article's.
    let is_front_page = named.path() == "/" && named.query().is_none() && found_at.path() != "/";
    let same_site = site(&named) == site(found_at);
    Some(without_fragment(if is_front_page || !same_site { found_at.clone() } else { named }))
}

fn without_fragment(mut url: Url) -> String {
    url.set_fragment(None);
    // A password in an address is nobody's to keep.
    let _no_host = url.set_password(None).and_then(|()| url.set_username(""));
    url.into()
}

/// The last two labels of the host, or the host of few labels whole.
fn site(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.join(".")
}

fn day_in(path: &str) -> Option<Timestamp> {
    let parts: Vec<&str> = path.split('/').collect();
    let in_parts = parts.windows(3).find_map(|window| {
        let [year, month, day] = window else { return None };
        let month = dates::month(month).map_or_else(|| (*month).to_owned(), |named| u8::from(named).to_string());
        let plain = year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len());
        let text = format!("{year}-{month:0>2}-{day:0>2}");
        plain.then(|| dates::parse(&text)).flatten()
    });
    in_parts.or_else(|| {
        parts.iter().find_map(|part| {
            let dashed = part.get(..10).filter(|head| head.as_bytes().get(4) == Some(&b'-'));
            dashed.and_then(dates::parse)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(path: &str) -> Option<String> {
        day_in(path).map(|day| day.to_string())
    }

    #[test]
    fn a_day_in_the_path() {
        assert_eq!(day("/world/2019/11/8/ministers-deny").as_deref(), Some("2019-11-08"));
        assert_eq!(day("/politics/2019/nov/18/ministers-deny").as_deref(), Some("2019-11-18"));
        assert_eq!(day("/2019-11-18-ministers").as_deref(), Some("2019-11-18"));
        assert_eq!(day("/2019/13/40/x"), None);
        assert_eq!(day("/story/12345678"), None);
    }

    #[test]
    fn the_canonical_address_is_the_articles_own() {
        let found = Url::parse("https://www.outlet.example/a?utm=1#top").unwrap();
        let canonical = |named| canonical(named, Some(&found)).unwrap();
        assert_eq!(canonical(Some("/a")), "https://www.outlet.example/a");
        assert_eq!(canonical(Some("https://outlet.example/")), "https://www.outlet.example/a?utm=1");
        assert_eq!(canonical(Some("https://agency.invalid/a")), "https://www.outlet.example/a?utm=1");
        assert_eq!(canonical(Some("javascript:x")), "https://www.outlet.example/a?utm=1");
        assert_eq!(canonical(None), "https://www.outlet.example/a?utm=1");
    }
}
