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
    /// "said", "asked": what stands beside a quotation.
    Speech,
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
    abbreviations: HashSet<String>,
    /// Those that are abbreviations only with a capital.
    capital_abbreviations: HashSet<String>,
    /// Those that are abbreviations only before a figure.
    number_abbreviations: HashSet<String>,
    /// Abbreviations that may stand at the end of a sentence.
    final_abbreviations: HashSet<String>,
    /// Those of them that need a capital.
    capital_final_abbreviations: HashSet<String>,
    /// Names that end in "!" or "?".
    names_with_mark: HashSet<String>,
}

struct Words {
    known: HashMap<String, (Classes, Option<VerbForm>)>,
    nouns: HashSet<String>,
    not_adverbs: HashSet<String>,
    abbreviations: [HashSet<String>; 4],
    number_abbreviations: HashSet<String>,
    names_with_mark: HashSet<String>,
}

const DATA: &str = include_str!("../data/words.toml");

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(DATA).unwrap_or_default();
    let nouns: HashSet<String> = lists.noun_forms.into_iter().collect();
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
    let abbreviations = [lists.abbreviations, lists.capital_abbreviations, lists.final_abbreviations, lists.capital_final_abbreviations];
    Words {
        known,
        nouns,
        not_adverbs: lists.not_adverbs.into_iter().collect(),
        abbreviations,
        number_abbreviations: lists.number_abbreviations,
        names_with_mark: lists.names_with_mark,
    }
});

/// The classes and verb form of a word in lower case.
pub(crate) fn lookup(plain: &str) -> (Classes, Option<VerbForm>) {
    let words = &*WORDS;
    let (mut classes, verb) = words.known.get(plain).copied().unwrap_or_default();
    if plain.len() > 4 && plain.ends_with("ly") && !words.not_adverbs.contains(plain) {
        classes = classes.with(Class::Adverb);
    }
    // Verbs that no list has still show in their past tense.
    let unlisted = classes == Classes::default() || classes == Classes::default().with(Class::Speech);
    let past = plain.len() > 4 && plain.ends_with("ed") && unlisted && !words.nouns.contains(plain);
    (classes, verb.or(past.then_some(VerbForm::Past)))
}

/// Whether a word, given without its dot, is an abbreviation.
pub(crate) fn is_abbreviation(word: &str) -> bool {
    let [any, capital, any_final, capital_final] = &WORDS.abbreviations;
    let lower = word.to_lowercase();
    let capitalized = word.starts_with(char::is_uppercase);
    any.contains(&lower) || any_final.contains(&lower) || (capitalized && (capital.contains(&lower) || capital_final.contains(&lower)))
}

/// Whether a word, given without its dot, is an abbreviation before a figure.
pub(crate) fn is_number_abbreviation(word: &str) -> bool {
    WORDS.number_abbreviations.contains(&word.to_lowercase())
}

/// Whether a word in lower case is a name that ends in "!" or "?".
pub(crate) fn is_name_with_mark(plain: &str) -> bool {
    WORDS.names_with_mark.contains(plain)
}

/// Whether an abbreviation, given in lower case with its dot, may stand at the end of a sentence; so may a single letter
/// ("Plan B.").
pub(crate) fn may_end_sentence(plain: &str) -> bool {
    let [_, _, any_final, capital_final] = &WORDS.abbreviations;
    plain.strip_suffix('.').is_some_and(|word| any_final.contains(word) || capital_final.contains(word) || word.chars().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_well_formed() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        assert_eq!(lists.classes.len(), 17, "each class has its list");
        let words =
            lists.classes.values().flatten().chain(&lists.verbs).chain(&lists.capital_abbreviations).chain(&lists.final_abbreviations);
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
