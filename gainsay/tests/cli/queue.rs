//! `gainsay queue` on the quarantine of a data folder.

use std::fs::{create_dir_all, read_dir, write};
use std::path::Path;

use bus::{ArticleFetchedV1, Message};
use claims::{Article, ArticleForm};
use serde_json::json;

use crate::harness::{gainsay, json, ledger, text};

/// Puts a message into quarantine as the pipeline does.
fn set_aside(data: &Path, words: &str, why: &str, minute: u32) {
    let article = Article::new(ArticleForm { text: words.to_owned(), ..ArticleForm::default() }).unwrap();
    let message = ArticleFetchedV1 { article };
    let kept = json!({
        "who": "in process", "type": ArticleFetchedV1::TYPE, "subject": message.subject(), "where": "article.fetched",
        "when": format!("2026-03-03T07:{minute:02}:00Z"), "why": why, "attempts": 5, "message": message,
    });
    let folder = data.join("quarantine");
    create_dir_all(&folder).unwrap();
    write(folder.join(format!("ArticleFetchedV1-{}.json", message.subject())), kept.to_string()).unwrap();
}

fn queue(data: &Path, arguments: &[&str]) -> crate::harness::Run {
    gainsay(&[&["queue"], arguments, &["--data", text(data)]].concat())
}

fn ids(data: &Path) -> Vec<String> {
    let listed = json(&queue(data, &["list"]).done());
    listed.as_array().unwrap().iter().map(|message| message["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_set_aside_is_counted_listed_and_shown_without_a_change() {
    let data = ledger();
    set_aside(data.path(), "“There was no call,” the spokesman said.", "the disk is full", 30);
    set_aside(data.path(), "The minister\u{1b}[2J confirmed\u{202e} the call.", "it cannot be read: \u{1b}[31m", 20);
    let overview = json(&queue(data.path(), &[]).done());
    assert_eq!(overview[0]["queue"], "article.fetched");
    assert_eq!((&overview[0]["quarantined"], &overview[0]["waiting"], &overview[1]["quarantined"]), (&2.into(), &().into(), &0.into()));
    assert_eq!(overview[0]["oldest_set_aside"], "2026-03-03T07:20:00Z");

    let listed = json(&queue(data.path(), &["list"]).done());
    let whys: Vec<&str> = listed.as_array().unwrap().iter().map(|message| message["why"].as_str().unwrap()).collect();
    assert_eq!(whys, ["it cannot be read: \u{1b}[31m", "the disk is full"], "the oldest first");
    assert_eq!(json(&queue(data.path(), &["list", "article.extracted"]).done()), json!([]));

    let first = listed[0]["id"].as_str().unwrap();
    let whole = json(&queue(data.path(), &["show", first]).done());
    assert_eq!(whole["message"]["article"]["text"], "The minister\u{1b}[2J confirmed\u{202e} the call.");
    for shown in [queue(data.path(), &["show", first, "--format", "table"]), queue(data.path(), &["list", "--format", "table"])] {
        let shown = shown.done();
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "an article drives the terminal: {shown:?}");
        assert!(shown.contains(first) && shown.contains("5 attempts") && shown.contains("3 March 2026, 07:20 UTC"), "{shown}");
    }
    let table = queue(data.path(), &["--format", "table"]).done();
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert_eq!(ids(data.path()).len(), 2);
}

#[test]
fn a_replayed_message_is_in_the_ledger_and_the_others_stay() {
    let data = ledger();
    set_aside(data.path(), "“There was no call,” the spokesman said.", "the disk is full", 20);
    set_aside(data.path(), "The minister confirmed the call, officials said.", "too hard", 30);
    assert!(queue(data.path(), &["replay", "--reason", "disk is full"]).done().contains("1 message handled"));
    let found = json(&gainsay(&["search", "\"There was no call\"", "--data", text(data.path())]).done());
    assert!(!found["claims"].as_array().unwrap().is_empty(), "{found}");
    let left = ids(data.path());
    assert_eq!(left.len(), 1);
    let part = queue(data.path(), &["replay", &left[0], "000000000000"]);
    assert_eq!(part.status, 3, "{part:?}");
    part.complained_once(&["000000000000", "gainsay queue list"]);
    assert_eq!(ids(data.path()), [""; 0]);
    assert!(queue(data.path(), &["replay", "--all"]).done().contains("0 messages"));
}

#[test]
fn a_message_that_nothing_can_handle_stays() {
    let data = ledger();
    let folder = data.path().join("quarantine");
    create_dir_all(&folder).unwrap();
    let kept = json!({"who": "x", "type": "ArticleFetchedV9", "subject": "y", "where": "article.fetched", "when": "", "why": "", "attempts": 1,
        "message": {"article": {}}});
    write(folder.join("ArticleFetchedV9-y.json"), kept.to_string()).unwrap();
    let run = queue(data.path(), &["replay", "--all"]);
    assert_eq!(run.status, 1, "{run:?}");
    run.complained_once(&["stays where it is", "ArticleFetchedV9"]);
    assert_eq!(read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn discarding_wants_to_be_meant() {
    let data = ledger();
    set_aside(data.path(), "“There was no call,” the spokesman said.", "too hard", 20);
    let id = ids(data.path()).remove(0);
    queue(data.path(), &["discard", &id]).failed(2, &["1 message", "--yes"]);
    assert_eq!(ids(data.path()), [id.as_str()]);
    queue(data.path(), &["discard", &id, "--yes"]).done();
    assert_eq!(ids(data.path()), [""; 0]);
    queue(data.path(), &["show", &id]).failed(1, &[&id, "gainsay queue list"]);
    queue(data.path(), &["replay"]).failed(2, &["--all"]);
}
