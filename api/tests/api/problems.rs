//! Every error is a problem document that names what is wrong; every answer carries the same protective headers.

use crate::app::{TestApp, problem};
use crate::news;

#[tokio::test]
async fn a_bad_parameter_is_named_with_what_is_allowed() {
    let app = TestApp::spawn(&[]).await;
    for (path, parameter, allowed) in [
        ("/v1/articles?author=x", "author", "allowed: q, publisher, from, to, limit, cursor"),
        ("/v1/articles?limit=0", "limit", "a number from 1 to 200"),
        ("/v1/articles?limit=201", "limit", "a number from 1 to 200"),
        ("/v1/articles?limit=many", "limit", "a number from 1 to 200"),
        ("/v1/articles?from=11.11.2024", "from", "a day such as 2024-11-11"),
        ("/v1/articles?from=2024-11-12&to=2024-11-11", "from", "later than to"),
        ("/v1/articles?q=%22%22", "q", "letters or figures"),
        ("/v1/articles?q=a&q=b", "q", "give it once"),
        ("/v1/articles?q=a%00b", "q", "NUL"),
        ("/v1/articles?cursor=%21", "cursor", "leave it out"),
        ("/v1/articles?cursor=AAAA", "cursor", "leave it out"),
        ("/v1/claims?act=shout", "act", "one of say, report, describe"),
        ("/v1/claims?stance=maybe", "stance", "one of support, deny, no_comment, query"),
        ("/v1/claims?source_id=Okafor", "source_id", "the id of a source"),
        ("/v1/claims?article_id=7", "article_id", "the id of an article"),
        ("/v1/sources?name=x", "name", "allowed: q, limit, cursor"),
        ("/v1/events?since=1", "since", "none is"),
    ] {
        let (status, body) = problem(app.get(path).await).await;
        assert_eq!((status, body["parameter"].as_str()), (400, Some(parameter)), "{path}: {body}");
        assert!(body["detail"].as_str().unwrap().contains(allowed), "{path}: {body}");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there_are_problems() {
    let app = TestApp::spawn(&[]).await;
    assert_eq!(problem(app.get("/v1/nothing").await).await.0, 404);
    assert_eq!(problem(app.get("/nothing").await).await.0, 404);
    assert_eq!(problem(app.get("/assets/style.css").await).await.0, 404);
    let answer = app.http.delete(format!("{}/v1/articles", app.address)).send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "GET,HEAD,POST");
    assert_eq!(problem(answer).await.0, 405);
    assert_eq!(problem(app.http.post(format!("{}/openapi.json", app.address)).send().await.unwrap()).await.0, 405);
}

#[tokio::test]
async fn a_browser_gets_its_problem_as_a_page() {
    let app = TestApp::spawn(&[]).await;
    let (status, page) = app.page("/nothing/<script>").await;
    assert_eq!(status, 404);
    assert!(page.contains("<h1>Not Found</h1>") && !page.contains("<script>"), "{page}");
    let (status, page) = app.page("/?from=%3Cscript%3E").await;
    assert_eq!(status, 400);
    assert!(page.contains("give a day such as 2024-11-11") && !page.contains("<script>"), "{page}");
    assert_eq!(app.page("/articles/n1").await.0, 404);
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let app = TestApp::spawn(&news::all()).await;
    let reader = format!("/articles/{}", news::hostile().article.id());
    for path in ["/", &reader, "/claims", "/sources", "/v1/articles", "/v1/nothing", "/openapi.json", "/metrics", "/health/live"] {
        let answer = app.get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(answer.headers()["cross-origin-resource-policy"], "same-origin", "{path}");
        assert!(answer.headers()["permissions-policy"].to_str().unwrap().contains("geolocation=()"), "{path}");
        let keep = if path == "/v1/nothing" { "no-store" } else { "no-cache" };
        assert_eq!(answer.headers()["cache-control"], keep, "{path}");
    }
}

#[tokio::test]
async fn health_and_metrics_tell_of_this_service() {
    let app = TestApp::spawn(&news::all()).await;
    app.get("/v1/articles/n1").await;
    app.get("/what/ever").await;
    let live = app.json("/health/live").await;
    assert_eq!(live["status"], "live");
    for _ in 0..100 {
        if app.get("/health/ready").await.status() == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(app.json("/health/ready").await["status"], "ready");
    let metrics = app.get("/metrics").await.text().await.unwrap();
    for line in [
        "gainsay_api_requests_total{method=\"GET\",route=\"/v1/articles/{id}\",status=\"4xx\"} 1",
        "gainsay_api_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 1",
        "gainsay_api_requests_in_flight 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    assert!(!metrics.contains("/what/ever"));
}

#[tokio::test]
async fn paths_and_days_that_are_none_are_problems() {
    let app = TestApp::spawn(&news::all()).await;
    for path in
        ["/v1/articles/%FF", "/v1/sources/%FF", "/articles/%FF", "/assets/%FF", "/v1/claims?from=-0001-01-01", "/v1/claims?to=0000-01-01"]
    {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), 400, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
    }
}
