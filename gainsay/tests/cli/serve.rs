//! `gainsay serve` and `gainsay demo`: up at once, down in order, one data folder for several processes.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::harness::{NEWS, Server, gainsay, json, text};

#[test]
fn the_demo_is_up_at_once_with_all_of_the_sample_news() {
    let begun = Instant::now();
    let demo = Server::start(&["demo", "--listen", "127.0.0.1:0"]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let (status, page) = demo.get("/");
    assert!(status.ends_with("200 OK"), "{status}");
    assert!(page.contains("Corvane to close Asper works for good"), "{page}");
    let (_, answer) = demo.get("/v1/articles?limit=50");
    let articles = json(answer.split_once("\r\n\r\n").unwrap().1);
    assert_eq!(articles["items"].as_array().unwrap().len(), 18);
    assert_eq!(demo.terminate(), 0);
}

#[test]
fn serve_answers_is_ready_and_ends_in_order() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(data.path())]);
    assert!(server.line.starts_with("Gainsay serves http://127.0.0.1:"), "{}", server.line);
    for path in ["/health/live", "/metrics", "/openapi.json", "/"] {
        assert!(server.get(path).0.ends_with("200 OK"), "{path}: {:?}", server.get(path));
    }
    let ready = || server.get("/health/ready").0.ends_with("200 OK");
    let begun = Instant::now();
    while !ready() {
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", server.get("/health/ready"));
        std::thread::sleep(Duration::from_millis(50));
    }
    let begun = Instant::now();
    assert_eq!(server.terminate(), 0);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn an_import_into_the_folder_of_a_server_appears_on_its_pages() {
    let data = tempfile::tempdir().unwrap();
    let news = data.path().join("news.jsonl");
    std::fs::write(&news, NEWS).unwrap();
    let server = Server::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(data.path())]);
    gainsay(&["import", text(&news), "--data", text(data.path())]).done();
    assert!(server.get("/").1.contains("Corvane to close Asper works for good"));
    assert_eq!(server.terminate(), 0);
}

/// What the server says of a loss, and how its data folder comes to it.
type Loss = (&'static str, fn(&Path));

#[test]
fn what_is_posted_after_the_ledger_was_lost_is_not_acknowledged() {
    let loses: [Loss; 3] = [
        ("it was removed or moved", |data| std::fs::remove_dir_all(data).unwrap()),
        ("it was removed or moved", |data| std::fs::rename(data, data.with_extension("moved")).unwrap()),
        ("another file has taken its place", |data| {
            std::fs::write(data.join("other"), "another").unwrap();
            std::fs::rename(data.join("other"), data.join("ledger.sqlite")).unwrap();
        }),
    ];
    for (why, lose) in loses {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let server = Server::start(&["serve", "--quiet", "--listen", "127.0.0.1:0", "--data", text(&data)]);
        let (status, _) = server.post("/v1/articles", "{\"text\": \"“There was no call,” she said.\"}");
        assert!(status.ends_with("201 Created"), "{status}");
        lose(&data);
        let (status, _) = server.post("/v1/articles", "{\"text\": \"“There was a call,” he said.\"}");
        assert!(!status.contains(" 2"), "{status}");
        let run = server.ended();
        assert_eq!(run.status, 1, "{run:?}");
        run.complained_once(&[text(&data), why, "start again"]);
    }
}
