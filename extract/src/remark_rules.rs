//! `rules/own_voice.toml`: the words by which an outlet remarks on evidence and on what became of a source's earlier words.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// All rules, in the order of the file.
pub(crate) fn rules() -> &'static [RemarkRule] {
    &RULES
}

/// One rule.
pub(crate) struct RemarkRule {
    pub(crate) name: String,
    pub(crate) extent: Extent,
    /// Only set off in a sentence with a cue, or behind the cue.
    pub(crate) by_a_cue: bool,
    /// Not where it is read as a refusal already.
    pub(crate) no_refusal: bool,
    /// Words before which it does not count.
    pub(crate) not_after: Vec<String>,
    pattern: Regex,
}

/// What of the text around the words that a rule finds is the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Extent {
    /// The clause that they stand in.
    #[serde(rename = "clause")]
    Clause,
    /// The clause up to their end.
    #[serde(rename = "up to")]
    UpTo,
    /// From them to the end of the clause.
    #[serde(rename = "from")]
    From,
    /// The noun phrase that begins with them.
    #[serde(rename = "phrase")]
    Phrase,
    /// Themselves.
    #[serde(rename = "words")]
    Words,
}

impl RemarkRule {
    /// The places that it finds, in bytes of `words`: plain forms, with a blank before and after each.
    pub(crate) fn found<'w>(&'w self, words: &'w str) -> impl Iterator<Item = Range<usize>> + 'w {
        self.pattern.find_iter(words).map(|found| found.start() + 1..found.end())
    }
}

#[derive(Default, Deserialize)]
struct File {
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    rule: Vec<Written>,
}

/// A rule as the file has it.
#[derive(Deserialize)]
struct Written {
    name: String,
    content: Extent,
    patterns: Vec<String>,
    #[serde(default)]
    not_after: Vec<String>,
    #[serde(default)]
    by_a_cue: bool,
    #[serde(default)]
    no_refusal: bool,
    #[cfg(test)]
    matches: Vec<Example>,
    #[cfg(test)]
    near_misses: Vec<String>,
}

#[cfg(test)]
#[derive(Deserialize)]
struct Example {
    text: String,
    content: String,
}

const DATA: &str = include_str!("../rules/own_voice.toml");

static RULES: LazyLock<Vec<RemarkRule>> = LazyLock::new(|| {
    let File { words, rule } = toml::from_str(DATA).unwrap_or_default();
    rule.into_iter().filter_map(|written| compiled(written, &words).ok()).collect()
});

fn compiled(written: Written, lists: &BTreeMap<String, Vec<String>>) -> Result<RemarkRule, regex::Error> {
    let patterns: Vec<String> = written.patterns.iter().map(|pattern| expression(pattern, lists)).collect();
    let pattern = Regex::new(&format!(" (?:{})", patterns.join("|")))?;
    let Written { name, content: extent, not_after, by_a_cue, no_refusal, .. } = written;
    Ok(RemarkRule { name, extent, by_a_cue, no_refusal, not_after, pattern })
}

/// The regular expression of a pattern: each word has a blank behind it.
fn expression(pattern: &str, lists: &BTreeMap<String, Vec<String>>) -> String {
    let item = |item: &str| {
        if let Some(most) = item.strip_prefix('~') {
            return format!(r"(?:[\pL\pN][^ ]* ){{0,{most}}}");
        }
        let (bare, times) = match (item.strip_suffix('?'), item.strip_suffix('*')) {
            (Some(bare), _) => (bare, "?"),
            (_, Some(bare)) => (bare, "{0,4}"),
            _ => (item, ""),
        };
        let list = bare.strip_prefix('<').and_then(|name| lists.get(name.strip_suffix('>')?));
        let words: Vec<String> = match list {
            Some(words) => words.iter().map(|word| regex::escape(word)).collect(),
            None => bare.split('|').map(regex::escape).collect(),
        };
        format!("(?:(?:{}) ){times}", words.join("|"))
    };
    pattern.split(' ').map(item).collect()
}

#[cfg(test)]
mod tests {
    use claims::{Act, SourceKind};
    use language::Class;

    use super::*;
    use crate::attribution::{Attribution, Scores};
    use crate::own_voice::remarks;
    use crate::reading::Reading;

    /// The contents that the rule of this name finds in a text in which nobody else speaks but by these cues.
    fn contents(rule: &str, text: &str) -> Vec<String> {
        let reading = Reading::new(text);
        let scores = Scores::of(Act::Say, SourceKind::Person);
        let cue = |at: usize| Attribution { cue: Some(at..at + 1), source: None, content: Vec::new(), scores: scores.clone() };
        let cues: Vec<_> = (0..reading.tokens.len()).filter(|&at| reading.tokens[at].has(Class::Speech)).map(cue).collect();
        let found = remarks(&reading, &cues, |_| false);
        found.iter().filter(|remark| remark.rule == rule).map(|remark| reading.words(&remark.attribution.content[0]).to_owned()).collect()
    }

    #[test]
    fn every_rule_finds_its_examples_and_none_of_its_near_misses() {
        let file: File = toml::from_str(DATA).unwrap();
        assert_eq!(rules().len(), file.rule.len());
        for rule in file.rule {
            assert!(!rule.matches.is_empty() && !rule.near_misses.is_empty(), "{} has no examples", rule.name);
            for example in rule.matches {
                assert_eq!(contents(&rule.name, &example.text), [example.content], "{}: {}", rule.name, example.text);
            }
            for text in rule.near_misses {
                assert_eq!(contents(&rule.name, &text), Vec::<String>::new(), "{}: {text}", rule.name);
            }
        }
    }

    #[test]
    fn patterns_become_expressions() {
        let lists = BTreeMap::from([("no".to_owned(), vec!["no".to_owned(), "little or no".to_owned()])]);
        let found = |pattern: &str, words: &str| Regex::new(&expression(pattern, &lists)).unwrap().find(words).map(|found| found.range());
        assert_eq!(found("gave <no> real? proof", "he gave little or no proof "), Some(3..27));
        assert_eq!(found("gave ~2 proof", "gave us the proof "), Some(0..18));
        assert_eq!(found("gave ~2 proof", "gave , proof "), None);
        assert_eq!(found("gave no|any proof", "gave the proof "), None);
    }

    #[test]
    fn every_list_that_a_pattern_names_is_there() {
        let file: File = toml::from_str(DATA).unwrap();
        let items = file.rule.iter().flat_map(|rule| &rule.patterns).flat_map(|pattern| pattern.split(' '));
        for item in items.filter_map(|item| item.strip_prefix('<')) {
            let name = item.trim_end_matches(['?', '*', '>']);
            assert!(file.words.contains_key(name), "no list {name}");
        }
    }
}
