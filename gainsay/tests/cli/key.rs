//! `gainsay key`: what goes where, and that a server takes the key.

use std::process::Stdio;

use crate::harness::{Server, command, finish, gainsay, text};

#[test]
fn the_line_and_the_key_go_different_ways() {
    let run = gainsay(&["key", "newsroom", "--scope", "write,operate"]);
    let (said, key) = run.stderr.trim_end().split_once('\n').unwrap();
    assert!(said.starts_with("gainsay: ") && key.starts_with("gainsay_") && key.len() == 72, "{run:?}");
    assert!(run.stdout.starts_with("newsroom write,operate ") && run.stdout.lines().count() == 1, "{run:?}");
    assert!(!run.stdout.contains(key), "{run:?}");
    let quiet = gainsay(&["key", "newsroom", "--scope", "write", "--quiet"]);
    assert!(quiet.stderr.starts_with("gainsay_") && quiet.stderr.len() == 73, "{quiet:?}");
    assert_ne!(quiet.stderr.trim_end(), key);
}

#[test]
fn a_key_that_cannot_be_meant_is_refused() {
    gainsay(&["key", "news room", "--scope", "write"]).failed(2, &["\"news room\" is no name of a key"]);
    gainsay(&["key", "newsroom", "--scope", "read"]).failed(2, &["there is no scope \"read\"; there are write and operate"]);
    gainsay(&["key", "newsroom"]).failed(2, &["--scope"]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = finish(command(&["key", "newsroom", "--scope", "write"]).stdout(Stdio::from(full)).spawn().unwrap());
    assert_eq!(run.status, 1, "{run:?}");
    assert!(!run.stderr.contains("gainsay_"), "no key without its line: {run:?}");
}

#[test]
fn a_server_with_a_keys_file_takes_posts_with_its_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (data, keys, settings) = (folder.path().join("data"), folder.path().join("keys"), folder.path().join("gainsay.toml"));
    let made = gainsay(&["key", "newsroom", "--scope", "write", "--quiet"]);
    std::fs::write(&keys, &made.stdout).unwrap();
    std::fs::write(&settings, format!("[api]\nkeys = {keys:?}\n")).unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--data", text(&data), "--config", text(&settings)];
    let server = Server::start(&arguments);
    let article = "{\"text\": \"“There was no call,” she said.\"}";
    assert!(server.post("/v1/articles", article).0.ends_with("401 Unauthorized"));
    assert!(server.post_with_key("/v1/articles", article, made.stderr.trim_end()).0.ends_with("201 Created"));
    assert!(server.get("/").0.ends_with("200 OK"));
    assert_eq!(server.terminate(), 0);
    std::fs::write(&keys, "newsroom write\n").unwrap();
    gainsay(&arguments).failed(2, &[text(&keys), "line 1", "a name, scopes and a hash"]);
}
