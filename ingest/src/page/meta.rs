//! What a page's meta tags (Open Graph, Dublin Core, citation tags and their kin) and canonical link state of its article.

use std::collections::HashMap;

use scraper::Html;

use super::{Stated, byline, dates, language, line, select, title};

const TITLE: [&str; 8] =
    ["og:title", "citation_title", "parsely-title", "twitter:title", "dc.title", "dcterms.title", "sailthru.title", "title"];
const BYLINE: [&str; 11] = [
    "author",
    "article:author",
    "byl",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "article:author_name",
    "cxenseparse:author",
    "authors",
];
const PUBLISHER: [&str; 7] =
    ["og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher", "publisher", "application-name", "cre"];
const PUBLISHED: [&str; 30] = [
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "og:published_time",
    "og:pubdate",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_time",
    "publication_date",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "dc.date.publication",
    "date",
    "article.published",
    "cxenseparse:recs:publishtime",
    "displaydate",
    "originalpublicationdate",
    "article_date_original",
];
const MODIFIED: [&str; 9] = [
    "article:modified_time",
    "article:modified",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
];
const SECTION: [&str; 6] = ["article:section", "og:article:section", "parsely-section", "cxenseparse:category", "section", "dc.subject"];
const LANGUAGE: [&str; 6] = ["og:locale", "dc.language", "dcterms.language", "inlanguage", "language", "content-language"];

/// What the tags state. Of several names for a field the order above decides; of several tags of one name, the first.
pub(super) fn stated(document: &Html) -> Stated {
    let tags = tags(document);
    let first = |names: &[&str], limit: usize| names.iter().find_map(|name| tags.get(*name)?.iter().find_map(|value| line(value, limit)));
    let date = |names: &[&str]| names.iter().find_map(|name| tags.get(*name)?.iter().find_map(|value| dates::parse(value)));
    let publisher = first(&PUBLISHER, 200).filter(|name| !name.contains("://") && !name.starts_with('@'));
    let canonical = select(document, "link[rel~=canonical i]").into_iter().find_map(|link| link.attr("href").map(ToOwned::to_owned));
    Stated {
        url: canonical.or_else(|| first(&["og:url"], 4_000)),
        title: first(&TITLE, 2_000).map(|text| title::without_outlet(&text, publisher.as_deref())),
        byline: BYLINE.iter().find_map(|name| byline(tags.get(*name)?.iter().cloned())),
        publisher,
        published_at: date(&PUBLISHED),
        modified_at: date(&MODIFIED),
        section: first(&SECTION, 200).filter(|name| !name.contains("://")),
        language: first(&LANGUAGE, 35).as_deref().and_then(language),
    }
}

/// The contents of the meta tags by their names in lower case.
fn tags(document: &Html) -> HashMap<String, Vec<String>> {
    let mut tags: HashMap<String, Vec<String>> = HashMap::new();
    for tag in select(document, "meta[content]") {
        let names = ["property", "name", "itemprop", "http-equiv"].iter().filter_map(|key| tag.attr(key));
        let Some(content) = tag.attr("content").filter(|content| !content.trim().is_empty()) else { continue };
        for name in names.flat_map(str::split_whitespace) {
            tags.entry(name.to_lowercase()).or_default().push(content.to_owned());
        }
    }
    tags
}
