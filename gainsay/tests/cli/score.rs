//! `gainsay score`: the reference scorer's figures on invented articles, the page of mistakes, and bad input.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json as value};

use crate::harness::{gainsay, json, text};

/// What the reference scorer says of the two files of the folder `score`, as JSON and as lines.
const REFERENCE: &str = include_str!("../score/reference.json");
const REFERENCE_LINES: &str = include_str!("../score/reference.txt");

fn given(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/score").join(name)
}

fn scored(format: &str) -> String {
    gainsay(&["score", text(&given("gold.jsonl")), text(&given("predicted.jsonl")), "-q", "--format", format]).done()
}

/// Each number in `of`, by the way to it.
fn figures(of: &Value, way: &str, into: &mut BTreeMap<String, f64>) {
    match of {
        Value::Object(fields) => fields.iter().for_each(|(name, of)| figures(of, &format!("{way}/{name}"), into)),
        Value::Number(number) => drop(into.insert(way.to_owned(), number.as_f64().unwrap())),
        other => panic!("{way} is {other}"),
    }
}

#[test]
fn every_figure_is_the_one_of_the_reference_scorer() {
    let ours = json(&scored("json"));
    let hold = |reference: &str| {
        let mut expected = BTreeMap::new();
        figures(&json(reference), "", &mut expected);
        assert_eq!(expected.len(), 39, "{expected:?}");
        for (way, figure) in expected {
            assert_eq!(ours.pointer(&way).and_then(Value::as_f64), Some(figure), "{way} in {ours:#}");
        }
    };
    hold(REFERENCE);
    assert!(scored("table").starts_with(REFERENCE_LINES), "{}", scored("table"));
    // Where the scorer itself is at hand, it is asked too.
    if let Some(scorer) = std::env::var_os("GAINSAY_TEST_SCORER") {
        let asked = Command::new("python3").arg(scorer).args([given("gold.jsonl"), given("predicted.jsonl")]).arg("--json").output();
        let asked = asked.unwrap();
        assert!(asked.status.success(), "{asked:?}");
        hold(&String::from_utf8(asked.stdout).unwrap());
    }
}

#[test]
fn labels_are_counted_of_what_is_linked() {
    let ours = json(&scored("json"));
    let labels = &ours["labels"];
    assert_eq!(labels["linked"], 8);
    let right = |label: &str| (labels[label]["right"].as_u64().unwrap(), labels[label]["of"].as_u64().unwrap());
    assert_eq!(["act", "kind", "quotation", "who", "who_alike"].map(right), [(6, 8), (7, 8), (7, 8), (4, 8), (5, 8)], "{labels:#}");
    // Six annotated and three linked; of eight predicted to be so three; of the three that are linked two are right.
    let say = &ours["by_act"]["say"];
    assert_eq!((&say["gold"], &say["predicted"], &say["recall"], &say["precision"]), (&6.into(), &8.into(), &0.5.into(), &0.375.into()));
    assert_eq!(say["label"]["p"], value!(2.0 / 3.0));
    assert_eq!(ours["by_quotation"]["direct"]["recall"], 0.75);
    assert_eq!(ours["by_quotation"]["direct"]["label"], value!({"p": 1.0, "r": 2.0 / 3.0, "f1": 0.8}));
    assert!(ours["by_act"].get("decline").is_none(), "without a content there is nothing to link");
}

#[test]
fn without_labels_there_are_no_figures_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let bare = |name: &str, line: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, line).unwrap();
        path
    };
    let predicted = bare("p.jsonl", r#"{"id": "a", "attributions": [{"source": null, "content": [[0, 8]]}]}"#);
    let gold = bare("g.jsonl", r#"{"id": "a", "text": "It rains, it is said.", "attributions": [{"content": [[0, 8]], "act": "say"}]}"#);
    let out = json(&gainsay(&["score", text(&gold), text(&predicted), "--format", "json"]).done());
    assert_eq!((&out["labels"]["linked"], &out["labels"]["act"], &out["labels"]["kind"]), (&1.into(), &Value::Null, &Value::Null));
    assert_eq!(out["by_act"]["say"], value!({"gold": 1, "predicted": null, "recall": 1.0, "precision": null, "f1": null, "label": null}));
    let unlabelled =
        gainsay(&["score", text(&bare("u.jsonl", r#"{"id": "a", "text": "It rains.", "attributions": []}"#)), "--format", "json"]);
    assert!(json(&unlabelled.done()).get("by_act").is_none());
}

#[test]
fn the_extractor_predicts_where_nobody_else_does_and_its_predictions_can_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (zipped, kept) = (folder.path().join("gold.jsonl.gz"), folder.path().join("kept.jsonl"));
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&std::fs::read(given("gold.jsonl")).unwrap()).unwrap();
    std::fs::write(&zipped, packer.finish().unwrap()).unwrap();
    let own = gainsay(&["score", text(&zipped), "--predictions", text(&kept), "--format", "json"]).done();
    assert!(json(&own)["linked"]["0.5"]["content+source"]["f1"].as_f64().unwrap() > 0.4, "{own}");
    let lines: Vec<Value> = std::fs::read_to_string(&kept).unwrap().lines().map(json).collect();
    assert_eq!(
        lines.iter().map(|line| line["id"].as_str().unwrap()).collect::<Vec<_>>(),
        ["ferry", "bridge", "mill", "dam", "quiet", "unread"]
    );
    assert!(lines[0]["attributions"][0]["rule"].is_string(), "{}", lines[0]);
    assert_eq!(gainsay(&["score", text(&given("gold.jsonl")), text(&kept), "--format", "json"]).done(), own);
    let run = gainsay(&["score", text(&zipped), text(&kept), "--predictions", text(&kept)]);
    run.failed(2, &["--predictions", "[PREDICTED]"]);
}

#[test]
fn given_spans_leave_only_labels_to_predict() {
    let gold = given("gold.jsonl");
    let own = json(&gainsay(&["score", text(&gold), "--given-spans", "--format", "json"]).done());
    assert_eq!(own["linked"]["0.8"]["all"], value!({"p": 1.0, "r": 1.0, "f1": 1.0}), "{own:#}");
    let of = |label: &str| own["labels"][label]["of"].as_u64().unwrap();
    assert_eq!(["act", "kind", "who"].map(of), [15, 15, 14], "{own:#}");
    assert!(own["labels"]["act"]["share"].as_f64().unwrap() > 0.5 && own["labels"]["quotation"].is_null(), "{own:#}");
    gainsay(&["score", text(&gold), text(&given("predicted.jsonl")), "--given-spans"]).failed(2, &["--given-spans", "[PREDICTED]"]);
}

#[test]
fn what_has_no_partner_is_mentioned() {
    let run = gainsay(&["score", text(&given("gold.jsonl")), text(&given("predicted.jsonl"))]);
    assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
    assert!(run.stderr.contains("nothing is predicted for 1 annotated article\n"), "{run:?}");
    assert!(run.stderr.contains("1 article is not annotated and left out\n"), "{run:?}");
}

#[test]
fn the_page_shows_each_mistake_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("mistakes.html");
    gainsay(&["score", text(&given("gold.jsonl")), text(&given("predicted.jsonl")), "-q", "--errors", text(&page)]).done();
    let page = std::fs::read_to_string(&page).unwrap();
    let counts =
        "missed 1|spurious 3|wrong span 3|inexact span 4|wrong source 3|wrong cue 1|wrong act 4|wrong kind 3|wrong quotation 1|wrong who 8";
    for count in counts.split('|') {
        assert!(page.contains(&format!("<span class=\"badge\">{count}</span>")), "no {count} in {page}");
    }
    // The company is annotated, the crew predicted, and what is denied begins a word too early.
    let denial = "<a class=\"number\" id=\"t1-2\" href=\"#m1-2\">2</a><mark class=\"gs\">The company</mark> <mark class=\"gq pq\">denied</mark> \
                  <mark class=\"pc\">that </mark><mark class=\"gc ps pc\">the crew</mark><mark class=\"gc pc\"> slept</mark>.";
    assert!(page.contains(denial), "{page}");
    assert!(page.contains("<span class=\"badge\">wrong source</span>") && page.contains("75 % of the content shared"), "{page}");
    assert!(page.contains("<li>quiet: no mistake</li>") && !page.contains("<h2>quiet</h2>"), "{page}");
    for place in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert_eq!(page.matches(&format!("id=\"{place}\"")).count(), 1, "{place}");
    }
}

#[test]
fn nothing_in_the_input_is_markup() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let hostile = "</div><script>alert('1')</script><img src=x onerror=\"alert(2)\">&amp;";
    let end = hostile.chars().count();
    let gold = value!({"id": hostile, "title": hostile, "text": hostile, "attributions": [
        {"source": [[0, 6]], "cue": [[6, 14]], "content": [[14, end]], "act": "say", "who": hostile}]});
    let predicted = value!({"id": hostile, "attributions": [
        {"source": [[3, 9]], "cue": [[0, 3]], "content": [[20, end]], "act": "deny", "who": "\"'><b>", "rule": "<i>\"'&", "lemma": hostile}]});
    std::fs::write(at("gold.jsonl"), gold.to_string()).unwrap();
    std::fs::write(at("predicted.jsonl"), predicted.to_string()).unwrap();
    gainsay(&["score", text(&at("gold.jsonl")), text(&at("predicted.jsonl")), "--errors", text(&at("page.html"))]).done();
    let page = std::fs::read_to_string(at("page.html")).unwrap();
    let mut tags: Vec<&str> =
        page.split('<').skip(1).map(|tag| tag.split([' ', '>', '/', '\n']).find(|name| !name.is_empty()).unwrap()).collect();
    tags.sort_unstable();
    tags.dedup();
    let ours = "!doctype a b body br details div h1 h2 h3 head html li mark meta ol p pre section small span style summary title";
    let written: Vec<&str> = ours.split(' ').collect();
    assert!(tags.iter().all(|tag| written.contains(tag)), "{tags:?} in {page}");
    // What is left of the values is no markup either: quotation marks stand around our own attributes alone.
    assert!(!page.contains("onerror=\"") && !page.contains("'1'") && page.contains("&lt;i&gt;&quot;&#39;&amp;"), "{page}");
    assert!(page.contains("default-src 'none'"), "{page}");
}

#[test]
fn bad_input_is_named_with_file_line_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let first = "{\"id\": \"a\", \"text\": \"He said so.\", \"attributions\": []}\n";
    for (name, second, words) in [
        ("cut.jsonl", "{\"id\": \"b\", ", &["EOF"][..]),
        ("text.jsonl", "{\"id\": \"b\", \"attributions\": []}", &["missing field `text`"]),
        ("none.jsonl", "{\"id\": \"b\", \"text\": \"x\"}", &["missing field `attributions`"]),
        ("more.jsonl", "{\"id\": \"b\", \"text\": \"x\", \"attributions\": []} {}", &["trailing characters"]),
        ("twice.jsonl", first, &["article \"a\" stands on line 1 too"]),
        (
            "outside.jsonl",
            "{\"id\": \"b\", \"text\": \"né\", \"attributions\": [{\"cue\": [[0, 3]]}]}",
            &["attributions[0].cue: [0, 3] lies outside", "2 code points"],
        ),
        (
            "turned.jsonl",
            "{\"id\": \"b\", \"text\": \"née\", \"attributions\": [{}, {\"source\": [[2, 1]]}]}",
            &["attributions[1].source: [2, 1]"],
        ),
        (
            "minus.jsonl",
            "{\"id\": \"b\", \"text\": \"née\", \"attributions\": [{\"content\": [[-1, 1]]}]}",
            &["attributions[0].content", "-1"],
        ),
        (
            "act.jsonl",
            "{\"id\": \"b\", \"text\": \"née\", \"attributions\": [{\"act\": \"shout\"}]}",
            &["attributions[0].act: unknown variant `shout`", "`deny`"],
        ),
        ("blank.jsonl", "{\"id\": \"b\", \"text\": \" \", \"attributions\": []}", &["the text is empty"]),
    ] {
        let path = file(name, &format!("{first}{second}\n"));
        let place = format!("{}, line 2: ", path.display());
        gainsay(&["score", text(&path)]).failed(1, &[&[place.as_str()], words].concat());
    }
    let gold = file("gold.jsonl", first);
    let predicted = file("predicted.jsonl", "\n{\"id\": \"a\", \"attributions\": [{\"content\": [[0, 12]]}]}\n");
    gainsay(&["score", text(&gold), text(&predicted)])
        .failed(1, &["predicted.jsonl, line 2: attributions[0].content: [0, 12]", "11 code points"]);
    let twice = file("twice.jsonl", "{\"id\": \"a\", \"attributions\": []}\n{\"id\": \"a\", \"attributions\": []}\n");
    gainsay(&["score", text(&gold), text(&twice)]).failed(1, &["twice.jsonl, line 2", "line 1 too"]);
    gainsay(&["score", text(&file("empty.jsonl", "\n"))]).failed(1, &["empty.jsonl: it holds no annotated article"]);
    gainsay(&["score", text(&folder.path().join("absent.jsonl"))]).failed(1, &["absent.jsonl", "No such file"]);
    gainsay(&["score", text(folder.path())]).failed(1, &[text(folder.path()), "is a folder"]);
    let damaged = folder.path().join("damaged.gz");
    std::fs::write(&damaged, b"\x1f\x8b\x08\0\0\0\0\0damaged").unwrap();
    gainsay(&["score", text(&damaged)]).failed(1, &["damaged.gz, line 1", "gzip data is damaged"]);
    gainsay(&["score", text(&gold), "--errors", "/proc/page.html"]).failed(1, &["/proc/page.html cannot be written"]);
    gainsay(&["score"]).failed(2, &["<GOLD>"]);
}
