//! Pages built to exhaust their reader: limits on nesting, open formatting and attributes, found in one pass over the tags.
//!
//! An HTML parser walks its stack of open elements at every tag, and reopens unclosed formatting in each paragraph, so that a
//! few hundred kilobytes can cost minutes or gigabytes. A page within the limits passes unchanged; of others the tags beyond
//! them are left out, their text stays.

use std::borrow::Cow;

use super::PageError;

/// The most tags of a page.
const MAX_TAGS: usize = 300_000;
/// The most elements open at once.
const MAX_DEPTH: usize = 256;
/// The most formatting elements open at once.
const MAX_FORMATTING: usize = 8;
/// The most attributes of a tag.
const MAX_ATTRIBUTES: usize = 256;

const VOID: [&str; 14] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements that the next of their kind closes.
const CLOSED_BY_THE_NEXT: [&str; 19] = [
    "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "html", "head", "body", "caption",
    "colgroup", "rp", "rt",
];
const FORMATTING: [&str; 14] = ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements whose content is no markup.
const RAW: [&str; 7] = ["script", "style", "textarea", "title", "xmp", "iframe", "noframes"];

/// A page within the limits.
pub(super) struct Tame<'a> {
    /// The page: unchanged, or without the tags beyond the limits.
    pub(super) html: Cow<'a, str>,
    /// How many tags it had.
    pub(super) tags: usize,
}

/// `html` within the limits.
pub(super) fn tame(html: &str) -> Result<Tame<'_>, PageError> {
    let mut open = Open::default();
    let mut kept = String::new();
    let (mut at, mut copied, mut tags) = (0, 0, 0);
    while let Some(found) = find(html, at, "<") {
        let Some(tag) = Tag::at(html, found) else {
            at = after_other_markup(html, found);
            continue;
        };
        tags += 1;
        if tags > MAX_TAGS {
            return Err(PageError::TooManyTags(MAX_TAGS));
        }
        if !open.admits(&tag) {
            kept.push_str(html.get(copied..found).unwrap_or_default());
            copied = tag.end;
        } else if tag.attributes > MAX_ATTRIBUTES {
            kept.push_str(html.get(copied..found).unwrap_or_default());
            kept.push('<');
            kept.push_str(&tag.name);
            kept.push('>');
            copied = tag.end;
        }
        at = if !tag.closes && RAW.contains(&tag.name.as_str()) { end_of_raw(html, &tag) } else { tag.end };
    }
    if copied == 0 {
        return Ok(Tame { html: Cow::Borrowed(html), tags });
    }
    kept.push_str(html.get(copied..).unwrap_or_default());
    Ok(Tame { html: Cow::Owned(kept), tags })
}

/// How deep the tags of a document in XML lie within each other at most: its readers descend by recursion. 0 for what is no XML.
pub(crate) fn deepest(xml: &str) -> usize {
    let (mut depth, mut deepest, mut at) = (0usize, 0, 0);
    if !xml.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return 0;
    }
    while let Some(found) = find(xml, at, "<") {
        let rest = xml.get(found..).unwrap_or_default();
        let end = if rest.starts_with("<![CDATA[") {
            "]]>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else {
            ">"
        };
        at = find(xml, found, end).map_or(xml.len(), |at| at + end.len());
        let tag = xml.get(found..at).unwrap_or_default();
        match tag.as_bytes().get(1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) if tag.ends_with("/>") => {}
            Some(_) => depth += 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// What is open, as far as counting tells.
#[derive(Default)]
struct Open {
    depth: usize,
    depth_left_out: usize,
    formatting: usize,
    formatting_left_out: usize,
    foreign: usize,
}

impl Open {
    /// Counts `tag`; whether it is within the limits.
    fn admits(&mut self, tag: &Tag) -> bool {
        let name = tag.name.as_str();
        if matches!(name, "svg" | "math") {
            self.foreign = if tag.closes { self.foreign.saturating_sub(1) } else { self.foreign + 1 };
        }
        let in_markup = self.foreign == 0;
        if VOID.contains(&name) || (in_markup && CLOSED_BY_THE_NEXT.contains(&name)) || (!in_markup && tag.closes_itself) {
            return true;
        }
        if FORMATTING.contains(&name) {
            count(&mut self.formatting, &mut self.formatting_left_out, tag.closes, MAX_FORMATTING)
        } else {
            count(&mut self.depth, &mut self.depth_left_out, tag.closes, MAX_DEPTH)
        }
    }
}

/// Counts one tag: a closing one belongs to the opening one left out last, if there is one.
fn count(open: &mut usize, left_out: &mut usize, closes: bool, limit: usize) -> bool {
    match (closes, *left_out > 0) {
        (true, true) => *left_out -= 1,
        (true, false) => {
            *open = open.saturating_sub(1);
            return true;
        }
        (false, _) if *open >= limit => *left_out += 1,
        (false, _) => {
            *open += 1;
            return true;
        }
    }
    false
}

struct Tag {
    name: String,
    closes: bool,
    closes_itself: bool,
    attributes: usize,
    end: usize,
}

impl Tag {
    /// The tag that begins at `start`, if one does.
    fn at(html: &str, start: usize) -> Option<Self> {
        let bytes = html.as_bytes();
        let closes = bytes.get(start + 1) == Some(&b'/');
        let name_at = start + 1 + usize::from(closes);
        if !bytes.get(name_at)?.is_ascii_alphabetic() {
            return None;
        }
        let rest = bytes.get(name_at..)?;
        let length = rest.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/')).unwrap_or(rest.len());
        let name = html.get(name_at..name_at + length)?.to_ascii_lowercase();
        let (mut at, mut quote, mut attributes, mut between) = (name_at + length, None, 0, true);
        let mut before = b' ';
        while let Some(&byte) = bytes.get(at) {
            match (quote, byte) {
                (None, b'>') => {
                    return Some(Self { name, closes, closes_itself: before == b'/', attributes, end: at + 1 });
                }
                (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
                (Some(open), _) if byte == open => {
                    quote = None;
                    between = true;
                }
                (None, _) if byte.is_ascii_whitespace() || byte == b'/' => between = true,
                (None, _) if between => {
                    attributes += usize::from(byte != b'=');
                    between = false;
                }
                _ => {}
            }
            if quote.is_some() || !byte.is_ascii_whitespace() {
                before = byte;
            }
            at += 1;
        }
        Some(Self { name, closes, closes_itself: false, attributes, end: bytes.len() })
    }
}

/// Where a comment, a declaration or a stray `<` ends.
fn after_other_markup(html: &str, start: usize) -> usize {
    if html.get(start..).is_some_and(|rest| rest.starts_with("<!--")) {
        return find(html, start + 4, "-->").map_or(html.len(), |at| at + 3);
    }
    start + 1
}

/// Where the content of a raw element ends: at its closing tag.
fn end_of_raw(html: &str, tag: &Tag) -> usize {
    let mut at = tag.end;
    while let Some(found) = find(html, at, "</") {
        let name = html.as_bytes().get(found + 2..found + 2 + tag.name.len());
        if name.is_some_and(|name| name.eq_ignore_ascii_case(tag.name.as_bytes())) {
            return found;
        }
        at = found + 2;
    }
    html.len()
}

fn find(html: &str, from: usize, what: &str) -> Option<usize> {
    html.get(from..)?.find(what).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_within_the_limits_passes_unchanged() {
        let page = "<!doctype html><!-- <div> --><p class='a > b'>One<p>Two<script>if (a < b) '<div>'</script><br/>5 < 6 <b>x</b>";
        assert!(matches!(tame(page).unwrap().html, Cow::Borrowed(same) if same == page));
    }

    #[test]
    fn nesting_beyond_the_limit_is_left_out_and_its_text_stays() {
        let page = format!("{}deep{}<p>after</p>", "<div>".repeat(1_000), "</div>".repeat(1_000));
        let tamed = tame(&page).unwrap().html;
        assert_eq!(tamed.matches("<div>").count(), MAX_DEPTH);
        assert_eq!(tamed.matches("</div>").count(), MAX_DEPTH);
        assert!(tamed.contains("deep") && tamed.ends_with("<p>after</p>"));
    }

    #[test]
    fn unclosed_formatting_and_attributes_without_end_are_cut() {
        let numbered = |before: &str, after: &str| (0..10_000).map(|n| [before, &n.to_string(), after].concat()).collect::<String>();
        assert_eq!(tame(&numbered("<font size=", ">")).unwrap().html.matches("<font").count(), MAX_FORMATTING);
        let attributes = numbered(" a", "='<p>'");
        assert_eq!(tame(&format!("<p{attributes}>text</p>")).unwrap().html, "<p>text</p>");
    }

    #[test]
    fn the_depth_of_xml_counts_elements_only() {
        assert_eq!(deepest("<?xml version='1.0'?><a><b/><b><!-- <x> --><![CDATA[<p><p><p>]]></b></a>"), 2);
        assert_eq!(deepest("{\"content_html\": \"<p><p>\"}"), 0);
    }

    #[test]
    fn too_many_tags_are_refused() {
        assert_eq!(tame(&"<p>".repeat(MAX_TAGS + 1)).err(), Some(PageError::TooManyTags(MAX_TAGS)));
    }
}
