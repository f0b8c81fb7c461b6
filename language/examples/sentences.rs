//! Measures the sentence splitter: reads a treebank (CoNLL-U) on standard input, rebuilds its running text, prints how well
//! the ends of sentences are found.
//!
//! `sentences [--documents PREFIX] [--mistakes] < treebank.conllu`. Paragraphs, as `# newpar` tells them, stand on lines of
//! their own. A dateline, which the splitter leaves out, costs nothing: only where sentences end is compared. "inside" leaves
//! out the ends that a line end shows.

use std::collections::BTreeSet;
use std::io::{BufRead, Error, ErrorKind, Write, stdin, stdout};
use std::process::ExitCode;

/// One document, rebuilt.
#[derive(Default)]
struct Document {
    text: String,
    /// Where its sentences end, in bytes.
    ends: BTreeSet<usize>,
}

/// How many ends were found rightly, found wrongly and missed.
#[derive(Default)]
struct Counts {
    right: usize,
    wrong: usize,
    missed: usize,
}

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "sentences: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Error> {
    let mut prefix = String::new();
    let mut mistakes = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--documents" => prefix = arguments.next().unwrap_or_default(),
            "--mistakes" => mistakes = true,
            other => return Err(Error::new(ErrorKind::InvalidInput, format!("{other} is no option of this program"))),
        }
    }
    let documents = read(stdin().lock(), &prefix)?;
    let (mut all, mut inside) = (Counts::default(), Counts::default());
    let mut out = stdout().lock();
    for document in &documents {
        let tokens = language::tokens(&document.text);
        let found: BTreeSet<usize> =
            language::sentences(&document.text, &tokens).iter().map(|sentence| tokens[sentence.tokens.end - 1].end).collect();
        for &end in document.ends.union(&found) {
            let (is_found, is_right) = (found.contains(&end), document.ends.contains(&end));
            all.count(is_found, is_right);
            let shown = document.text.get(end..).is_none_or(|rest| rest.is_empty() || rest.starts_with('\n'));
            if !shown {
                inside.count(is_found, is_right);
            }
            if mistakes && is_found != is_right {
                let kind = if is_found { "wrong " } else { "missed" };
                writeln!(out, "{kind} …{} ⏐ {}…", around(&document.text, end, true), around(&document.text, end, false))?;
            }
        }
    }
    writeln!(out, "{} documents", documents.len())?;
    all.print(&mut out, "all   ")?;
    inside.print(&mut out, "inside")
}

impl Counts {
    fn count(&mut self, found: bool, right: bool) {
        match (found, right) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            _ => self.missed += 1,
        }
    }

    fn print(&self, out: &mut impl Write, name: &str) -> Result<(), Error> {
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { 100.0 * to_f64(part) / to_f64(whole) };
        let precision = share(self.right, self.right + self.wrong);
        let recall = share(self.right, self.right + self.missed);
        let f1 = share(2 * self.right, 2 * self.right + self.wrong + self.missed);
        let Self { right, wrong, missed } = self;
        writeln!(out, "{name} precision {precision:.2} recall {recall:.2} F1 {f1:.2} ({right} right, {wrong} wrong, {missed} missed)")
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of sentences are small")]
fn to_f64(count: usize) -> f64 {
    count as f64
}

/// Some text before or after a place, on one line.
fn around(text: &str, at: usize, before: bool) -> String {
    let shown: String = if before {
        let mut last: Vec<char> = text[..at].chars().rev().take(50).collect();
        last.reverse();
        last.into_iter().collect()
    } else {
        text[at..].chars().take(30).collect()
    };
    shown.replace('\n', "⏎")
}

/// The documents of a treebank whose id begins with `prefix`.
fn read(input: impl BufRead, prefix: &str) -> Result<Vec<Document>, Error> {
    let mut documents: Vec<Document> = Vec::new();
    let (mut wanted, mut paragraph, mut spaced, mut covered) = (prefix.is_empty(), true, true, 0);
    for line in input.lines() {
        let line = line?;
        if let Some(comment) = line.strip_prefix('#') {
            let comment = comment.trim();
            if let Some(id) = comment.strip_prefix("newdoc") {
                wanted = id.trim_start_matches([' ', '=', 'i', 'd']).starts_with(prefix);
                if wanted {
                    documents.push(Document::default());
                }
            }
            paragraph |= comment == "newpar" || comment.starts_with("newpar ") || comment.starts_with("newdoc");
            continue;
        }
        let Some(document) = documents.last_mut().filter(|_| wanted) else { continue };
        if line.is_empty() {
            document.ends.insert(document.text.len());
            covered = 0;
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, form, .., misc] = fields.as_slice() else {
            return Err(Error::new(ErrorKind::InvalidData, format!("no line of CoNLL-U: {line}")));
        };
        // "3-4" stands for the words 3 and 4; "3.1" stands for nothing in the text.
        let first = id.split('-').next().and_then(|first| first.parse::<usize>().ok());
        let Some(first) = first.filter(|&first| first > covered) else { continue };
        covered = id.split('-').nth(1).and_then(|last| last.parse().ok()).unwrap_or(first);
        if !document.text.is_empty() {
            document.text.push_str(if paragraph {
                "\n"
            } else if spaced {
                " "
            } else {
                ""
            });
        }
        document.text.push_str(form);
        paragraph = false;
        spaced = !misc.split('|').any(|part| part == "SpaceAfter=No");
    }
    Ok(documents)
}
