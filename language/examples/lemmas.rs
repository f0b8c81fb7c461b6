//! Measures the dictionary forms of verbs against a treebank (CoNLL-U) on standard input, or lists the verbs that one has.
//!
//! `lemmas [--mistakes] < treebank.conllu` compares for every token tagged VERB or AUX; `lemmas --list < treebank.conllu` writes
//! `data/verbs.toml` on standard output: the verbs that stand in their dictionary form, or more than once in one that the rules give. That leaves out slips.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Error, ErrorKind, Write, stderr, stdin, stdout};
use std::process::ExitCode;

const HEAD: &str =
    "# Verbs in their dictionary form. Of the training part of GUM (Universal Dependencies, English; annotations CC BY 4.0, Amir Zeldes
# and others), written by `cargo run -p language --example lemmas -- --list < gum-train.conllu`.
verbs = [
";

fn main() -> ExitCode {
    match run(std::env::args().nth(1).unwrap_or_default().as_str()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "lemmas: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(option: &str) -> Result<(), Error> {
    let verbs = read(stdin().lock())?;
    match option {
        "--list" => list(&verbs),
        "" | "--mistakes" => measure(&verbs, !option.is_empty()),
        other => Err(Error::new(ErrorKind::InvalidInput, format!("{other} is no option of this program"))),
    }
}

/// How often each form stands for each verb, auxiliary or not.
type Verbs = BTreeMap<(String, String, bool), usize>;

fn read(input: impl BufRead) -> Result<Verbs, Error> {
    let mut verbs = Verbs::new();
    for line in input.lines() {
        let line = line?;
        let fields: Vec<&str> = line.split('\t').collect();
        if let [_, form, lemma, tag @ ("VERB" | "AUX"), ..] = fields.as_slice() {
            *verbs.entry((form.to_lowercase().replace('’', "'"), lemma.to_lowercase(), *tag == "AUX")).or_default() += 1;
        }
    }
    Ok(verbs)
}

fn list(verbs: &Verbs) -> Result<(), Error> {
    let regular = |form: &str, lemma: &str, count: usize| {
        let stem = lemma.strip_suffix(['e', 'y']).unwrap_or(lemma);
        let ends = |ending: &str| ending.ends_with('s') || ending.ends_with("ed") || ending.ends_with("ing");
        form == lemma || count > 1 && form.strip_prefix(stem).is_some_and(ends)
    };
    let listed: BTreeSet<&str> = verbs
        .iter()
        .filter(|((form, lemma, auxiliary), count)| !auxiliary && regular(form, lemma, **count) && lemma.len() > 2)
        .map(|((_, lemma, _), _)| lemma.as_str())
        .filter(|lemma| lemma.bytes().all(|letter| letter.is_ascii_lowercase()))
        .collect();
    let form = |verb: &str| verb.strip_suffix("ing").is_some_and(|stem| listed.contains(stem));
    let mut out = stdout().lock();
    write!(out, "{HEAD}")?;
    let mut line = String::from(" ");
    for verb in listed.iter().filter(|verb| !form(verb)) {
        if line.len() + verb.len() > 130 {
            writeln!(out, "{line}")?;
            line = String::from(" ");
        }
        line = format!("{line} \"{verb}\",");
    }
    writeln!(out, "{line}\n]")
}

fn measure(verbs: &Verbs, mistakes: bool) -> Result<(), Error> {
    let mut out = stdout().lock();
    let (mut all, mut right) = (0, 0);
    for ((form, lemma, _), count) in verbs {
        all += count;
        let found = language::lemma(form);
        if found == *lemma {
            right += count;
        } else if mistakes {
            writeln!(out, "{count}\t{form}\t{lemma}\t{found}")?;
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "counts of tokens are small")]
    let share = 100.0 * right as f64 / all.max(1) as f64;
    writeln!(out, "{right} of {all} tokens, {share:.2} %")
}
