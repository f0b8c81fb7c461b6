//! Full-text search: the same words find the same on both databases.

use std::sync::Arc;

use claims::{Act, SourceKind};
use store::{ArticleQuery, ClaimQuery, Ledger, SearchText};

use crate::databases::Home;
use crate::sample::{draft, said, story};

async fn articles(ledger: &dyn Ledger, words: &str) -> Vec<String> {
    let query = ArticleQuery { text: Some(SearchText::parse(words).unwrap()), limit: 50, ..ArticleQuery::default() };
    let page = ledger.articles(&query).await.unwrap();
    page.items.into_iter().map(|item| item.title.unwrap_or_else(|| item.excerpt.chars().take(6).collect())).collect()
}

async fn claims(ledger: &dyn Ledger, words: &str) -> Vec<String> {
    let query = ClaimQuery { text: Some(SearchText::parse(words).unwrap()), limit: 50, ..ClaimQuery::default() };
    let page = ledger.claims(&query).await.unwrap();
    page.items.into_iter().map(|item| item.data.cue.unwrap().text).collect()
}

pub(crate) async fn articles_are_found_by_their_words(home: Arc<Home>) {
    let store = home.fresh().await;
    store.ledger.commit(&story()).await.unwrap();
    store.ledger.commit(&[draft("U.S. exports to the EU fell 3.5% in 2024-25; see example.com/a_b?c=1&d.").done()]).await.unwrap();
    let cases: [(&str, &[&str]); 21] = [
        ("peskov", &["A call after all", "Kremlin denies call"]),
        ("monday such PESKOV", &["Kremlin denies call"]),
        ("denying kremlin", &["Kremlin denies call"]),
        ("\"such call\"", &["Kremlin denies call"]),
        ("\"call such\"", &[]),
        ("“no such call” monday", &["Kremlin denies call"]),
        ("\"denies call there\"", &[]),
        ("zurich tram", &["Cheaper trams promised"]),
        ("Zürich", &["Cheaper trams promised"]),
        ("to", &["Cheaper trams promised", "U.S. e"]),
        ("the and of", &[]),
        ("the that had", &["A call after all"]),
        ("u.s.", &["U.S. e"]),
        ("3.5%", &["U.S. e"]),
        ("2024-25", &["U.S. e"]),
        ("example.com", &["U.S. e"]),
        ("a_b", &["U.S. e"]),
        ("sprecher", &["Der Sp"]),
        ("absent peskov", &[]),
        ("NOT OR AND NEAR(", &[]),
        ("it's & | ! <-> :*", &[]),
    ];
    for (words, expected) in cases {
        assert_eq!(articles(&*store.ledger, words).await, expected, "{words}");
    }
}

pub(crate) async fn words_without_letters_find_nothing(home: Arc<Home>) {
    let store = home.fresh().await;
    store.ledger.commit(&story()).await.unwrap();
    // A combining letter is alphanumeric, and nothing is left of it when it is folded.
    let query = ArticleQuery { text: Some(SearchText { terms: vec!["\u{345}".to_owned()] }), limit: 50, ..ArticleQuery::default() };
    assert_eq!(store.ledger.articles(&query).await.unwrap().items, []);
    let endless = SearchText { terms: vec!["x".repeat(5_000)] };
    assert_eq!(store.ledger.articles(&ArticleQuery { text: Some(endless), ..query }).await.unwrap().items, []);
}

pub(crate) async fn claims_are_found_by_content_and_source(home: Arc<Home>) {
    let store = home.fresh().await;
    store.ledger.commit(&story()).await.unwrap();
    let cases: [(&str, &[&str]); 6] = [
        ("tram cheaper", &["promised"]),
        ("speaking", &[]),
        ("men", &["confirmed", "said the"]),
        ("peskov", &["confirmed", "said on"]),
        ("peskov call", &["said on"]),
        ("operator", &["declined to comment"]),
    ];
    for (words, expected) in cases {
        assert_eq!(claims(&*store.ledger, words).await, expected, "{words}");
    }
}

pub(crate) async fn a_huge_text_is_kept_and_found(home: Arc<Home>) {
    let store = home.fresh().await;
    // Every word another one: more than PostgreSQL would index of one row.
    let many: Vec<String> = (0..600_000).map(|number| format!("w{number}")).collect();
    let text = format!("Ann Roe said so. {} {}", many.join(" "), "x".repeat(500_000));
    let extraction = draft(&text).says(said("Ann Roe", "Ann Roe", SourceKind::Person, "said", "so", Act::Say)).done();
    store.ledger.commit(std::slice::from_ref(&extraction)).await.unwrap();
    assert_eq!(store.ledger.article(extraction.article.id()).await.unwrap().unwrap().article.text, text);
    assert_eq!(articles(&*store.ledger, "w100 roe").await.len(), 1);
    let url = format!("https://outlet.example/{}", "u".repeat(3_900));
    let long = draft("A long address.").url(&url).done();
    store.ledger.commit(std::slice::from_ref(&long)).await.unwrap();
    assert_eq!(store.ledger.article(long.article.id()).await.unwrap().unwrap().article.url.as_deref(), Some(url.as_str()));
}
