//! What a page's structured data (JSON-LD of schema.org) states of its article.

use std::collections::HashMap;

use claims::Timestamp;
use scraper::Html;
use serde_json::Value;
use url::Url;

use super::{Stated, byline, dates, language, line, select};

/// The most nodes looked at: structured data of an article has tens.
const MAX_NODES: usize = 10_000;

/// What the article's node states; of several, the one at the page's own address, else the first.
pub(super) fn stated(document: &Html, address: Option<&Url>) -> Stated {
    let blocks: Vec<Value> = select(document, r#"script[type*="ld+json" i]"#)
        .into_iter()
        .filter_map(|script| read(&script.text().collect::<String>()))
        .collect();
    let mut nodes = Vec::new();
    for block in &blocks {
        collect(block, &mut nodes);
    }
    let by_id: HashMap<&str, &Value> =
        nodes.iter().filter_map(|node| Some((node.get("@id")?.as_str()?, *node))).filter(|(_, node)| node.get("name").is_some()).collect();
    let articles: Vec<&Value> = nodes.iter().copied().filter(|node| is_article(node)).collect();
    let own = articles.iter().find(|node| address.is_some_and(|address| is_at(node, address)));
    let article = own.or(articles.first()).map(|node| of_node(node, &by_id)).unwrap_or_default();
    // A description of the page itself is weaker, and often all there is.
    let page = nodes.iter().find(|node| has_type(node, &["WebPage", "ItemPage"])).map(|node| {
        let page = of_node(node, &by_id);
        Stated { title: None, publisher: None, byline: None, ..page }
    });
    article.or(page.unwrap_or_default())
}

/// The first date of publication in the data that scripts carry, for pages that are built from it.
pub(super) fn date_in_scripts(document: &Html) -> Option<Timestamp> {
    const KEYS: [&str; 3] = ["\"datePublished\":\"", "\"publishedDate\":\"", "\"published_at\":\""];
    select(document, "script").into_iter().find_map(|script| {
        let text: String = script.text().collect();
        KEYS.iter().find_map(|key| dates::parse(text.split_once(key)?.1.split('"').next()?))
    })
}

/// Parses a block, forgiving what templates do to it: comments around it, raw line breaks within strings, a semicolon after it.
fn read(text: &str) -> Option<Value> {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let bare = plain.trim().trim_start_matches("<!--").trim_start_matches("//").trim_start().trim_start_matches("<![CDATA[");
    let bare = bare.trim_end_matches("-->").trim_end().trim_end_matches("]]>").trim_end_matches("//").trim().trim_end_matches(';');
    serde_json::from_str(bare).ok()
}

/// All objects at the top, in arrays and in graphs, and those nested as what a page is about.
fn collect<'a>(value: &'a Value, nodes: &mut Vec<&'a Value>) {
    if nodes.len() >= MAX_NODES {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, nodes)),
        Value::Object(fields) => {
            nodes.push(value);
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "publisher", "author"] {
                fields.get(key).into_iter().for_each(|nested| collect(nested, nodes));
            }
        }
        _ => {}
    }
}

fn is_article(node: &Value) -> bool {
    types(node).any(|name| {
        let name = name.rsplit('/').next().unwrap_or(name);
        name.ends_with("Article") || name.ends_with("Posting") || matches!(name, "Report" | "Review" | "CreativeWork" | "Blog")
    }) && (node.get("headline").is_some() || node.get("datePublished").is_some())
}

fn has_type(node: &Value, wanted: &[&str]) -> bool {
    types(node).any(|name| wanted.contains(&name))
}

fn types(node: &Value) -> impl Iterator<Item = &str> {
    each(node.get("@type")).filter_map(Value::as_str)
}

/// The value, or each of an array of them.
fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (one, many) = match value {
        Some(Value::Array(items)) => (None, items.as_slice()),
        other => (other, [].as_slice()),
    };
    one.into_iter().chain(many)
}

fn is_at(node: &Value, address: &Url) -> bool {
    let main = node.get("mainEntityOfPage");
    let named = [node.get("url"), node.get("@id"), main, main.and_then(|main| main.get("@id"))];
    named
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|text| address.join(text).ok())
        .any(|url| url.host_str() == address.host_str() && url.path().trim_end_matches('/') == address.path().trim_end_matches('/'))
}

fn of_node(node: &Value, by_id: &HashMap<&str, &Value>) -> Stated {
    let text = |key: &str, limit: usize| each(node.get(key)).find_map(Value::as_str).and_then(|text| line(text, limit));
    let date = |key: &str| each(node.get(key)).find_map(Value::as_str).and_then(dates::parse);
    let names = |key: &str| -> Vec<String> { each(node.get(key)).filter_map(|value| name(value, by_id)).collect() };
    let address = text("url", 4_000).or_else(|| {
        let main = node.get("mainEntityOfPage")?;
        main.as_str().or_else(|| main.get("@id")?.as_str()).map(ToOwned::to_owned)
    });
    Stated {
        url: address.filter(|address| address.starts_with("http")),
        title: text("headline", 2_000).or_else(|| text("name", 2_000)),
        byline: byline(names("author")).or_else(|| byline(names("creator"))),
        publisher: names("publisher").into_iter().find_map(|name| line(&name, 200)).filter(|name| !name.contains("://")),
        published_at: date("datePublished").or_else(|| date("dateCreated")),
        modified_at: date("dateModified"),
        section: text("articleSection", 200),
        language: text("inLanguage", 35).as_deref().and_then(language),
    }
}

/// The name of a person or organization: given as text, in an object, or by reference to another node.
fn name(value: &Value, by_id: &HashMap<&str, &Value>) -> Option<String> {
    match value {
        Value::String(name) => Some(name.clone()),
        Value::Object(fields) => {
            let own = each(fields.get("name")).find_map(Value::as_str);
            let referred = || by_id.get(fields.get("@id")?.as_str()?)?.get("name")?.as_str();
            own.or_else(referred).map(ToOwned::to_owned)
        }
        _ => None,
    }
}
