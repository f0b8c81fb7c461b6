//! Tests of reading pages.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;

const PARAGRAPHS: [&str; 4] = [
    "The minister denied on Monday that the call took place. “There was no such call,” she told reporters outside the ministry.",
    "Two officials familiar with the talks had said that the two leaders spoke for half an hour on Thursday evening.",
    "A spokesman for the opposition declined to comment, and the president's office did not answer written questions.",
    "The Evening Courier first reported the call on Sunday. It cited people with knowledge of the conversation, whom it did not name.",
];

fn body() -> String {
    PARAGRAPHS.iter().fold(String::new(), |mut html, paragraph| {
        let _ = writeln!(html, "<p>{paragraph}</p>");
        html
    })
}

fn page(head: &str, before: &str) -> String {
    format!(
        "<!doctype html><html lang=en-GB><head>{head}</head><body><nav><a href=/>Home</a></nav><main><article>{before}{}</article></main></body></html>",
        body()
    )
}

fn read_at(html: &str, url: &str) -> ArticleForm {
    read(html.as_bytes(), &Origin { url: Url::parse(url).ok(), charset: None }).unwrap()
}

#[test]
fn structured_data_goes_before_tags_and_tags_before_what_shows() {
    let head = r##"<title>Minister denies call - The Outlet</title>
        <link rel=canonical href="/2025/03/call">
        <meta property="og:title" content="Minister denies call | The Outlet"><meta property="og:site_name" content="The Outlet">
        <meta property="article:published_time" content="2025-03-04T00:00:00Z"><meta property="article:section" content="Politics">
        <script type="application/ld+json">{"@graph": [{"@type": "Organization", "@id": "#org", "name": "The Outlet"},
        {"@type": ["NewsArticle"], "headline": "Minister &#8216;denies&#8217; call", "datePublished": "2025-03-03T08:10:00+01:00",
         "dateModified": "2025-03-03T09:00:00Z", "author": [{"@type": "Person", "name": "A. Writer"}, {"name": "B. Writer"}], "publisher": {"@id": "#org"}}]}</script>"##;
    let read = read_at(
        &page(head, "<h1>Something else</h1><p class=byline>By C. Writer</p>"),
        "https://www.outlet.example/2025/03/call?utm_source=x",
    );
    assert_eq!(read.title.as_deref(), Some("Minister ‘denies’ call"));
    assert_eq!(read.byline.as_deref(), Some("A. Writer, B. Writer"));
    assert_eq!(read.publisher.as_deref(), Some("The Outlet"));
    assert_eq!(read.published_at.unwrap().to_string(), "2025-03-03T07:10:00Z");
    assert_eq!(read.modified_at.unwrap().to_string(), "2025-03-03T09:00:00Z");
    assert_eq!(read.section.as_deref(), Some("Politics"));
    assert_eq!(read.language.as_deref(), Some("en"));
    assert_eq!(read.url.as_deref(), Some("https://www.outlet.example/2025/03/call"));
}

#[test]
fn what_shows_serves_where_nothing_is_stated() {
    let shown = "<h1>Minister denies the call</h1><p class=byline>By <a rel=author>A. Writer</a></p><time datetime=2025-03-03>today</time>";
    let read = read_at(&page("<title>Minister denies the call | Outlet</title>", shown), "https://www.outlet.example/a");
    assert_eq!(read.title.as_deref(), Some("Minister denies the call"));
    assert_eq!(read.byline.as_deref(), Some("A. Writer"));
    assert_eq!(read.published_at.unwrap().to_string(), "2025-03-03");
    assert_eq!(read.publisher.as_deref(), Some("outlet.example"));
}

#[test]
fn dates_that_are_templates_are_none() {
    let head = r#"<meta property="article:published_time" content="{{ date }}"><meta name=date content="0001-01-01T00:00:00Z">
        <script type="application/ld+json">{"@type": "NewsArticle", "headline": "Minister denies call", "datePublished": "1970-01-01T00:00:00Z"}</script>"#;
    let read = read_at(&page(head, ""), "https://outlet.example/a");
    assert_eq!((read.title.as_deref(), read.published_at), (Some("Minister denies call"), None));
}

#[test]
fn the_main_text_is_paragraphs_with_blank_lines_between() {
    let html = page("<title>A title</title>", "<figure><img src=a.jpg><figcaption>A caption.</figcaption></figure>");
    assert_eq!(read_at(&html, "https://outlet.example/a").text, PARAGRAPHS.join("\n\n"));
}

#[test]
fn a_page_in_an_old_encoding_is_decoded() {
    let html = page("<meta charset=windows-1252><title>Caf\u{e9}</title>", "");
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(&html);
    let read = read(&bytes, &Origin::default()).unwrap();
    assert_eq!(read.title.as_deref(), Some("Café"));
    assert!(read.text.contains("“There was no such call,”"), "{}", read.text);
}

#[test]
fn pages_without_an_article_say_so() {
    for html in ["<html></html>", "<html><body><script>var a = 1;</script></body></html>", "<", "<!--", "<p", "<html><body><p>\0</p>"] {
        assert_eq!(read(html.as_bytes(), &Origin::default()), Err(PageError::NoText), "{html}");
    }
}

#[test]
fn broken_html_is_read_as_far_as_it_goes() {
    let html = format!(
        "<html><head><title>A title</head><body><div><article><p>{}<p>{}</div></article></b></i><table><p",
        PARAGRAPHS.join("<p>"),
        PARAGRAPHS[0]
    );
    let html = html.replace("<title>A title", "<title>A title</title>");
    assert!(read(html.as_bytes(), &Origin::default()).unwrap().text.contains(PARAGRAPHS[1]));
}

/// Pages built to exhaust a reader end soon, with a text or an error.
#[test]
fn hostile_pages_are_read_in_bounded_time() {
    let many = |text: &str, count: usize| text.repeat(count);
    let fonts: String = (0..20_000).fold(String::new(), |mut html, n| {
        let _ = write!(html, "<font size={n}><p>x");
        html
    });
    let attributes: String = (0..100_000).fold(String::new(), |mut html, n| {
        let _ = write!(html, " a{n}=b");
        html
    });
    for (name, html) in [
        ("nested divs", format!("{}{}{}", many("<div>", 100_000), body(), many("</div>", 100_000))),
        ("nested divs of too many tags", format!("{}{}", many("<div>", 200_000), body())),
        ("nested tables", format!("{}{}", many("<table><tr><td>", 30_000), body())),
        ("foreign nesting", format!("<svg>{}</svg>{}", many("<td>", 100_000), body())),
        ("unclosed formatting", fonts),
        ("attributes", format!("<div{attributes}>{}</div>", body())),
        ("paragraphs", many("<p>x", 100_000)),
        ("links", many("<a href=x>y</a> ", 60_000)),
        ("one long text", format!("<p>{}</p>", many("word ", 300_000))),
        ("entities", format!("<p>{}</p>", many("&amp;&#0;&notit;", 30_000))),
        ("comments", many("<!--", 500_000)),
        ("raw text without end", many("<script>", 100_000)),
        ("lists", format!("{}{}", many("<ul><li>", 20_000), body())),
        ("deep JSON-LD", format!("<script type=application/ld+json>{}</script>{}", many("[", 1_000_000), body())),
    ] {
        let begun = Instant::now();
        let read = read(html.as_bytes(), &Origin::default());
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(20), "{name} took {took:?}");
        assert!(read.is_ok_and(|read| !read.text.is_empty()) || !html.contains(PARAGRAPHS[1]), "{name} lost its text");
    }
}
