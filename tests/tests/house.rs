//! The rules of the house, as ARCHITECTURE.md states them: who may depend on whom, where broker, database and HTTP may be named,
//! what stays pure, and how a file looks.

#![allow(clippy::panic, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::Table;

/// Each crate and those of ours that it may depend on. Its own tests may use more.
const MAY_DEPEND_ON: [(&str, &[&str]); 12] = [
    ("claims", &[]),
    ("language", &[]),
    ("neural", &[]),
    ("runtime", &[]),
    ("bus", &["claims"]),
    ("extract", &["claims", "language", "neural", "bus", "runtime"]),
    ("store", &["claims", "bus", "runtime"]),
    ("ingest", &["claims", "bus", "runtime", "store"]),
    ("api", &["claims", "bus", "runtime", "store"]),
    ("gainsay", ALL),
    ("tests", ALL),
    ("benches", ALL),
];

const ALL: &[&str] = &["claims", "language", "neural", "runtime", "bus", "extract", "store", "ingest", "api", "gainsay"];

/// Words that only the named places may use in code; a place is a file's path or the beginning of one.
const ONLY_IN: [(&[&str], &[&str]); 4] = [
    (&["lapin"], &["bus/src/rabbit", "bus/tests/", "tests/"]),
    (&["sqlx::"], &["store/", "tests/"]),
    (SQL, &["store/src/postgres", "store/src/sqlite", "store/src/sql.rs", "store/tests/", "tests/"]),
    (&["axum::"], &["api/", "runtime/src/ops.rs", "ingest/tests/", "tests/"]),
];

/// Beginnings of statements, as they stand in a string.
const SQL: &[&str] = &["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE ", "CREATE INDEX ", "ALTER TABLE ", "ON CONFLICT"];

/// What reaches beyond the text that an analysis is given.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "SystemTime",
    "Instant",
    "now_utc",
    "now_local",
    "async ",
    ".await",
    "tokio",
    "futures",
    "reqwest",
    "tracing",
    "prometheus",
];

/// The parts of `extract` around `analyse`; all others are pure.
const EXTRACTS_SERVICE: [&str; 4] = ["config.rs", "main.rs", "metrics.rs", "service.rs"];

/// The longest a file may get before it has to be divided.
const LINES: usize = 400;

#[test]
fn crates_depend_only_on_those_that_they_may() {
    let members: BTreeSet<String> = strings(&manifest("")["workspace"]["members"]);
    let named: BTreeSet<String> = MAY_DEPEND_ON.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(members, named, "the workspace's members and the crates that ARCHITECTURE.md knows");
    let wrong: Vec<String> = MAY_DEPEND_ON.iter().flat_map(|(name, may)| undue(name, &manifest(name), may)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_undue_dependency_would_be_found() {
    let manifest: Table = "[dependencies]\nclaims.workspace = true\nserde = \"1\"\n[build-dependencies]\nstore = { path = \"../store\" }\n\
                           [target.'cfg(unix)'.dependencies]\napi.workspace = true\n[dev-dependencies]\nextract.workspace = true"
        .parse()
        .unwrap();
    assert_eq!(undue("bus", &manifest, &["claims"]), ["bus may not depend on store", "bus may not depend on api"]);
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let without: Vec<&str> = MAY_DEPEND_ON
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| manifest(name).get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool) != Some(true))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn broker_database_and_http_are_named_only_where_they_belong() {
    let wrong: Vec<String> = sources().iter().flat_map(|source| misplaced(source, &ONLY_IN)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn language_network_and_analysis_are_pure() {
    let pure = |path: &str| {
        path.starts_with("language/src/")
            || path.starts_with("neural/src/")
            || path.strip_prefix("extract/src/").is_some_and(|file| !EXTRACTS_SERVICE.contains(&file))
    };
    let sources: Vec<Source> = sources().into_iter().filter(|source| pure(&source.path)).collect();
    assert!(sources.len() >= 3, "only {} files: were they moved?", sources.len());
    let wrong: Vec<String> = sources.iter().flat_map(|source| misplaced(source, &[(IMPURE, &[])])).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_what_lives_there_and_stays_short() {
    let mut wrong = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//! ") {
            wrong.push(format!("{} does not open with a //! sentence", source.path));
        }
        let lines = source.text.lines().count();
        if lines > LINES {
            wrong.push(format!("{} has {lines} lines, more than {LINES}", source.path));
        }
        if ["utils", "util", "common", "helpers", "misc"]
            .iter()
            .any(|name| Path::new(&source.path).file_stem().is_some_and(|stem| stem == *name))
        {
            wrong.push(format!("{}: its name does not say what lives there", source.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_misplaced_word_would_be_found() {
    let text = "//! Talks of lapin.\nuse lapin::Channel; // why\n#[cfg(test)]\nmod tests { use lapin; }\n";
    let source = Source { path: "store/src/service.rs".to_owned(), text: text.to_owned() };
    assert_eq!(misplaced(&source, &ONLY_IN), ["store/src/service.rs:2 names lapin"]);
    let allowed = Source { path: "bus/src/rabbit/publish.rs".to_owned(), ..source };
    assert_eq!(misplaced(&allowed, &ONLY_IN), [""; 0]);
}

/// A Rust file of the workspace, by its path from the top.
struct Source {
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for (name, _) in MAY_DEPEND_ON {
        gather(&root().join(name), &mut found);
    }
    assert!(found.len() > 30, "only {} Rust files found", found.len());
    found
}

fn gather(folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push(Source { path: path.strip_prefix(root()).unwrap().display().to_string(), text });
        }
    }
}

/// Where `source` uses words in places that are not among those allowed to; comments and its own tests may say what they like.
fn misplaced(source: &Source, rules: &[(&[&str], &[&str])]) -> Vec<String> {
    let is_test = source.path.ends_with("/tests.rs");
    let own_tests = if is_test { 0 } else { source.text.find("#[cfg(test)]").unwrap_or(source.text.len()) };
    let code = source.text[..own_tests].lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let mut wrong = Vec::new();
    for (index, line) in code {
        for (words, places) in rules {
            let elsewhere = !places.iter().any(|place| source.path.starts_with(place));
            for word in words.iter().filter(|word| elsewhere && line.contains(**word)) {
                wrong.push(format!("{}:{} names {}", source.path, index + 1, word.trim()));
            }
        }
    }
    wrong
}

/// The dependencies of ours in `manifest` that are not among those that the crate may have.
fn undue(name: &str, manifest: &Table, may: &[&str]) -> Vec<String> {
    let by_target = manifest.get("target").and_then(toml::Value::as_table);
    let tables =
        std::iter::once(manifest).chain(by_target.into_iter().flat_map(|targets| targets.values().filter_map(toml::Value::as_table)));
    tables
        .flat_map(|table| ["dependencies", "build-dependencies"].map(|kind| table.get(kind).and_then(toml::Value::as_table)))
        .flatten()
        .flat_map(Table::keys)
        .filter(|dependency| MAY_DEPEND_ON.iter().any(|(ours, _)| ours == dependency) && !may.contains(&dependency.as_str()))
        .map(|dependency| format!("{name} may not depend on {dependency}"))
        .collect()
}

fn manifest(name: &str) -> Table {
    let path = root().join(name).join("Cargo.toml");
    std::fs::read_to_string(&path).unwrap().parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn strings(value: &toml::Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
