//! Word classes by list: closed classes, common adverbs and verbs, weekdays, months, abbreviations.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::inflection::{VerbForm, forms};

/// A class of words, as `data/words.toml` lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// "the", "some", "his"
    Determiner,
    /// "he", "they", "I"
    SubjectPronoun,
    /// "him", "them"
    ObjectPronoun,
    /// "in", "of"
    Preposition,
    /// "and", "but"
    Coordinator,
    /// "because", "while", "if"
    Subordinator,
    /// "who", "which"
    Relative,
    /// "how", "whether"
    Wh,
    /// "is", "has", "would"
    Auxiliary,
    /// "not", "never"
    Negation,
    /// "also", "later"; every word in -ly besides
    Adverb,
    /// "Monday"
    Weekday,
    /// "January"
    Month,
    /// "yesterday", "morning"
    Time,
    /// "two", "dozens"
    Numeral,
    /// Words that begin sentences more often than they follow an abbreviation: "The", "In".
    Starter,
}

/// The classes of one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes(u32);

impl Classes {
    /// Whether `class` is among them.
    pub fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u32) != 0
    }

    fn with(self, class: Class) -> Self {
        Self(self.0 | (1 << class as u32))
    }
}

#[derive(Deserialize, Default)]
struct Lists {
    classes: BTreeMap<Class, Vec<String>>,
    /// Common verbs in their base form.
    verbs: Vec<String>,
    /// Forms in the verb list that are as often nouns, and so do not count as verbs.
    noun_forms: Vec<String>,
    /// Words in -ly that are no adverbs.
    not_adverbs: Vec<String>,
    abbreviations: Vec<String>,
    /// Abbreviations that may stand at the end of a sentence.
    final_abbreviations: Vec<String>,
}

struct Words {
    known: HashMap<String, (Classes, Option<VerbForm>)>,
    not_adverbs: HashSet<String>,
    abbreviations: HashSet<String>,
    final_abbreviations: HashSet<String>,
}

const DATA: &str = include_str!("../data/words.toml");

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(DATA).unwrap_or_default();
    let nouns: HashSet<&String> = lists.noun_forms.iter().collect();
    let mut known: HashMap<String, (Classes, Option<VerbForm>)> = HashMap::new();
    for (word, form) in lists.verbs.iter().flat_map(|verb| forms(verb)) {
        if !nouns.contains(&word) {
            known.entry(word).or_default().1.get_or_insert(form);
        }
    }
    for (&class, word) in lists.classes.iter().flat_map(|(class, words)| words.iter().map(move |word| (class, word))) {
        let entry = known.entry(word.clone()).or_default();
        entry.0 = entry.0.with(class);
    }
    let abbreviations: HashSet<String> = lists.abbreviations.into_iter().collect();
    let final_abbreviations = lists.final_abbreviations.into_iter().collect();
    Words { known, not_adverbs: lists.not_adverbs.into_iter().collect(), abbreviations, final_abbreviations }
});

/// The classes and verb form of a word in lower case.
pub(crate) fn lookup(plain: &str) -> (Classes, Option<VerbForm>) {
    let words = &*WORDS;
    let (mut classes, verb) = words.known.get(plain).copied().unwrap_or_default();
    if plain.len() > 4 && plain.ends_with("ly") && !words.not_adverbs.contains(plain) {
        classes = classes.with(Class::Adverb);
    }
    (classes, verb)
}

/// Whether a word in lower case, given without its dot, is an abbreviation.
pub(crate) fn is_abbreviation(word: &str) -> bool {
    WORDS.abbreviations.contains(word) || WORDS.final_abbreviations.contains(word)
}

/// Whether an abbreviation, given in lower case with its dot, may stand at the end of a sentence.
pub(crate) fn may_end_sentence(plain: &str) -> bool {
    plain.strip_suffix('.').is_some_and(|word| WORDS.final_abbreviations.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_well_formed() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        assert_eq!(lists.classes.len(), 16, "each class has its list");
        let words = lists.classes.values().flatten().chain(&lists.verbs).chain(&lists.abbreviations).chain(&lists.final_abbreviations);
        for word in words {
            assert_eq!(*word, word.to_lowercase(), "words are listed in lower case");
        }
    }

    #[test]
    fn knows_classes_and_verb_forms() {
        assert!(lookup("the").0.has(Class::Determiner));
        assert!(lookup("repeatedly").0.has(Class::Adverb));
        assert!(!lookup("family").0.has(Class::Adverb));
        assert_eq!(lookup("went").1, Some(VerbForm::Past));
        assert_eq!(lookup("plans").1, None);
    }
}
