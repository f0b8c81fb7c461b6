//! `/openapi.json`: complete, and in itself consistent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::app::TestApp;

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter().map(move |(method, operation)| (path.clone(), method, operation)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                found.insert(reference.clone());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_route_is_there_with_parameters_answers_and_problems() {
    let app = TestApp::spawn(&[]).await;
    let document = app.json("/openapi.json").await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    assert_eq!(document["info"]["title"], "Gainsay");
    let operations = operations(&document);
    let routes: BTreeSet<String> = operations.iter().map(|(path, method, _)| format!("{method} {path}")).collect();
    let expected = [
        "get /v1/articles",
        "get /v1/articles/{id}",
        "get /v1/claims",
        "get /v1/events",
        "get /v1/sources",
        "get /v1/sources/{id}",
        "post /v1/articles",
    ];
    assert_eq!(routes, expected.map(str::to_owned).into());
    let mut ids = BTreeSet::new();
    for (path, method, operation) in &operations {
        let at = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{at}: its id is not its own");
        assert!(operation["summary"].is_string(), "{at}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{at}");
        assert!(responses.contains_key("default"), "{at}");
        for (status, response) in responses {
            assert!(response["description"].is_string(), "{at} {status}");
            let problem = !status.starts_with('2');
            assert_eq!(response["content"].get("application/problem+json").is_some(), problem, "{at} {status}");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["schema"].is_object() && parameter["description"].is_string(), "{at}: {parameter}");
            if parameter["in"] == "path" {
                assert_eq!(parameter["required"], true);
                assert!(path.contains(&format!("{{{}}}", parameter["name"].as_str().unwrap())), "{at}");
            }
        }
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let app = TestApp::spawn(&[]).await;
    let document = app.json("/openapi.json").await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.contains("#/components/schemas/Problem") && found.contains("#/components/schemas/ArticleRecord"), "{found:?}");
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn the_service_takes_exactly_the_parameters_that_the_document_lists() {
    let app = TestApp::spawn(&[]).await;
    let document = app.json("/openapi.json").await;
    let values: BTreeMap<&str, &str> = [
        ("q", "word"),
        ("publisher", "x"),
        ("from", "2024-11-11"),
        ("to", "2024-11-11"),
        ("limit", "5"),
        ("source", "x"),
        ("source_id", "00000000-0000-5000-8000-000000000000"),
        ("article_id", "00000000-0000-5000-8000-000000000000"),
        ("act", "deny"),
        ("stance", "deny"),
    ]
    .into();
    for path in ["/v1/articles", "/v1/claims", "/v1/sources"] {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        let names: Vec<&str> = parameters.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
        let query: Vec<String> = names.iter().filter_map(|name| values.get(name).map(|value| format!("{name}={value}"))).collect();
        app.json(&format!("{path}?{}", query.join("&"))).await;
        let problem: Value = app.get(&format!("{path}?unknown=1")).await.json().await.unwrap();
        let (_, allowed) = problem["detail"].as_str().unwrap().split_once("allowed: ").unwrap();
        assert_eq!(allowed.split(", ").collect::<BTreeSet<_>>(), names.into_iter().collect::<BTreeSet<_>>(), "{path}");
    }
}

#[tokio::test]
async fn what_needs_a_key_says_so_and_all_may_be_asked_too_often() {
    let app = TestApp::spawn(&[]).await;
    let document = app.json("/openapi.json").await;
    let scheme = &document["components"]["securitySchemes"]["key"];
    assert_eq!((&scheme["type"], &scheme["scheme"]), (&"http".into(), &"bearer".into()));
    for (path, method, operation) in operations(&document) {
        let writes = method == "post";
        assert_eq!(operation.get("security").is_some(), writes, "{method} {path}");
        for status in ["401", "403", "408", "413"] {
            assert_eq!(operation["responses"].get(status).is_some(), writes, "{method} {path} {status}");
        }
        assert!(operation["responses"]["429"]["headers"]["Retry-After"].is_object(), "{method} {path}");
    }
}
