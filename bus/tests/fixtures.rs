//! Each message version, once released, decodes for ever: `fixtures/` holds one JSON of each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::path::PathBuf;

use bus::{ArticleExtractedV1, ArticleFetchedV1, LedgerChangedV1, Message};
use claims::{Act, ClaimError, Extraction, SkipReason, Span};
use serde_json::Value;

#[test]
fn every_fixture_decodes_and_encodes_to_the_same_json() {
    let fetched: ArticleFetchedV1 = there_and_back("ArticleFetchedV1.json");
    let extracted: ArticleExtractedV1 = there_and_back("ArticleExtractedV1.json");
    let skipped: ArticleExtractedV1 = there_and_back("ArticleExtractedV1.skipped.json");
    let changed: LedgerChangedV1 = there_and_back("LedgerChangedV1.json");
    assert_eq!(fetched.article, extracted.article);
    assert_eq!(skipped.skipped, Some(SkipReason::Language));
    assert_eq!(changed.subject(), fetched.subject());
}

#[test]
fn there_is_a_fixture_of_every_type_and_no_other() {
    let mut types: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().split('.').next().unwrap().to_owned())
        .collect();
    types.sort();
    types.dedup();
    assert_eq!(types, [ArticleExtractedV1::TYPE, ArticleFetchedV1::TYPE, LedgerChangedV1::TYPE]);
}

#[test]
fn an_extracted_article_becomes_an_extraction_and_a_message_again() {
    let message: ArticleExtractedV1 = there_and_back("ArticleExtractedV1.json");
    let extraction = Extraction::try_from(message.clone()).unwrap();
    let acts: Vec<Act> = extraction.claims().iter().map(|claim| claim.act).collect();
    assert_eq!(acts, [Act::Deny, Act::Deny, Act::Say, Act::Decline, Act::Report]);
    assert_eq!(extraction.claims()[0].content.text, "it had closed the north pier");
    assert_eq!(ArticleExtractedV1::from(extraction), message);

    let skipped: ArticleExtractedV1 = there_and_back("ArticleExtractedV1.skipped.json");
    let extraction = Extraction::try_from(skipped.clone()).unwrap();
    assert_eq!((extraction.skipped(), extraction.claims().len()), (Some(SkipReason::Language), 0));
    assert_eq!(ArticleExtractedV1::from(extraction), skipped);
}

#[test]
fn words_that_do_not_stand_at_their_spans_are_refused() {
    let message: ArticleExtractedV1 = there_and_back("ArticleExtractedV1.json");
    let mut moved = message.clone();
    moved.claims[1].content.spans[0].start += 1;
    assert!(matches!(Extraction::try_from(moved), Err(ClaimError::NotInArticle { role: "content", .. })));
    let mut beyond = message.clone();
    beyond.claims[2].source.as_mut().unwrap().spans = vec![Span { start: 100_000, end: 100_010 }];
    assert!(matches!(Extraction::try_from(beyond), Err(ClaimError::NotInArticle { role: "source", .. })));
    let mut elsewhere = message;
    elsewhere.article = there_and_back::<ArticleExtractedV1>("ArticleExtractedV1.skipped.json").article;
    assert!(matches!(Extraction::try_from(elsewhere), Err(ClaimError::OtherArticle { .. })));
}

fn there_and_back<M: Message>(name: &str) -> M {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    let message: M = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let again: Value = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
    assert_eq!(again, serde_json::from_str::<Value>(&text).unwrap(), "{name}");
    message
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}
