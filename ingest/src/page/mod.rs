//! A page of HTML to an article: what it states about itself, and its main text.
//!
//! Each field is taken from the first place that states it, in this order: structured data (JSON-LD), meta tags, the page as it
//! shows, the address it was found at; a date then also from data in scripts and from lines near the headline.

mod address;
mod dates;
mod decode;
mod furniture;
mod json_ld;
mod main_text;
mod meta;
mod tame;
mod title;
mod visible;

pub(crate) use main_text::paragraphs;
pub(crate) use tame::deepest;

use claims::{ArticleForm, Timestamp};
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// What is known of a page before it is read.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The address it was fetched from, redirects followed.
    pub url: Option<Url>,
    /// The encoding that the server named.
    pub charset: Option<String>,
}

/// A page that is no article.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// No main text was found.
    #[error("the page has no main text: is it a front page, a video, or built by a script?")]
    NoText,
    /// More tags than any article has.
    #[error("the page has more than {0} tags: it is not read")]
    TooManyTags(usize),
    /// The library that finds the main text failed on it.
    #[error("the page's main text could not be told from the rest: {0}")]
    Unreadable(String),
}

/// What one place states of an article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stated {
    url: Option<String>,
    title: Option<String>,
    byline: Option<String>,
    publisher: Option<String>,
    published_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
    section: Option<String>,
    language: Option<String>,
}

impl Stated {
    /// These, and where these are silent, `others`.
    fn or(self, others: Self) -> Self {
        Self {
            url: self.url.or(others.url),
            title: self.title.or(others.title),
            byline: self.byline.or(others.byline),
            publisher: self.publisher.or(others.publisher),
            published_at: self.published_at.or(others.published_at),
            modified_at: self.modified_at.or(others.modified_at),
            section: self.section.or(others.section),
            language: self.language.or(others.language),
        }
    }
}

/// Reads the page in `bytes`. Never panics, whatever the bytes; the time it takes is bounded by the limits on tags and nesting.
pub fn read(bytes: &[u8], origin: &Origin) -> Result<ArticleForm, PageError> {
    let html = decode::decode(bytes, origin.charset.as_deref());
    let tame::Tame { html, tags } = tame::tame(&html)?;
    let document = Html::parse_document(&html);
    let address = origin.url.as_ref();
    let stated = json_ld::stated(&document, address).or(meta::stated(&document));
    let outlet = stated.publisher.clone();
    let mut stated = stated.or(visible::stated(&document, outlet.as_deref())).or(address::stated(address));
    let shown = || {
        json_ld::date_in_scripts(&document).or_else(|| visible::shown_date(&document, stated.title.as_deref(), stated.language.as_deref()))
    };
    stated.published_at = stated.published_at.or_else(shown);
    drop(document);
    let text = main_text::find(&html, tags, stated.title.as_deref())?;
    Ok(ArticleForm {
        given_id: None,
        url: address::canonical(stated.url.as_deref(), address),
        title: stated.title.map(|title| title::without_outlet(&title, stated.publisher.as_deref())),
        publisher: stated.publisher,
        published_at: stated.published_at,
        // A page is often stamped anew without a change; before its publication it cannot have been changed.
        modified_at: stated.modified_at.filter(|modified| stated.published_at.is_none_or(|published| modified.day() >= published.day())),
        byline: stated.byline,
        section: stated.section,
        credit: None,
        language: stated.language,
        text,
    })
}

/// The elements of `document` that `css` names, in their order.
fn select<'a>(document: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(css).map(|selector| document.select(&selector).collect()).unwrap_or_default()
}

/// `text` on one line, its character references made plain; none if nothing is left or it is longer than `limit` bytes.
fn line(text: &str, limit: usize) -> Option<String> {
    // Structured data and attributes are often escaped twice.
    let plain = if text.contains('&') { unescape(text) } else { text.to_owned() };
    let joined = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    (!joined.is_empty() && joined.len() <= limit && !joined.contains('\0')).then_some(joined)
}

/// Resolves character references, as a page's text would, and drops tags.
fn unescape(text: &str) -> String {
    if text.len() > 100_000 {
        return text.to_owned();
    }
    Html::parse_fragment(text).root_element().text().collect()
}

/// The names of `names` that are names of people: no addresses, each once, in their order.
fn byline(names: impl IntoIterator<Item = String>) -> Option<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        let Some(name) = line(&name, 500) else { continue };
        let name = ["by ", "By ", "BY "].iter().find_map(|by| name.strip_prefix(by)).unwrap_or(&name).trim_matches([' ', ',', '|']);
        let is_address = name.contains("://") || name.starts_with("www.") || name.starts_with('/') || name.contains('@');
        if !name.is_empty() && !is_address && !kept.iter().any(|known| known == name) {
            kept.push(name.to_owned());
        }
    }
    (!kept.is_empty()).then(|| kept.join(", "))
}

/// The ISO 639-1 code that begins a language tag such as `en-GB` or `en_US`.
fn language(tag: &str) -> Option<String> {
    let code = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    (code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase())).then_some(code)
}

#[cfg(test)]
mod tests;
