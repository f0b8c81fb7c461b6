//! OPML: the lists of feeds that readers exchange.

use opml::{OPML, Outline};
use url::Url;

/// The deepest that outlines lie within each other in a list of feeds.
const MAX_DEPTH: usize = 64;

/// A list that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpmlError {
    /// Not OPML.
    #[error("it is not a list of feeds (OPML): {0}; give an OPML file, or the address of a feed, which begins with https://")]
    Unreadable(String),
    /// OPML without a feed.
    #[error("the list of feeds names none")]
    NoFeeds,
}

/// The addresses of the feeds in an OPML list, in its order, each once. What is no http address is left out.
pub fn feed_urls(list: &str) -> Result<Vec<Url>, OpmlError> {
    if crate::page::deepest(list) > MAX_DEPTH {
        return Err(OpmlError::Unreadable(format!("its outlines lie more than {MAX_DEPTH} deep")));
    }
    let list = OPML::from_str(list).map_err(|error| OpmlError::Unreadable(error.to_string()))?;
    let mut urls = Vec::new();
    collect(&list.body.outlines, &mut urls);
    if urls.is_empty() { Err(OpmlError::NoFeeds) } else { Ok(urls) }
}

fn collect(outlines: &[Outline], urls: &mut Vec<Url>) {
    for outline in outlines {
        let url = outline.xml_url.as_deref().and_then(|url| Url::parse(url.trim()).ok());
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && !urls.contains(url));
        urls.extend(url);
        collect(&outline.outlines, urls);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_of_all_folders_each_once() {
        let list = r#"<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
            <outline text="News"><outline text="One" type="rss" xmlUrl="https://one.example/feed"/><outline text="Two" xmlUrl="https://two.example/feed"/></outline>
            <outline text="One again" xmlUrl="https://one.example/feed"/><outline text="None" xmlUrl="ftp://x.example/"/></body></opml>"#;
        let urls: Vec<String> = feed_urls(list).unwrap().into_iter().map(String::from).collect();
        assert_eq!(urls, ["https://one.example/feed", "https://two.example/feed"]);
    }

    #[test]
    fn what_is_no_list_is_named() {
        assert!(feed_urls("no list").unwrap_err().to_string().starts_with("it is not a list of feeds (OPML): "));
        let none = r#"<opml version="2.0"><body><outline text="None"/></body></opml>"#;
        assert_eq!(feed_urls(none), Err(OpmlError::NoFeeds));
        let deep = format!("<opml version=\"2.0\"><body>{}", "<outline text=\"x\">".repeat(100_000));
        assert!(matches!(feed_urls(&deep), Err(OpmlError::Unreadable(_))));
    }
}
