//! `rules/acts.toml`: what the words of a content make of the act that its cue says.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use claims::Act;
use serde::Deserialize;

/// The act that the words of a content tell, given the act by the cue; `None` where they tell nothing.
/// `content` is in lower case, with a blank before and after each word.
pub(crate) fn act_of_content(content: &str, by_cue: Act, direct: bool) -> Option<Act> {
    let rules = &*RULES;
    let mut held = vec![false; rules.entries.len()];
    if let Some(words) = &rules.words {
        for found in words.find_overlapping_iter(content) {
            held[rules.entry_of_word[found.pattern().as_usize()]] = true;
        }
    }
    let fits = |(number, entry): &(usize, &Entry)| {
        let applies = entry.from.contains(&by_cue) && (entry.when == When::Any || direct);
        applies && (held[*number] || entry.starts.iter().any(|start| content.starts_with(start.as_str())))
    };
    rules.entries.iter().enumerate().find(fits).map(|(_, entry)| entry.act)
}

struct ActRules {
    entries: Vec<Entry>,
    words: Option<AhoCorasick>,
    entry_of_word: Vec<usize>,
}

#[derive(Deserialize)]
struct Entry {
    act: Act,
    from: Vec<Act>,
    when: When,
    #[serde(default)]
    starts: Vec<String>,
    #[serde(default)]
    words: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum When {
    /// All contents.
    Any,
    /// Those in quotation marks.
    Direct,
}

#[derive(Default, Deserialize)]
struct File {
    entry: Vec<Entry>,
}

const DATA: &str = include_str!("../rules/acts.toml");

static RULES: LazyLock<ActRules> = LazyLock::new(|| {
    let mut entries = toml::from_str::<File>(DATA).unwrap_or_default().entry;
    for start in entries.iter_mut().flat_map(|entry| &mut entry.starts) {
        *start = format!(" {start} ");
    }
    let listed = || entries.iter().enumerate().flat_map(|(number, entry)| entry.words.iter().map(move |word| (number, word)));
    let entry_of_word = listed().map(|(number, _)| number).collect();
    let words = AhoCorasick::new(listed().map(|(_, word)| format!(" {word} "))).ok();
    ActRules { entries, words, entry_of_word }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_well_formed() {
        let file: File = toml::from_str(DATA).unwrap();
        assert!(file.entry.len() > 5);
        assert!(RULES.words.is_some());
    }

    #[test]
    fn whole_words_tell() {
        assert_eq!(act_of_content(" it is completely untrue ", Act::Say, true), Some(Act::Deny));
        assert_eq!(act_of_content(" an untruefulness ", Act::Say, true), None);
        assert_eq!(act_of_content(" the report fiction ", Act::Describe, false), Some(Act::Deny));
        assert_eq!(act_of_content(" the report fiction ", Act::Promise, false), None);
    }

    #[test]
    fn starts_tell_only_at_the_start() {
        assert_eq!(act_of_content(" he would go ", Act::Say, false), Some(Act::Promise));
        assert_eq!(act_of_content(" if he would go ", Act::Say, false), None);
    }

    #[test]
    fn the_first_entry_of_the_file_wins() {
        assert_eq!(act_of_content(" no comment it is untrue ", Act::Say, true), Some(Act::Decline));
    }
}
