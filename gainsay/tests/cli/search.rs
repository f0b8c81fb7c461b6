//! `gainsay search`.

use crate::harness::{NEWS, gainsay, json, text};

#[test]
fn finds_articles_and_claims_in_each_format() {
    let data = tempfile::tempdir().unwrap();
    let news = data.path().join("news.jsonl");
    std::fs::write(&news, NEWS).unwrap();
    gainsay(&["import", text(&news), "--data", text(data.path()), "--quiet"]).done();
    let search = |query: &str, format: &str| gainsay(&["search", query, "--data", text(data.path()), "--format", format]).done();

    let found = json(&search("padlock", "json"));
    let titles: Vec<&str> = found["articles"].as_array().unwrap().iter().map(|article| article["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Police: No evidence of sabotage at Asper works", "Police look at sabotage in Brackwater explosion, source says"]);
    let claims = found["claims"].as_array().unwrap();
    assert!(claims.iter().all(|claim| claim["content"]["text"].as_str().unwrap().contains("padlock")), "{claims:?}");
    assert!(claims.iter().any(|claim| claim["source"]["name"] == "Tomas Ferrin"), "{claims:?}");

    let lines = search("padlock", "jsonl");
    let kinds = |key| lines.lines().map(json).filter(|row| row.get(key).is_some()).count();
    assert_eq!((kinds("article"), kinds("claim")), (2, claims.len()));

    let table = search("\"no such warning\"", "table");
    assert!(table.contains("Corvane was warned of cracked valve in November, officials say"), "{table}");
    assert!(table.contains("“There was no such warning") || table.contains("There was no such warning"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");

    let limited = json(&gainsay(&["search", "Corvane", "--limit", "3", "--data", text(data.path())]).done());
    assert_eq!(limited["articles"].as_array().unwrap().len(), 3);
    assert_eq!(json(&search("zeppelin", "json")), serde_json::json!({"articles": [], "claims": []}));
    assert!(search("zeppelin", "table").contains("0 articles and 0 claims that hold zeppelin"));
}
