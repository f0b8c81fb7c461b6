//! `/v1/articles`: filters, pages, one article.

use crate::app::{TestApp, problem, values};
use crate::news;

#[tokio::test]
async fn lists_newest_first_with_counts() {
    let app = TestApp::spawn(&news::all()).await;
    let page = app.json("/v1/articles").await;
    let titles = values(&page, "title");
    assert_eq!(titles[0], "Hafenamt weist Bericht zurück");
    assert_eq!(titles[1], "Harbour office denies secret talks over ferry sale");
    assert_eq!(titles.last().unwrap(), "null", "an article without a date comes last");
    assert_eq!(page["items"][1]["stances"], serde_json::json!({"support": 5, "deny": 3, "no_comment": 1, "query": 1}));
    assert_eq!(page["items"][0]["skipped"], "language");
    assert_eq!(page["next"], serde_json::Value::Null);
}

#[tokio::test]
async fn each_filter_narrows() {
    let app = TestApp::spawn(&news::all()).await;
    for (query, expected) in [
        ("q=moorings", vec!["Council asks for new moorings"]),
        ("q=%22buyer+of+the+Lantern%22", vec!["Harbour office in talks to sell ferries"]),
        ("q=%22Lantern+buyer%22", vec![]),
        ("publisher=tidewater+gazette", vec!["Harbour office in talks to sell ferries", "Harbour office sells ferries"]),
        ("publisher=Tidewater+Gazette&to=2026-04-12", vec!["Harbour office sells ferries"]),
        ("from=2026-04-13&to=2026-04-13", vec!["Harbour office in talks to sell ferries"]),
        ("from=2026-04-15&q=&publisher=+", vec!["Hafenamt weist Bericht zurück"]),
    ] {
        assert_eq!(values(&app.json(&format!("/v1/articles?{query}")).await, "title"), expected, "{query}");
    }
}

#[tokio::test]
async fn pages_hold_every_article_once_and_lead_on_by_body_and_header() {
    let app = TestApp::spawn(&news::all()).await;
    let whole = values(&app.json("/v1/articles").await, "id");
    let (mut seen, mut path) = (Vec::new(), "/v1/articles?limit=3&from=2025-01-01".to_owned());
    loop {
        let answer = app.get(&path).await;
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        let page: serde_json::Value = answer.json().await.unwrap();
        assert!(page["items"].as_array().unwrap().len() <= 3);
        seen.extend(values(&page, "id"));
        let Some(next) = page["next"].as_str() else {
            assert_eq!(link, None);
            break;
        };
        path = format!("/v1/articles?limit=3&from=2025-01-01&cursor={next}");
        assert_eq!(link, Some(format!("<{path}>; rel=\"next\"")));
    }
    assert_eq!(seen, whole[..6], "all but the one without a date");
}

#[tokio::test]
async fn one_article_comes_with_claims_and_versions() {
    let (first, second) = (news::ferry_first(), news::ferry_second_version());
    let app = TestApp::spawn(&[first.clone(), second.clone()]).await;
    let article = app.json(&format!("/v1/articles/{}", second.article.id())).await;
    assert_eq!(article["text"], second.article.text.as_str());
    assert_eq!(article["version"], 2);
    let versions: Vec<&str> = article["versions"].as_array().unwrap().iter().map(|version| version["id"].as_str().unwrap()).collect();
    assert_eq!(versions, [first.article.id().to_string(), second.article.id().to_string()]);
    let claim = &article["claims"][0];
    assert_eq!(claim["content"]["text"], "The harbour office has met a buyer of the Lantern ferries");
    assert_eq!(claim["source"]["kind"], "anonymous");
    assert_eq!(claim["id"], second.claims()[0].id().to_string());
}

#[tokio::test]
async fn an_article_that_is_not_there_is_a_problem() {
    let app = TestApp::spawn(&[]).await;
    let (status, body) = problem(app.get("/v1/articles/00000000-0000-5000-8000-000000000000").await).await;
    assert_eq!((status, body["title"].as_str().unwrap()), (404, "Not Found"));
    let (status, body) = problem(app.get("/v1/articles/n1").await).await;
    assert_eq!((status, body["parameter"].as_str().unwrap()), (400, "id"));
    assert_eq!(problem(app.get(&format!("/v1/articles/{}?x=1", news::plain().article.id())).await).await.1["parameter"], "x");
}
