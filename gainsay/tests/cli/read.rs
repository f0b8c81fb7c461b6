//! `gainsay read`: each form of input, each format.

use crate::harness::{NEWS, gainsay, gainsay_with, json, text};

const STORY: &str = "The minister resigned on Monday, the Courier reported.\n\n“There was no resignation,” said Jonas Weir, a spokesman. \
                     The prime minister’s office declined to comment.\n";

/// The n-th article of the sample news.
fn sample(number: usize) -> &'static str {
    NEWS.lines().nth(number - 1).unwrap()
}

#[test]
fn json_is_the_article_with_its_claims() {
    let arguments = ["read", "-", "--published", "2026-03-05", "--publisher", "The Echo"];
    let out = json(&gainsay_with(&arguments, STORY.as_bytes()).done());
    assert_eq!(out["article"]["publisher"], "The Echo");
    assert_eq!(out["article"]["published_at"], "2026-03-05");
    assert_eq!(out["article"]["language"], "en");
    assert_eq!(out["article"]["text"], STORY, "the text is kept byte for byte");
    let claims = out["claims"].as_array().unwrap();
    let denial = claims.iter().find(|claim| claim["source"]["name"] == "Jonas Weir").unwrap();
    assert_eq!((&denial["act"], &denial["stance"]), (&"deny".into(), &"deny".into()));
    assert_eq!(denial["content"]["text"], "“There was no resignation,”");
    assert_eq!(denial["cue"]["text"], "said");
    assert_eq!(denial["article_id"], out["article"]["id"]);
    assert!(claims.iter().any(|claim| claim["stance"] == "no_comment"), "{claims:?}");
}

#[test]
fn jsonl_is_the_same_claims_one_a_line() {
    let whole = json(&gainsay_with(&["read", "-"], STORY.as_bytes()).done());
    let lines = gainsay_with(&["read", "-", "--format", "jsonl"], STORY.as_bytes()).done();
    assert_eq!(lines.lines().map(json).collect::<Vec<_>>(), *whole["claims"].as_array().unwrap());
}

#[test]
fn a_table_has_no_colour_where_it_is_no_terminal_and_fits_80_columns() {
    let table = gainsay_with(&["read", "-", "--format", "table"], sample(5).as_bytes()).done();
    assert!(table.starts_with("Corvane was warned of cracked valve in November, officials say\n"), "{table}");
    assert!(table.contains("The Port Sorrel Courier · 5 March 2026, 17:30 UTC · Johanna Reyes and Peter Ganz"), "{table}");
    assert!(!table.contains('\u{1b}'), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.contains("Ilse Brandt") && table.contains("deny"), "{table}");
}

#[test]
fn each_stage_tells_what_it_decided_and_why() {
    let read = json(&gainsay_with(&["read", "-", "--explain"], STORY.as_bytes()).done());
    let (claims, steps) = (read["claims"].as_array().unwrap(), read["steps"].as_array().unwrap());
    assert_eq!(claims.len(), steps.len());
    for (claim, steps) in claims.iter().zip(steps) {
        let act = steps.as_array().unwrap().iter().find(|step| step["stage"] == "act").unwrap();
        assert_eq!(act["decided"], claim["act"]);
        assert!(act["weighed"][0]["probability"].as_f64().unwrap() > 0.0, "{act}");
    }
    let table = gainsay_with(&["read", "-", "--explain", "--format", "table"], STORY.as_bytes()).done();
    assert!(table.contains("cue: decline to comment (declined to comment ") || table.contains("act: decline (decline "), "{table}");
    gainsay_with(&["read", "-", "--explain", "--format", "html"], STORY.as_bytes()).failed(1, &["--explain prints a table or JSON"]);
}

#[test]
fn a_page_stands_alone_with_its_claims_marked() {
    let page = gainsay_with(&["read", "-", "--format", "html"], STORY.as_bytes()).done();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"), "{page}");
    assert!(page.contains("<mark class=\"content deny\" title=\"Jonas Weir: deny\">“There was no resignation,”</mark>"), "{page}");
    assert!(!page.contains("<script") && !page.contains("src="), "{page}");
    // Without its markup the text is the article's.
    let body = page.split_once("<div class=\"text\">").unwrap().1.split_once("</div>").unwrap().0;
    let mut plain = String::new();
    let (mut tag, mut number) = (String::new(), false);
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => (inside, tag) = (true, String::new()),
            '>' => {
                inside = false;
                number = tag.starts_with("a ");
            }
            _ if inside => tag.push(c),
            _ if number => {}
            _ => plain.push(c),
        }
    }
    assert_eq!(plain, STORY);
}

#[test]
fn files_are_told_by_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let html = "<!doctype html><html lang=en><head><title>Minister resigns</title><meta name=author content=\"A. Writer\">\
                <meta property=\"article:published_time\" content=\"2026-03-05T10:00:00Z\"></head><body><article><h1>Minister resigns</h1>\
                <p>“There was no resignation,” said Jonas Weir, a spokesman for the ministry, in the capital on Thursday afternoon.</p>\
                <p>The prime minister’s office declined to comment on the report, which had appeared in a newspaper that morning.</p>\
                </article></body></html>";
    for (name, content, published) in [
        ("a.txt", STORY, "2020-01-01"),
        ("a.html", html, "2026-03-05T10:00:00Z"),
        ("a.json", sample(4), "2026-03-05T10:15:00Z"),
        ("named-oddly", html, "2026-03-05T10:00:00Z"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let out = json(&gainsay(&["read", text(&path), "--published", "2020-01-01"]).done());
        assert_eq!(out["article"]["published_at"], published, "{name}: the article's own word goes first");
        assert!(!out["claims"].as_array().unwrap().is_empty(), "{name}: {out}");
    }
}

#[test]
fn another_language_is_said_and_is_no_failure() {
    let out = json(&gainsay_with(&["read", "-"], sample(13).as_bytes()).done());
    assert_eq!((&out["skipped"], &out["article"]["language"]), (&"language".into(), &"fr".into()));
    let table = gainsay_with(&["read", "-", "--format", "table"], sample(13).as_bytes()).done();
    assert!(table.contains("Not read: the text is in fr"), "{table}");
}

#[test]
fn more_than_one_article_is_refused_with_a_hint() {
    gainsay_with(&["read", "-"], NEWS.as_bytes()).failed(1, &["standard input", "more than one article", "gainsay import"]);
}
