//! Bad input of every sort: one clear line, the right exit status, no panic.

use std::fs::{File, Permissions, create_dir};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::{Run, Server, command, finish, gainsay, gainsay_with, text};

#[test]
fn files_that_are_no_articles() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let large = folder.path().join("large.txt");
    File::create(&large).unwrap().set_len(100 * 1024 * 1024).unwrap();
    let words = file("words.txt", &b"word ".repeat(20 * 1024 * 1024));
    let below = folder.path().join("below");
    create_dir(&below).unwrap();
    for (path, word) in [
        (file("empty.txt", b""), "it is empty"),
        (file("blank.txt", b" \n\t\n"), "empty"),
        (file("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"), "binary file"),
        (file("latin.txt", b"Caf\xe9 owners said so."), "not valid UTF-8"),
        (file("broken.json", b"{\"text\": \"cut o"), "not an article as JSON"),
        (file("page.html", b"<!doctype html><html><body><nav>Home</nav></body></html>"), "no main text"),
        (large, "binary file"),
        (words, "larger than"),
        (below, "is a folder"),
        (folder.path().join("absent.txt"), "No such file"),
    ] {
        gainsay(&["read", text(&path)]).failed(1, &[text(&path), word]);
    }
}

#[test]
fn standard_input_that_is_no_article() {
    gainsay_with(&["read", "-"], b"").failed(1, &["standard input", "it is empty"]);
    gainsay_with(&["read", "-"], b"\x7fELF\x02\x01\x01\0\0").failed(1, &["standard input", "binary file"]);
}

#[test]
fn addresses_that_cannot_be_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let private = format!("http://{}/a", listener.local_addr().unwrap());
    gainsay(&["read", &private]).failed(1, &["127.0.0.1", "private"]);
    gainsay(&["read", "http://169.254.169.254/latest"]).failed(1, &["169.254.169.254", "private"]);
    gainsay(&["read", "http://outlet.invalid/a"]).failed(1, &["outlet.invalid"]);
    gainsay(&["read", "ftp://outlet.example/a"]).failed(1, &["ftp://outlet.example/a", "only http and https"]);
    let secret = gainsay(&["read", "http://user:secret@outlet.invalid/a"]);
    assert!(!secret.stderr.contains("secret"), "{secret:?}");
}

#[test]
fn a_data_folder_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let article = folder.path().join("a.txt");
    std::fs::write(&article, "He said so.").unwrap();
    // Also the superuser can make no folder below a file, and none in the system's own.
    for data in [file.join("data"), "/proc/gainsay".into()] {
        for command in
            [&["import", text(&article)][..], &["serve", "--listen", "127.0.0.1:0"], &["demo", "--quiet", "--listen", "127.0.0.1:0"]]
        {
            let run = gainsay(&[command, &["--data", text(&data)]].concat());
            run.failed(1, &[text(&data), "--data"]);
        }
    }
    gainsay(&["search", "x", "--data", text(&folder.path().join("none"))]).failed(1, &["there is no ledger", "gainsay import"]);
    assert!(!folder.path().join("none").exists(), "a search makes no folder");
}

/// A user to whom permissions mean something, whoever runs the tests.
fn nobody(arguments: &[&str], folder: &Path) -> Run {
    let mut plain = command(arguments);
    let owner = std::fs::metadata(folder).unwrap().uid();
    // Only the superuser can become another.
    if owner == 0 {
        let allow = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        allow(folder, 0o755);
        // A binary in a folder that others may not look into is run from a copy.
        let binary = folder.join("gainsay-copy");
        if !binary.exists() {
            std::fs::copy(plain.get_program(), &binary).unwrap();
            allow(&binary, 0o755);
        }
        let mut other = Command::new(binary);
        other.args(arguments).uid(65_534).gid(65_534).env("HOME", "/nonexistent").env_remove("XDG_DATA_HOME").current_dir(folder);
        other.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        plain = other;
    }
    finish(plain.spawn().unwrap())
}

#[test]
fn what_permissions_forbid() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let forbid = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let (article, secret, empty, closed, filled) = (at("a.txt"), at("secret.txt"), at("empty"), at("closed"), at("filled"));
    std::fs::write(&article, "“It rained,” she said.").unwrap();
    forbid(&article, 0o644);
    gainsay(&["import", text(&article), "--data", text(&filled), "--quiet"]).done();
    std::fs::write(&secret, "“It rained,” she said.").unwrap();
    create_dir(&empty).unwrap();
    create_dir(&closed).unwrap();
    forbid(&filled, 0o755);
    forbid(&filled.join("ledger.sqlite"), 0o444);
    forbid(&secret, 0o000);
    forbid(&empty, 0o555);
    forbid(&closed, 0o000);
    let fails = |arguments: &[&str], words: &[&str]| {
        let run = nobody(arguments, folder.path());
        run.failed(1, words);
        // Parentheses stay whole when the system's number is taken off.
        assert_eq!(run.stderr.matches('(').count(), run.stderr.matches(')').count(), "{run:?}");
    };
    fails(&["read", text(&secret)], &["secret.txt", "Permission denied"]);
    fails(&["search", "rain", "--data", text(&closed)], &[text(&closed), "may not be looked into", "--data"]);
    for data in [&empty, &filled, &closed] {
        for command in [&["import", text(&article)][..], &["serve", "--listen", "127.0.0.1:0"], &["add", "https://outlet.example/feed"]] {
            fails(&[command, &["--data", text(data)]].concat(), &[text(data), "Permission denied", "--data"]);
        }
    }
    forbid(&closed, 0o755);
    assert_eq!(std::fs::read_dir(&empty).unwrap().count() + std::fs::read_dir(&closed).unwrap().count(), 0);
}

#[test]
fn a_ledger_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (article, ledger) = (folder.path().join("a.txt"), folder.path().join("ledger.sqlite"));
    std::fs::write(&article, "“It rained,” she said.").unwrap();
    std::fs::write(&ledger, b"\x01\x02garbage".repeat(9_000)).unwrap();
    for command in [&["import", text(&article)][..], &["search", "rain"], &["serve", "--listen", "127.0.0.1:0"]] {
        let run = gainsay(&[command, &["--data", text(folder.path())]].concat());
        run.failed(1, &[text(&ledger), "not a SQLite database"]);
    }
    assert_eq!(std::fs::read(&ledger).unwrap(), b"\x01\x02garbage".repeat(9_000), "it stays as it is");
}

#[test]
fn an_output_that_takes_nothing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let article = folder.path().join("a.txt");
    std::fs::write(&article, "“It rained,” she said.").unwrap();
    let full = File::create("/dev/full").unwrap();
    let run = finish(command(&["read", text(&article)]).stdout(full).spawn().unwrap());
    run.failed(1, &["standard output", "No space left on device"]);
}

#[test]
fn a_port_in_use() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    gainsay(&["serve", "--listen", &address, "--data", text(data.path())]).failed(1, &[&address, "in use", "--listen"]);
    gainsay(&["demo", "--quiet", "--listen", &address]).failed(1, &[&address, "in use", "--listen"]);
}

#[test]
fn the_demo_takes_another_port_where_the_usual_one_is_taken() {
    let _usual = TcpListener::bind("127.0.0.1:8080");
    let demo = Server::start(&["demo"]);
    assert!(demo.line.starts_with("The demo is at http://127.0.0.1:") && !demo.line.contains(":8080/"), "{}", demo.line);
}
