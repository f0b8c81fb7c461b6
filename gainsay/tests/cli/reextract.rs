//! `gainsay reextract`: a ledger of another version becomes what a fresh import makes.

use std::fs::write;
use std::path::Path;
use std::time::Duration;

use claims::{Article, Claim, ClaimData, Extraction, Outcome};
use store::ArticleRecord;

use crate::harness::{NEWS, command, finish, gainsay, signal, text};
use crate::import::{block_on, export, many, open};

/// What another version might have read: of every second claim nothing, and of the others another act's rule.
fn by_another_version(record: ArticleRecord) -> Extraction {
    let article: Article = record.article;
    let other = |data: ClaimData| ClaimData { extractor: "gainsay 0.0.1".into(), rule: "another/rule".into(), ..data };
    let claims =
        record.claims.into_iter().step_by(2).map(|claim| Claim::new(&article, ClaimData { version: 1, ..other(claim.data) }).unwrap());
    let outcome = match record.skipped {
        Some(reason) => Outcome::Skipped(reason),
        None => Outcome::Claims(claims.collect()),
    };
    Extraction { article, outcome, extractor: "gainsay 0.0.1".into() }
}

/// Makes the ledger in `data` one of another version, but for every `spared`th article.
fn age(data: &Path, spared: usize) {
    block_on(async {
        let ledger = open(data).await.ledger;
        let mut after = None;
        loop {
            let page = ledger.export(after, 100).await.unwrap();
            let Some(last) = page.last() else { return };
            after = Some(last.article.id());
            let aged = page.into_iter().enumerate().filter(|(place, _)| place % spared > 0).map(|(_, record)| by_another_version(record));
            ledger.commit(&aged.collect::<Vec<_>>()).await.unwrap();
        }
    });
}

fn import(data: &Path, news: &str) {
    let file = data.join("news.jsonl");
    write(&file, news).unwrap();
    gainsay(&["import", text(&file), "--data", text(data), "--quiet"]).done();
}

#[test]
fn a_ledger_of_another_version_becomes_what_a_fresh_import_makes() {
    let data = tempfile::tempdir().unwrap();
    import(data.path(), NEWS);
    let fresh = export(data.path());
    age(data.path(), 6);
    assert!(export(data.path()) != fresh);
    let warned = gainsay(&["doctor", "--data", text(data.path())]).done();
    assert!(warned.contains("15 by gainsay 0.0.1") && warned.contains("gainsay reextract"), "{warned}");
    let said = gainsay(&["reextract", "--data", text(data.path())]).done();
    assert!(said.starts_with("15 articles read again in ") && said.contains("with other claims"), "{said}");
    assert!(export(data.path()) == fresh, "the ledgers differ");
    let nothing = gainsay(&["reextract", "--data", text(data.path())]).done();
    assert!(nothing.starts_with("nothing to read again"), "{nothing}");
    let all = gainsay(&["reextract", "--all", "--data", text(data.path())]).done();
    assert!(all.starts_with("18 articles read again in ") && all.ends_with("18 with the same\n"), "{all}");
    assert!(export(data.path()) == fresh);
}

#[test]
fn filters_and_ids_say_which_and_one_that_is_not_there_is_named() {
    let data = tempfile::tempdir().unwrap();
    import(data.path(), NEWS);
    age(data.path(), usize::MAX);
    let ids: Vec<String> = block_on(async {
        open(data.path()).await.ledger.export(None, 3).await.unwrap().iter().map(|record| record.article.id().to_string()).collect()
    });
    let missing = "00000000-0000-0000-0000-000000000000";
    let run = gainsay(&["reextract", &ids[1], missing, "--data", text(data.path())]);
    assert_eq!(run.status, 3, "{run:?}");
    run.complained_once(&[missing]);
    assert!(run.stdout.starts_with("1 article read again"), "{run:?}");
    let none = gainsay(&["reextract", "--publisher", "Nobody's News", "--data", text(data.path())]).done();
    assert!(none.starts_with("nothing to read again"), "{none}");
    let none = gainsay(&["reextract", "--from", "2199-01-01", "--data", text(data.path())]).done();
    assert!(none.starts_with("nothing to read again"), "{none}");
    gainsay(&["reextract", "--from", "2026-03-02", "--to", "2026-03-01", "--data", text(data.path())]).failed(2, &["--from is later"]);
    gainsay(&["reextract", "--data", "/nowhere/at/all"]).failed(1, &["no ledger"]);
}

#[test]
fn stopped_or_killed_in_the_middle_it_goes_on_and_ends_with_the_same_ledger() {
    let data = tempfile::tempdir().unwrap();
    import(data.path(), &many(60));
    let fresh = export(data.path());
    age(data.path(), usize::MAX);
    for name in ["KILL", "INT"] {
        let child = command(&["reextract", "--data", text(data.path())]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1_500));
        signal(child.id(), name);
        let run = finish(child);
        if name == "INT" {
            assert_eq!(run.status, 3, "{run:?}");
            assert!(run.stderr.contains("gainsay reextract goes on"), "{run:?}");
        }
        assert!(export(data.path()) != fresh, "it was not stopped in the middle");
    }
    gainsay(&["reextract", "--data", text(data.path())]).done();
    assert!(export(data.path()) == fresh, "the ledgers differ");
}
