//! The handbook in `docs/`: the page of configuration is what the defaults files say, and every link leads somewhere.

#![allow(clippy::panic, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use tests::root;

/// The crates with a defaults file, in the order of the page.
const CRATES: [&str; 6] = ["runtime", "bus", "store", "ingest", "extract", "api"];

const PAGE: &str = "docs/configure.md";

/// What stands above the generated tables.
const HEAD: &str = "\
# Configure

*The tables are generated from the defaults files of the crates; a test holds them to it.*

Every service, and `gainsay` itself, reads three layers; a later one wins:

1. the defaults below, compiled in;
2. the TOML file given by `--config FILE`;
3. the environment: `GAINSAY_SECTION__KEY`, two underscores between, so `GAINSAY_BUS__URL` sets `url` in `[bus]`.

A value of the wrong sort, an unknown key or an unknown section refuses to start, with status 2 and one line that names it. One file may
serve all services: each reads the sections it knows. `gainsay-api --print-defaults` (any service) prints its own as a file to begin from.
Changes take effect at the next start.

Secrets (addresses with a password) belong into the environment or into a file that only the service may read. They are never logged.
";

#[test]
fn the_page_of_configuration_is_what_the_defaults_say() {
    let page = CRATES.iter().fold(HEAD.to_owned(), |page, name| page + &tables(&read(&format!("{name}/defaults.toml"))));
    if std::env::var_os("GAINSAY_UPDATE_DOCS").is_some() {
        std::fs::write(root().join(PAGE), &page).unwrap();
    }
    assert!(read(PAGE) == page, "{PAGE} is out of date; this writes it anew: GAINSAY_UPDATE_DOCS=1 tests/run -p tests --test handbook");
}

/// A heading and a table for each section of `defaults`, whose comments stand above what they are about.
fn tables(defaults: &str) -> String {
    let (mut page, mut about) = (String::new(), String::new());
    for line in defaults.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            about.push_str(comment);
        } else if line.starts_with('[') {
            writeln!(page, "\n## {line}\n\n{}\n\n| key | default | |\n|---|---|---|", about.trim()).unwrap();
            about.clear();
        } else if let Some((key, value)) = line.split_once(" = ") {
            assert!(!about.is_empty(), "{key} is not explained");
            let cell = |text: &str| text.trim().replace('|', "\\|");
            writeln!(page, "| `{key}` | `{}` | {} |", cell(value), cell(&about)).unwrap();
            about.clear();
        }
    }
    page
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut links = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let linked = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            assert!(linked.exists(), "{}: there is no {target}", page.display());
            assert!(anchor.is_empty() || anchors(&linked).contains(anchor), "{}: there is no heading for {target}", page.display());
            links += 1;
        }
    }
    assert!(links > 20, "only {links} links were found");
}

#[test]
fn every_alert_has_its_section_in_the_handbook() {
    let alerts = read("deploy/prometheus/alerts.yml");
    let runbooks: Vec<&str> = alerts.lines().filter_map(|line| line.trim().strip_prefix("runbook: ")).collect();
    assert_eq!(runbooks.len(), alerts.matches("- alert: ").count(), "each alert has a runbook");
    for runbook in runbooks {
        let (page, anchor) = runbook.split_once('#').unwrap();
        assert!(anchors(&root().join(page)).contains(anchor), "there is no {runbook}");
    }
}

/// The pages for people: those at the top, and the handbook.
fn pages() -> Vec<PathBuf> {
    let entries = ["", "docs"].into_iter().flat_map(|folder| std::fs::read_dir(root().join(folder)).unwrap());
    let mut pages: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.sort();
    pages
}

/// What the headings of a page can be linked by.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(page).unwrap_or_default();
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim().to_lowercase());
    let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
    headings.map(|heading| heading.chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
