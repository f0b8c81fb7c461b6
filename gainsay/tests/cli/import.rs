//! `gainsay import`: what comes in, what is named, and that nothing is lost or doubled when it is killed.

use std::fmt::Write as _;
use std::fs::{create_dir, write};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use store::{DatabaseConfig, Store};

use crate::harness::{NEWS, Run, command, finish, gainsay, gainsay_with, json, signal, text};

/// The beginnings of the sample news `times` over, each article at an address of its own.
pub(crate) fn many(times: usize) -> String {
    let mut lines = String::new();
    for round in 0..times {
        for line in NEWS.lines() {
            let mut article = json(line);
            let url = format!("{}?copy={round}", article["url"].as_str().unwrap());
            let beginning = article["text"].as_str().unwrap().lines().next().unwrap().to_owned();
            article["url"] = url.into();
            article["text"] = beginning.into();
            writeln!(lines, "{article}").unwrap();
        }
    }
    lines
}

fn import(data: &Path, inputs: &[&Path]) -> Run {
    let inputs: Vec<&str> = inputs.iter().map(|path| text(path)).collect();
    gainsay(&[&["import", "--data", text(data)], inputs.as_slice()].concat())
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}

pub(crate) async fn open(data: &Path) -> Store {
    let url = format!("sqlite:{}", text(&data.join("ledger.sqlite")));
    Store::open(&DatabaseConfig { url, connections: 2.try_into().unwrap() }).await.unwrap()
}

fn counts(data: &Path) -> store::Counts {
    block_on(async { open(data).await.ledger.counts().await.unwrap() })
}

/// The whole ledger as JSON, one article a line.
pub(crate) fn export(data: &Path) -> String {
    block_on(async {
        let ledger = open(data).await.ledger;
        let (mut lines, mut after) = (String::new(), None);
        loop {
            let page = ledger.export(after, 100).await.unwrap();
            let Some(last) = page.last() else { return lines };
            after = Some(last.article.id());
            for record in page {
                writeln!(lines, "{}", serde_json::to_string(&record).unwrap()).unwrap();
            }
        }
    })
}

#[test]
fn everything_comes_in_once_and_the_end_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let (data, news) = (folder.path().join("data"), folder.path().join("news.jsonl"));
    write(&news, NEWS).unwrap();
    let run = import(&data, &[&news]);
    assert_eq!((run.status, run.stdout.lines().count()), (0, 1), "{run:?}");
    assert!(run.stdout.contains("18 articles"), "{run:?}");
    let first = counts(&data);
    assert_eq!((first.articles, first.skipped), (18, 1));
    assert!(first.claims >= 150, "{first:?}");
    let again = import(&data, &[&news]);
    assert_eq!(again.status, 0, "{again:?}");
    assert_eq!(counts(&data), first);
}

#[test]
fn folders_gzip_html_and_text_come_in_together_and_bad_ones_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (data, pages) = (folder.path().join("data"), folder.path().join("pages"));
    create_dir(&pages).unwrap();
    write(pages.join("a.txt"), "“There was no call,” the spokesman said.").unwrap();
    let html = "<!doctype html><html><head><title>A call</title></head><body><article><h1>A call</h1><p>The minister said on Monday that \
                there had been a call, and that it had lasted for an hour, according to three people who were in the room.</p><p>“There was \
                no call,” the spokesman said.</p></article></body></html>";
    write(pages.join("b.html"), html).unwrap();
    write(pages.join("empty.txt"), "").unwrap();
    let mut gzip =
        flate2::write::GzEncoder::new(std::fs::File::create(folder.path().join("news.jsonl.gz")).unwrap(), flate2::Compression::fast());
    gzip.write_all(format!("{NEWS}not an article\n").as_bytes()).unwrap();
    gzip.finish().unwrap();
    let run = import(&data, &[&pages, &folder.path().join("news.jsonl.gz"), &folder.path().join("absent.html")]);
    assert_eq!(run.status, 3, "{run:?}");
    for name in ["empty.txt", "news.jsonl.gz, line 19", "absent.html"] {
        assert_eq!(run.stderr.lines().filter(|line| line.contains(name)).count(), 1, "{name} in {run:?}");
    }
    assert_eq!(counts(&data).articles, 20);
}

#[test]
fn standard_input_is_an_input() {
    let folder = tempfile::tempdir().unwrap();
    gainsay_with(&["import", "-", "--data", text(folder.path())], NEWS.as_bytes()).done();
    assert_eq!(counts(folder.path()).articles, 18);
}

#[test]
fn nothing_that_can_be_read_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let run = import(folder.path(), &[&folder.path().join("absent.html")]);
    assert_eq!(run.status, 1, "{run:?}");
    run.complained_once(&["absent.html"]);
}

#[test]
fn ctrl_c_ends_an_import_that_waits_for_standard_input_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for first in ["", "{\"text\": \"Nobody said so.\"}\n"] {
        let mut child = command(&["import", "-", "--data", text(folder.path())]).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(first.as_bytes()).unwrap();
        // The handlers of signals are there before the ledger is.
        wait_for(0, folder.path());
        std::thread::sleep(Duration::from_millis(300));
        let begun = Instant::now();
        signal(child.id(), "INT");
        let run = finish(child);
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert_eq!(run.status, 3, "{run:?}");
        run.complained_once(&["stopped before the end"]);
    }
}

#[test]
fn quiet_says_nothing_but_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    let news = folder.path().join("news.jsonl");
    write(&news, NEWS).unwrap();
    let run = gainsay(&["import", text(&news), "--data", text(folder.path()), "--quiet"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
}

/// Waits until an import has brought in `articles`.
fn wait_for(articles: u64, data: &Path) {
    let begun = Instant::now();
    while !data.join("ledger.sqlite").exists() || counts(data).articles < articles {
        assert!(begun.elapsed() < Duration::from_mins(1), "the import does not get on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn killed_in_the_middle_and_started_again_it_ends_with_the_same_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, whole, news) = (folder.path().join("broken"), folder.path().join("whole"), folder.path().join("news.jsonl"));
    write(&news, many(60)).unwrap();
    assert_eq!(import(&whole, &[&news]).status, 0);
    for (name, articles) in [("KILL", 1), ("KILL", 100), ("TERM", 250), ("INT", 400), ("KILL", 600)] {
        let child = command(&["import", text(&news), "--data", text(&broken)]).spawn().unwrap();
        wait_for(articles, &broken);
        signal(child.id(), name);
        let run = finish(child);
        assert!(counts(&broken).articles < 1_080, "it was not stopped in the middle");
        if name != "KILL" {
            assert_eq!(run.status, 3, "{run:?}");
            assert!(run.stderr.contains("gainsay import"), "it says how to go on: {run:?}");
        }
    }
    assert_eq!(import(&broken, &[&news]).status, 0);
    assert_eq!(counts(&broken).articles, 1_080);
    assert!(export(&broken) == export(&whole), "the ledgers differ");
}
