//! `/v1/claims`: each filter.

use crate::app::{TestApp, values};
use crate::news;

#[tokio::test]
async fn each_filter_narrows() {
    let app = TestApp::spawn(&news::all()).await;
    let ferry = news::ferry_denied();
    let okafor = ferry.claims().iter().find_map(|claim| claim.source.clone().filter(|source| source.name == "Ines Okafor")).unwrap().id();
    for (query, expected) in [
        ("q=moorings".to_owned(), vec![]),
        ("q=strike".to_owned(), vec!["promise"]),
        ("source=okafor".to_owned(), vec!["deny", "demand", "say"]),
        (format!("source_id={okafor}"), vec!["deny", "demand", "say"]),
        (format!("source_id={okafor}&article_id={}", ferry.article.id()), vec!["deny", "demand"]),
        ("act=predict".to_owned(), vec!["predict"]),
        ("stance=no_comment".to_owned(), vec!["decline"]),
        ("stance=deny".to_owned(), vec!["deny", "deny", "deny"]),
        ("stance=query&publisher=port+ledger".to_owned(), vec!["question"]),
        ("publisher=Port+Ledger&to=2026-03-01".to_owned(), vec!["say"]),
        ("from=2026-04-14&act=report".to_owned(), vec!["report"]),
    ] {
        assert_eq!(values(&app.json(&format!("/v1/claims?{query}")).await, "act"), expected, "{query}");
    }
}

#[tokio::test]
async fn a_claim_names_its_article_and_keeps_its_exact_words() {
    let app = TestApp::spawn(&news::all()).await;
    let page = app.json("/v1/claims?stance=no_comment").await;
    let claim = &page["items"][0];
    assert_eq!(claim["publisher"], "Port Ledger");
    assert_eq!(claim["title"], "Harbour office denies secret talks over ferry sale");
    assert_eq!(claim["cue"]["text"], "declined to comment");
    assert_eq!(claim["content"], serde_json::json!({"text": "", "spans": [], "resolved": null}));
    assert_eq!(claim["target"]["text"], "the report");
}

#[tokio::test]
async fn pages_hold_every_claim_once() {
    let app = TestApp::spawn(&news::all()).await;
    let whole = values(&app.json("/v1/claims").await, "id");
    assert_eq!(whole.len(), 14);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.json(&format!("/v1/claims?limit=4&cursor={cursor}")).await;
        seen.extend(values(&page, "id"));
        let Some(next) = page["next"].as_str() else { break };
        cursor = next.to_owned();
    }
    assert_eq!(seen, whole);
}
