//! The pages as a reader sees them: `gainsay demo` in a real browser, on a telephone and at a desk.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::time::Duration;

use fantoccini::Locator;
use serde_json::Value;
use tests::{Browser, Process, Screen, folder};

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_at_a_desk_follows_an_article_to_its_claims() {
    follows_an_article(Screen::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_on_a_telephone_follows_an_article_to_its_claims() {
    follows_an_article(Screen::Phone).await;
}

async fn follows_an_article(screen: Screen) {
    let folder = folder();
    let data = folder.path().join("data").display().to_string();
    let mut demo = Process::start("gainsay", &["demo", "--data", &data, "--listen", "127.0.0.1:0"], &[], folder.path());
    let address = demo.address("").await;
    let browser = Browser::open(screen).await;
    let page = &browser.client;

    page.goto(&format!("{address}/?q=Corvane+blast")).await.unwrap();
    fits(&browser, screen, "the list").await;
    let link = page.find(Locator::Css(".articles a[href^='/articles/']")).await.expect("the list has an article");
    let title = link.text().await.unwrap();
    link.click().await.unwrap();
    page.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css("article.reader")).await.expect("the article opens");
    assert_eq!(page.find(Locator::Css(".reader h1")).await.unwrap().text().await.unwrap(), title);
    fits(&browser, screen, "the article").await;

    for class in ["source", "cue", "content"] {
        let highlighted = browser.ask(&format!("return [...document.querySelectorAll('.text span.{class}')].map(seen => [seen.textContent, getComputedStyle(seen)])
            .filter(([text, style]) => text.trim() && (style.backgroundColor !== 'rgba(0, 0, 0, 0)' || style.textDecorationLine !== 'none' || style.borderBottomStyle !== 'none' || style.fontWeight > 500)).length")).await;
        assert!(highlighted.as_u64().unwrap() > 0, "no {class} stands out in the text of {title:?}");
    }
    let cards = browser
        .ask("return [...document.querySelectorAll('.card')].filter(card => card.offsetHeight > 0 && card.querySelector('.stance')).length")
        .await;
    assert!(cards.as_u64().unwrap() > 0, "no claim stands beside the text");

    for path in ["/", "/claims", "/sources"] {
        page.goto(&format!("{address}{path}")).await.unwrap();
        fits(&browser, screen, path).await;
    }
    let told = browser.console().await;
    assert!(told.is_empty(), "{told:#?}");
}

/// A page that is wider than the screen would have to be moved sideways to be read.
async fn fits(browser: &Browser, screen: Screen, what: &str) {
    let width = browser.ask("return document.documentElement.scrollWidth").await;
    assert!(width.as_u64().is_some_and(|width| width <= screen.width().into()), "{what} is {width} wide on {screen:?}");
    assert_eq!(browser.ask("return document.readyState").await, Value::from("complete"));
}
