//! The main text of a page: found by `rs-trafilatura`, laid out here as paragraphs with blank lines between.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rs_trafilatura::{Options, extract_with_options};
use scraper::{Html, Node};

use super::PageError;

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 36] = [
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "td", "th", "tr", "ul",
];
/// Elements that hold nothing to read.
const UNREAD: [&str; 9] = ["figcaption", "script", "style", "noscript", "button", "select", "form", "svg", "template"];

/// The main text of `html`. A first paragraph that only repeats `title` is left out: the title is a text of its own.
pub(super) fn find(html: &str, title: Option<&str>) -> Result<String, PageError> {
    let options = Options { include_tables: false, ..Options::default() };
    // The library is large and young; a page on which it fails is one page not read, not a service lost.
    let found = catch_unwind(AssertUnwindSafe(|| extract_with_options(html, &options)))
        .map_err(|_| PageError::Unreadable("its reader failed".to_owned()))?
        .map_err(|error| PageError::Unreadable(error.to_string()))?;
    let mut paragraphs = found.content_html.as_deref().map(paragraphs).unwrap_or_default();
    if paragraphs.is_empty() {
        paragraphs = found.content_text.split('\n').filter_map(plain).collect();
    }
    if paragraphs.first().is_some_and(|first| title.is_some_and(|title| same(first, title))) {
        paragraphs.remove(0);
    }
    if paragraphs.is_empty() { Err(PageError::NoText) } else { Ok(paragraphs.join("\n\n")) }
}

/// The paragraphs of a fragment of HTML: the text between block elements and between double line breaks, its white space made single.
pub(crate) fn paragraphs(html: &str) -> Vec<String> {
    let fragment = Html::parse_fragment(html);
    let (mut paragraphs, mut current, mut unread, mut breaks) = (Vec::new(), String::new(), 0usize, 0usize);
    let mut steps = vec![(fragment.tree.root(), true)];
    while let Some((node, opens)) = steps.pop() {
        if opens {
            steps.push((node, false));
            steps.extend(node.children().rev().map(|child| (child, true)));
        }
        match node.value() {
            Node::Text(text) if opens && unread == 0 => {
                if !text.trim().is_empty() {
                    breaks = 0;
                }
                current.push_str(text);
            }
            Node::Element(element) if UNREAD.contains(&element.name()) => unread = if opens { unread + 1 } else { unread.saturating_sub(1) },
            Node::Element(element) if BLOCKS.contains(&element.name()) => {
                paragraphs.extend(plain(&std::mem::take(&mut current)));
                breaks = 0;
            }
            Node::Element(element) if element.name() == "br" && opens => {
                breaks += 1;
                if breaks > 1 {
                    paragraphs.extend(plain(&std::mem::take(&mut current)));
                }
                current.push(' ');
            }
            _ => {}
        }
    }
    paragraphs.extend(plain(&current));
    paragraphs
}

/// A paragraph with its white space made single; none without a letter or digit in it.
fn plain(text: &str) -> Option<String> {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['\u{200b}', '\0'], "");
    joined.chars().any(char::is_alphanumeric).then_some(joined)
}

/// Whether two lines have the same letters.
fn same(one: &str, other: &str) -> bool {
    let key = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    key(one) == key(other)
}
