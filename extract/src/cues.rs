//! The dictionary form of a cue, and the act that it means by itself: `lists/cues.toml`.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use claims::Act;
use serde::Deserialize;

use crate::reading::Reading;

/// A cue's head word.
pub(crate) struct Cue {
    /// Its dictionary form: "say", "call for", "according to".
    pub(crate) lemma: String,
    /// The act that it means by itself, where the lists have it.
    pub(crate) act: Option<Act>,
    /// Whether it may have somebody who is spoken to behind it.
    pub(crate) addressed: bool,
}

/// The head word of the cue at `tokens`: the first that the lists have, else all its words.
pub(crate) fn cue(reading: &Reading<'_>, tokens: &Range<usize>) -> Cue {
    let listed = tokens.clone().find_map(|at| {
        let forms = LIST.forms.get(&*reading.tokens[at].plain)?;
        forms.iter().find(|form| {
            let rest = at + 1..at + 1 + form.rest.len();
            rest.end <= tokens.end && rest.zip(&form.rest).all(|(at, word)| reading.is(at, word))
        })
    });
    let unlisted = || Cue { lemma: reading.plain(tokens), act: None, addressed: false };
    listed.map_or_else(unlisted, |form| Cue { lemma: form.lemma.clone(), act: Some(form.act), addressed: form.addressed })
}

/// One form of a listed word.
struct Form {
    /// The words after the first.
    rest: Vec<String>,
    lemma: String,
    act: Act,
    addressed: bool,
}

#[derive(Default)]
struct List {
    /// By the first word, those of more words first.
    forms: HashMap<String, Vec<Form>>,
}

#[derive(Deserialize)]
struct File {
    addressed: Vec<String>,
    act: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    act: Act,
    verbs: Vec<String>,
    #[serde(default)]
    words: Vec<String>,
}

static LIST: LazyLock<List> = LazyLock::new(|| List::read().unwrap_or_default());

impl List {
    fn read() -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(include_str!("../lists/cues.toml"))?;
        let mut forms: HashMap<String, Vec<Form>> = HashMap::new();
        let mut add = |form: &str, lemma: &str, act| {
            let mut words = form.split(' ').map(str::to_owned);
            let first = words.next().unwrap_or_default();
            let addressed = file.addressed.iter().any(|listed| listed == lemma);
            forms.entry(first).or_default().push(Form { rest: words.collect(), lemma: lemma.to_owned(), act, addressed });
        };
        for group in &file.act {
            for verb in &group.verbs {
                for (form, _) in &language::forms(verb) {
                    add(form, verb, group.act);
                }
            }
            for word in &group.words {
                add(word, word, group.act);
            }
        }
        for forms in forms.values_mut() {
            forms.sort_by_key(|form| usize::MAX - form.rest.len());
        }
        Ok(Self { forms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_well_formed() {
        assert!(List::read().unwrap().forms.len() > 500);
    }

    #[test]
    fn the_first_listed_word_heads_a_cue() {
        let seen = |text: &str| {
            let reading = Reading::new(text);
            let cue = cue(&reading, &(0..reading.tokens.len()));
            (cue.lemma, cue.act)
        };
        assert_eq!(seen("has repeatedly denied"), ("deny".into(), Some(Act::Deny)));
        assert_eq!(seen("declined to comment"), ("decline".into(), Some(Act::Decline)));
        assert_eq!(seen("pointed out"), ("point out".into(), Some(Act::Say)));
        assert_eq!(seen("According to"), ("according to".into(), None));
    }
}
