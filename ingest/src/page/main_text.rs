//! The main text of a page: found by `rs-trafilatura`, laid out here as paragraphs with blank lines between.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rs_trafilatura::{Options, extract_with_options};
use scraper::{Html, Node};

use super::PageError;
use super::furniture::{self, Paragraph};

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];
/// Elements that hold nothing to read.
const UNREAD: [&str; 9] = ["figcaption", "script", "style", "noscript", "button", "select", "form", "svg", "template"];

/// The most tags of a page that the library is given: its time grows faster than the page. News pages have a few thousand.
const MAX_TAGS: usize = 15_000;

/// The main text of `html`, which has `tags` tags. A first paragraph that only repeats `title` is left out: the title is a text of
/// its own.
pub(super) fn find(html: &str, tags: usize, title: Option<&str>) -> Result<String, PageError> {
    let mut paragraphs = furniture::cleared(if tags > MAX_TAGS { sentences(html) } else { found(html)? });
    if paragraphs.first().is_some_and(|first| title.is_some_and(|title| key(first) == key(title))) {
        paragraphs.remove(0);
    }
    if paragraphs.is_empty() { Err(PageError::NoText) } else { Ok(paragraphs.join("\n\n")) }
}

/// What the library finds.
fn found(html: &str) -> Result<Vec<Paragraph>, PageError> {
    let options = Options { include_tables: false, ..Options::default() };
    // The library is large and young; a page on which it fails is one page not read, not a service lost.
    let found = catch_unwind(AssertUnwindSafe(|| extract_with_options(html, &options)))
        .map_err(|_| PageError::Unreadable("its reader failed".to_owned()))?
        .map_err(|error| PageError::Unreadable(error.to_string()))?;
    let mut laid_out = found.content_html.as_deref().map(lay_out).unwrap_or_default();
    if laid_out.is_empty() {
        laid_out = found.content_text.split('\n').filter_map(plain).map(|text| Paragraph { text, linked: 0 }).collect();
    }
    Ok(parts_of_lump(&laid_out, html).unwrap_or(laid_out))
}

/// Every paragraph of a page that is sentences rather than links: all that can be told of a page too large to be weighed.
fn sentences(html: &str) -> Vec<Paragraph> {
    let mut paragraphs = lay_out(html);
    paragraphs.retain(|paragraph| {
        let letters = paragraph.text.chars().filter(|c| c.is_alphanumeric()).count();
        letters >= 40 && paragraph.linked * 2 < letters
    });
    paragraphs
}

/// The most letters that one or two paragraphs may have together before they are taken for a page run together.
const LUMP: usize = 1_500;

/// Where the library ran a whole page together: the page's own paragraphs that are part of it, if they make up most of it.
fn parts_of_lump(laid_out: &[Paragraph], html: &str) -> Option<Vec<Paragraph>> {
    let lump: String = laid_out.iter().map(|paragraph| key(&paragraph.text)).collect();
    if laid_out.len() > 2 || lump.len() < LUMP {
        return None;
    }
    let mut known = HashSet::new();
    let mut parts = lay_out(html);
    parts.retain(|paragraph| {
        let key = key(&paragraph.text);
        key.len() >= 30 && lump.contains(&key) && known.insert(key)
    });
    let covered: usize = parts.iter().map(|paragraph| key(&paragraph.text).len()).sum();
    (parts.len() > 2 && covered * 2 > lump.len()).then_some(parts)
}

/// The paragraphs of a fragment of HTML: the text between block elements and between double line breaks, its white space made single.
pub(crate) fn paragraphs(html: &str) -> Vec<String> {
    lay_out(html).into_iter().map(|paragraph| paragraph.text).collect()
}

fn lay_out(html: &str) -> Vec<Paragraph> {
    let fragment = Html::parse_fragment(html);
    let mut page = Layout::default();
    let mut steps = vec![(fragment.tree.root(), true)];
    while let Some((node, opens)) = steps.pop() {
        if opens {
            steps.push((node, false));
            steps.extend(node.children().rev().map(|child| (child, true)));
        }
        match node.value() {
            Node::Text(text) if opens => page.text(text),
            Node::Element(element) => page.element(element.name(), opens),
            _ => {}
        }
    }
    page.end_paragraph();
    page.done
}

/// The paragraphs so far, and the one begun.
#[derive(Default)]
struct Layout {
    done: Vec<Paragraph>,
    begun: Paragraph,
    unread: usize,
    links: usize,
    breaks: usize,
}

impl Layout {
    fn text(&mut self, text: &str) {
        if self.unread > 0 {
            return;
        }
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        if !text.trim().is_empty() {
            self.breaks = 0;
        }
        self.begun.linked += if self.links > 0 { letters } else { 0 };
        self.begun.text.push_str(text);
    }

    fn element(&mut self, name: &str, opens: bool) {
        let count = |open: usize| if opens { open + 1 } else { open.saturating_sub(1) };
        if UNREAD.contains(&name) {
            self.unread = count(self.unread);
        } else if name == "a" {
            self.links = count(self.links);
        } else if BLOCKS.contains(&name) {
            self.end_paragraph();
        } else if name == "br" && opens {
            self.breaks += 1;
            if self.breaks > 1 {
                self.end_paragraph();
            }
            self.begun.text.push(' ');
        }
    }

    fn end_paragraph(&mut self) {
        let Paragraph { text, linked } = std::mem::take(&mut self.begun);
        self.done.extend(plain(&text).map(|text| Paragraph { text, linked }));
    }
}

/// A paragraph with its white space made single; none without a letter or digit in it.
fn plain(text: &str) -> Option<String> {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['\u{200b}', '\0'], "");
    joined.chars().any(char::is_alphanumeric).then_some(joined)
}

/// What a paragraph is compared by: its letters and digits.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
