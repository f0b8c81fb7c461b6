//! `/v1/sources`: the list and one source.

use crate::app::{TestApp, problem, values};
use crate::news;

#[tokio::test]
async fn lists_those_with_most_claims_first_and_searches_names() {
    let app = TestApp::spawn(&news::all()).await;
    let page = app.json("/v1/sources").await;
    assert_eq!(values(&page, "claims"), ["3", "3", "2", "2", "1", "1", "1", "1"]);
    let found = app.json("/v1/sources?q=OKAFOR").await;
    assert_eq!(values(&found, "name"), ["Ines Okafor"]);
    assert_eq!(found["items"][0]["acts"], serde_json::json!({"say": 1, "demand": 1, "deny": 1}));
    assert_eq!(values(&app.json("/v1/sources?limit=1").await, "name").len(), 1);
}

#[tokio::test]
async fn one_source_by_id() {
    let app = TestApp::spawn(&news::all()).await;
    let listed = app.json("/v1/sources?q=Northline").await["items"][0].clone();
    let one = app.json(&format!("/v1/sources/{}", listed["id"].as_str().unwrap())).await;
    assert_eq!(one, listed);
    assert_eq!(problem(app.get("/v1/sources/00000000-0000-5000-8000-000000000000").await).await.0, 404);
    assert_eq!(problem(app.get("/v1/sources/Okafor").await).await.1["parameter"], "id");
}
