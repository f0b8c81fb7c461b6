//! The web pages: what they show, and that nothing an article holds gets out of its place.

use crate::app::TestApp;
use crate::news;

#[tokio::test]
async fn the_front_page_lists_articles_with_what_is_said_in_them() {
    let app = TestApp::spawn(&news::all()).await;
    let (status, page) = app.page("/").await;
    assert_eq!(status, 200);
    let ferry = news::ferry_denied().article.id();
    assert!(page.contains(&format!("<a href=\"/articles/{ferry}\">Harbour office denies secret talks over ferry sale</a>")), "{page}");
    for words in ["Port Ledger", "14 April 2026, 09:30 UTC", "3 February 2026<", "10 claims", "3 denials", "1 no comment", "Mara Quist"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("kept, not read: language de"));
    let (_, found) = app.page("/?q=moorings&publisher=Port+Ledger").await;
    assert!(found.contains("Council asks for new moorings") && !found.contains("denies secret talks"));
    assert!(found.contains("value=\"moorings\"") && found.contains("value=\"Port Ledger\""));
}

#[tokio::test]
async fn an_empty_ledger_and_an_empty_result_say_what_to_do() {
    let app = TestApp::spawn(&[]).await;
    assert!(app.page("/").await.1.contains("gainsay import"));
    assert!(app.page("/claims").await.1.contains("gainsay import"));
    assert!(app.page("/sources").await.1.contains("gainsay import"));
    assert!(app.page("/?q=nothing").await.1.contains("No article matches"));
    assert!(app.page("/claims?q=nothing").await.1.contains("No claim matches"));
}

#[tokio::test]
async fn pages_lead_on() {
    let app = TestApp::spawn(&news::all()).await;
    let (_, first) = app.page("/?limit=4").await;
    let (_, link) = first.split_once("rel=\"next\" href=\"").unwrap();
    let href = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let (_, second) = app.page(&href).await;
    assert!(second.contains("Council asks for new moorings") && !second.contains("rel=\"next\""), "{href}");
}

#[tokio::test]
async fn the_reader_marks_claims_in_place_and_beside_the_text() {
    let app = TestApp::spawn(&news::all()).await;
    let ferry = news::ferry_denied();
    let (_, page) = app.page(&format!("/articles/{}", ferry.article.id())).await;
    // Content within content: the anonymous source's words within what the outlet reports.
    assert!(
        page.contains(
            "<span class=\"content support nested in-support\" data-claims=\"4 3\">the office had met a buyer three times</span>"
        ),
        "{page}"
    );
    assert!(page.contains("<span class=\"content support source\" data-claims=\"4 3\">two people familiar with the talks</span>"));
    assert!(page.contains("<span class=\"content deny\" data-claims=\"1\">secret talks over ferry sale</span>"));
    assert!(page.contains("<span class=\"cue\" data-claims=\"7\">declined to comment</span>"));
    // The quotation that runs on over a paragraph is marked in both.
    assert!(page.contains("data-claims=\"6\">“Anyone who says otherwise should show the papers.</span>"));
    assert!(page.contains("data-claims=\"6\">“We would have told the council first.”</span>"));
    for claim in ferry.claims() {
        assert_eq!(page.matches(&format!("id=\"claim-{}\"", claim.id())).count(), 1, "one card a claim");
        assert_eq!(page.matches(&format!("href=\"#claim-{}\"", claim.id())).count(), 1, "one number a claim");
    }
    assert!(page.contains("The Tidewater Gazette ← two people familiar with the talks"));
    assert!(page.contains("href=\"https://ledger.example/2026/04/14/ferry\" rel=\"noopener noreferrer nofollow\""));
}

#[tokio::test]
async fn the_reader_lists_versions_and_says_what_was_not_read() {
    let app = TestApp::spawn(&news::all()).await;
    let (_, page) = app.page(&format!("/articles/{}", news::ferry_second_version().article.id())).await;
    assert!(page.contains("Version 2 of 2") && page.contains(&format!("/articles/{}", news::ferry_first().article.id())), "{page}");
    let (_, page) = app.page(&format!("/articles/{}", news::german().article.id())).await;
    assert!(page.contains("kept, not read: language de") && page.contains("lang=\"de\""), "{page}");
}

#[tokio::test]
async fn what_an_article_holds_stays_text() {
    let app = TestApp::spawn(&news::all()).await;
    let reader = format!("/articles/{}", news::hostile().article.id());
    for path in [
        "/",
        &reader,
        "/claims",
        "/sources",
        "/?q=%22%3E%3Cscript%3Ex",
        "/claims?source=%22%3E%3Cscript%3E",
        "/?publisher=%3Csvg%2Fonload%3Dx%3E",
    ] {
        let (_, page) = app.page(path).await;
        for evil in ["<script>", "<img", "<svg", "<i>", "javascript:", "</p></p>"] {
            let allowed = path == reader && evil == "javascript:";
            assert!(allowed || !page.contains(evil), "{path} holds {evil}: {page}");
        }
    }
    let (_, page) = app.page(&reader).await;
    assert!(!page.contains("href=\"javascript:"), "{page}");
    assert!(page.contains("javascript:alert(document.domain)"), "the address is shown as text");
}

#[tokio::test]
async fn pages_need_nothing_inline_or_from_elsewhere() {
    let app = TestApp::spawn(&news::all()).await;
    let reader = format!("/articles/{}", news::ferry_denied().article.id());
    for path in ["/", &reader, "/claims", "/sources", "/nothing"] {
        let (_, page) = app.page(path).await;
        assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick="), "{path}");
        assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/assets/").count(), "{path}");
        let style = page.split("href=\"/assets/style-").nth(1).unwrap().split('"').next().unwrap();
        let answer = app.get(&format!("/assets/style-{style}")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
    }
}
