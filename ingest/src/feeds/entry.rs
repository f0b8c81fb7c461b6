//! RSS, Atom and JSON Feed to entries.

use std::panic::{AssertUnwindSafe, catch_unwind};

use claims::{ArticleForm, Timestamp};
use feed_rs::model;
use time::OffsetDateTime;
use url::Url;

use crate::page::paragraphs;

/// The longest key of an entry that is kept as it is.
const MAX_KEY: usize = 500;
/// The least letters of a feed's own content that can stand for the article: less is a teaser.
const MIN_CONTENT: usize = 800;
/// The deepest that tags lie within each other in a feed.
const MAX_DEPTH: usize = 128;

/// A feed as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedFeed {
    /// Its title.
    pub title: Option<String>,
    /// Its entries, the oldest first where they are dated, else in reverse order: feeds begin with the newest.
    pub entries: Vec<Entry>,
}

/// An entry of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is known by within its feed: its id, else its link, else a hash of its content.
    pub key: String,
    /// The page of its article.
    pub link: Option<Url>,
    /// What the feed itself says of the article; its text is empty where the feed has a teaser only.
    pub form: ArticleForm,
}

/// A feed that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no feed (RSS, Atom or JSON Feed): {0}")]
pub struct FeedError(String);

/// Reads the feed in `bytes`, which was found at `url`.
pub fn parse(bytes: &[u8], url: &Url) -> Result<ParsedFeed, FeedError> {
    if crate::page::deepest(&String::from_utf8_lossy(bytes)) > MAX_DEPTH {
        return Err(FeedError(format!("its elements lie more than {MAX_DEPTH} deep")));
    }
    let parser = feed_rs::parser::Builder::new().base_uri(Some(url.as_str())).id_generator(|_, _, _| String::new()).build();
    let feed = catch_unwind(AssertUnwindSafe(|| parser.parse(bytes))).map_err(|_| FeedError("its reader failed".to_owned()))?;
    let feed = feed.map_err(|error| FeedError(error.to_string()))?;
    let title = feed.title.and_then(|title| one_line(&title.content));
    let language = feed.language.as_deref().and_then(|tag| tag.get(..2)).map(str::to_lowercase);
    let mut entries: Vec<Entry> =
        feed.entries.into_iter().rev().map(|entry| of_entry(entry, url, title.as_ref(), language.as_ref())).collect();
    entries.sort_by_key(|entry| entry.form.published_at.map(Timestamp::start));
    let mut known = std::collections::HashSet::new();
    entries.retain(|entry| known.insert(entry.key.clone()));
    Ok(ParsedFeed { title, entries })
}

fn of_entry(entry: model::Entry, base: &Url, feed: Option<&String>, language: Option<&String>) -> Entry {
    let alternate = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    let link = alternate.or(entry.links.first()).and_then(|link| base.join(link.href.trim()).ok());
    let link = link.filter(|link| matches!(link.scheme(), "http" | "https"));
    let content = entry.content.and_then(|content| content.body).or_else(|| entry.summary.map(|summary| summary.content));
    let text = content.as_deref().map(|html| paragraphs(html).join("\n\n")).unwrap_or_default();
    let key =
        [Some(entry.id.trim()), link.as_ref().map(Url::as_str)].into_iter().flatten().find(|key| !key.is_empty()).map(ToOwned::to_owned);
    let title = entry.title.and_then(|title| one_line(&title.content));
    let key = key.unwrap_or_else(|| format!("{}\n{text}", title.as_deref().unwrap_or_default()));
    let moment = |seconds: i64| {
        OffsetDateTime::from_unix_timestamp(seconds).ok().map(Timestamp::from).filter(|at| (1970..2200).contains(&at.day().year()))
    };
    let names: Vec<String> =
        entry.authors.into_iter().filter_map(|author| one_line(&author.name?)).filter(|name| !name.contains('@')).collect();
    let form = ArticleForm {
        url: link.as_ref().map(ToString::to_string),
        publisher: feed.cloned(),
        published_at: entry.published.and_then(|at| moment(at.timestamp())),
        modified_at: entry.updated.and_then(|at| moment(at.timestamp())),
        title,
        byline: (!names.is_empty()).then(|| names.join(", ")),
        language: language.cloned(),
        text: if text.len() >= MIN_CONTENT { text } else { String::new() },
        ..ArticleForm::default()
    };
    Entry { key: if key.len() > MAX_KEY { blake3::hash(key.as_bytes()).to_hex().to_string() } else { key }, link, form }
}

fn one_line(html: &str) -> Option<String> {
    let line = paragraphs(html).join(" ");
    (!line.is_empty() && line.len() <= 2_000).then_some(line)
}

impl Entry {
    /// The article on its `page`, completed by what the feed says of it.
    pub(crate) fn completed(&self, page: ArticleForm) -> ArticleForm {
        let feed = self.form.clone();
        ArticleForm {
            url: page.url.or(feed.url),
            publisher: page.publisher.or(feed.publisher),
            // A feed is dated by its maker; the day that a page shows may be read off anything.
            published_at: page.published_at.filter(|date| date.is_moment()).or(feed.published_at).or(page.published_at),
            modified_at: page.modified_at,
            title: page.title.or(feed.title),
            byline: page.byline.or(feed.byline),
            language: page.language.or(feed.language),
            ..page
        }
    }
}
