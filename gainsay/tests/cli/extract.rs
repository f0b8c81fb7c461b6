//! `gainsay extract`.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::harness::{NEWS, command, gainsay_with, json};

/// The sample news `times` over, each article with an id of its own.
fn many(times: usize) -> String {
    let mut lines = String::new();
    for round in 0..times {
        for (i, line) in NEWS.lines().enumerate() {
            let mut article = json(line);
            article["id"] = format!("{round}-{i}").into();
            writeln!(lines, "{article}").unwrap();
        }
    }
    lines
}

#[test]
fn every_article_comes_out_once_and_in_order_on_any_number_of_cores() {
    let input = many(4);
    let ids = |lines: &str| lines.lines().map(|line| json(line)["given_id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
    let expected: Vec<String> = input.lines().map(|line| json(line)["id"].as_str().unwrap().to_owned()).collect();
    let out = gainsay_with(&["extract", "--quiet"], input.as_bytes()).done();
    assert_eq!(ids(&out), expected);
    assert_eq!(gainsay_with(&["extract", "--quiet", "--cores", "5"], input.as_bytes()).done(), out);
}

#[test]
fn claims_stand_in_their_article_and_another_language_is_skipped() {
    let run = gainsay_with(&["extract"], NEWS.as_bytes());
    run.complained_once(&["18 articles read"]);
    let out = run.done();
    let mut claims = 0;
    for (article, line) in NEWS.lines().map(json).zip(out.lines().map(json)) {
        assert_eq!(article["id"], line["given_id"]);
        if article["language"] == "fr" {
            assert_eq!((&line["skipped"], line["claims"].as_array().unwrap().len()), (&"language".into(), 0));
            continue;
        }
        assert!(line.get("skipped").is_none(), "{line}");
        for claim in line["claims"].as_array().unwrap() {
            let text: Vec<char> = article[if claim["in"] == "title" { "title" } else { "text" }].as_str().unwrap().chars().collect();
            for role in ["source", "cue", "content"].map(|role| &claim[role]).into_iter().filter(|role| !role.is_null()) {
                let slices = role["spans"].as_array().unwrap().iter().map(|span| {
                    let place = |i: usize| usize::try_from(span[i].as_u64().unwrap()).unwrap();
                    text[place(0)..place(1)].iter().collect::<String>()
                });
                assert_eq!(role["text"].as_str().unwrap(), slices.collect::<Vec<_>>().join(" "));
            }
            claims += 1;
        }
    }
    assert!(claims >= 150, "only {claims} claims in the sample news");
}

#[test]
fn a_bad_line_is_named_and_the_rest_goes_on() {
    let run = gainsay_with(
        &["extract", "-q"],
        b"{\"id\": \"a\", \"text\": \"Good.\"}\n\n{\"id\": \"b\"}\nnonsense\n{\"id\": \"c\", \"text\": \"Good.\"}",
    );
    assert_eq!(run.status, 3, "{run:?}");
    assert_eq!(run.stdout.lines().map(|line| json(line)["given_id"].to_string()).collect::<Vec<_>>(), ["\"a\"", "\"c\""]);
    let named: Vec<&str> = run.stderr.lines().collect();
    assert!(named.len() == 2 && named[0].contains("line 3") && named[0].contains("text") && named[1].contains("line 4"), "{named:?}");
}

#[test]
fn nothing_but_bad_lines_is_a_failure_and_nothing_at_all_is_none() {
    let run = gainsay_with(&["extract"], b"\xff\xfe\x00binary\n");
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{run:?}");
    gainsay_with(&["extract", "-q"], b"[\"a\", 5]\n").failed(1, &["standard input, line 1", "an object"]);
    gainsay_with(&["extract", "-q"], b"{\"text\": 5}\n").failed(1, &["standard input, line 1", "text: invalid type", "at column 10"]);
    assert_eq!(gainsay_with(&["extract", "-q"], b"").done(), "");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let mut child = command(&["extract", "-q"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = many(200);
    let feeder = std::thread::spawn(move || stdin.write_all(input.as_bytes()).is_err());
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(json(&first)["given_id"], "0-0");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{output:?}");
    assert!(feeder.join().unwrap(), "all of the input was read");
}

#[test]
fn each_article_comes_out_as_soon_as_it_is_read() {
    let mut child = command(&["extract", "-q"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for id in ["1", "2", "3"] {
        writeln!(stdin, "{{\"id\": \"{id}\", \"text\": \"Good.\"}}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(json(&line)["given_id"], id);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
