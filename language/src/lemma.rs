//! The dictionary form of a verb: irregular forms by list, regular ones by the rules of spelling and a list of verbs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::inflection::irregular_pasts;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Lists {
    others: BTreeMap<String, Vec<String>>,
    spelling: Spelling,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Spelling {
    prefixes: Vec<String>,
    with_e: Vec<String>,
    without_e: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Listed {
    verbs: HashSet<String>,
}

/// What `data/` tells, by form.
struct Known {
    pasts: HashMap<String, String>,
    others: HashMap<String, String>,
    prefixes: Vec<String>,
    verbs: HashSet<String>,
    /// Whether a verb that ends so before -ed and -ing has lost an -e.
    lost_e: HashMap<String, bool>,
}

const DATA: &str = include_str!("../data/lemmas.toml");
const VERBS: &str = include_str!("../data/verbs.toml");

/// No ending in the list is longer.
const MAX_ENDING: usize = 7;

/// No verb is longer.
const MAX_VERB: usize = 32;

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(DATA).unwrap_or_default();
    let listed: Listed = toml::from_str(VERBS).unwrap_or_default();
    let others = lists.others.into_iter().flat_map(|(verb, forms)| forms.into_iter().map(move |form| (form, verb.clone())));
    let mut verbs = listed.verbs;
    let mut pasts: HashMap<String, String> = HashMap::new();
    for (form, verb) in irregular_pasts() {
        verbs.insert(verb.to_owned());
        pasts.entry(form.to_owned()).or_insert_with(|| verb.to_owned());
    }
    let with = lists.spelling.with_e.into_iter().map(|ending| (ending, true));
    let without = lists.spelling.without_e.into_iter().map(|ending| (ending, false));
    Known { pasts, others: others.collect(), prefixes: lists.spelling.prefixes, verbs, lost_e: with.chain(without).collect() }
});

/// The dictionary form of a verb in any of its forms, in lower case: "denying" and "denies" give "deny", "said" gives "say".
/// What is no form of a verb is read as if it were one; a word that ends like none comes back as it is.
pub fn lemma(word: &str) -> String {
    let word = word.to_lowercase().replace('’', "'");
    if word.len() > MAX_VERB || !word.is_ascii() {
        return word;
    }
    if let Some(verb) = irregular(&word) {
        return verb;
    }
    // "co-founded", "re-elect"
    let (prefix, last) = word.split_at(word.rfind('-').map_or(0, |hyphen| hyphen + 1));
    let verb = if prefix.is_empty() { None } else { irregular(last) }.unwrap_or_else(|| regular(last));
    format!("{prefix}{verb}")
}

/// Whether a word in lower case is the dictionary form of a verb that the list has.
pub(crate) fn is_verb(plain: &str) -> bool {
    KNOWN.verbs.contains(plain)
}

fn irregular(word: &str) -> Option<String> {
    KNOWN.others.get(word).or_else(|| KNOWN.pasts.get(word)).cloned().or_else(|| {
        if is_verb(word) {
            return None;
        }
        let (prefix, rest) = KNOWN.prefixes.iter().find_map(|prefix| Some((prefix, word.strip_prefix(prefix.as_str())?)))?;
        // "rewrote", but not "reset" nor "uncut": what is a form of its own needs no look behind the prefix.
        KNOWN.pasts.get(rest).filter(|verb| *verb != rest && rest.len() > 3).map(|verb| format!("{prefix}{verb}"))
    })
}

fn regular(word: &str) -> String {
    if is_verb(word) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").or_else(|| word.strip_suffix("ied")).filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    if let Some(stem) = word.strip_suffix("ed").or_else(|| word.strip_suffix("ing")).filter(|stem| has_vowel(stem) && stem.len() > 1) {
        return from_stem(stem);
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() < 2 || stem.ends_with(['s', 'u', 'i']) && !is_verb(stem) => word.to_owned(),
        Some(stem) => third(stem),
        None => word.to_owned(),
    }
}

/// Of "teache" and "believe", which are left of "teaches" and "believes": "teach" and "believe".
fn third(stem: &str) -> String {
    let short = stem.strip_suffix('e').filter(|short| !is_verb(stem) && adds_es(short));
    short.unwrap_or(stem).to_owned()
}

fn adds_es(verb: &str) -> bool {
    is_verb(verb) || ["ss", "sh", "ch", "x", "zz", "o"].iter().any(|ending| verb.ends_with(ending))
}

/// Of "deni", "advis", "admitt" and "enter": the verb. Those that the list has go before what the rules would say.
fn from_stem(stem: &str) -> String {
    let with_e = format!("{stem}e");
    let single = stem.strip_suffix(|last: char| !is_vowel(last)).filter(|single| single.chars().next_back() == stem.chars().next_back());
    // "panicked"
    let hard = stem.strip_suffix('k').filter(|hard| hard.ends_with('c'));
    let lost = lost_e(stem);
    let by_rule = if lost { [with_e.as_str(), stem] } else { [stem, with_e.as_str()] };
    let candidates = by_rule.into_iter().chain(single).chain(hard);
    if let Some(listed) = candidates.into_iter().find(|candidate| is_verb(candidate)) {
        return listed.to_owned();
    }
    match single {
        // "rolled", "passed", "staffed" keep both letters, "travelled" and "stopped" do not.
        Some(single) if !(stem.ends_with(['s', 'f', 'z']) || stem.ends_with('l') && syllables(single) == 1) => single.to_owned(),
        _ if lost => with_e,
        _ => stem.to_owned(),
    }
}

/// Whether a verb without its -ed or -ing has lost an -e: by its ending, or because a short one would else have doubled its last
/// letter ("hop-ed").
fn lost_e(stem: &str) -> bool {
    let known = (1..=MAX_ENDING.min(stem.len())).rev().find_map(|length| KNOWN.lost_e.get(&stem[stem.len() - length..]));
    let letters = stem.as_bytes();
    let short = match letters {
        [.., before, vowel, last] => {
            let doubles = !is_vowel(char::from(*last)) && !matches!(last, b'w' | b'x' | b'y' | b'h');
            doubles && is_vowel(char::from(*vowel)) && !is_vowel(char::from(*before)) && syllables(stem) == 1
        }
        [vowel, last] => is_vowel(char::from(*vowel)) && !is_vowel(char::from(*last)),
        _ => false,
    };
    short || known.copied().unwrap_or(false)
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

fn has_vowel(stem: &str) -> bool {
    stem.contains(|c| is_vowel(c) || c == 'y')
}

/// How many groups of vowels there are.
fn syllables(stem: &str) -> usize {
    let letters: Vec<bool> = stem.chars().map(|c| is_vowel(c) || c == 'y').collect();
    letters.iter().enumerate().filter(|&(at, &vowel)| vowel && (at == 0 || !letters[at - 1])).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(words: &str) -> String {
        words.split(' ').map(lemma).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn listed_and_irregular_verbs() {
        assert_eq!(all("denying denies denied deny Said says saying"), "deny deny deny deny say say say");
        assert_eq!(all("was been isn’t has did won't overthrew withdrawn lying died"), "be be be have do will overthrow withdraw lie die");
        assert_eq!(all("need proceeds succeeded brings found saw left"), "need proceed succeed bring find see leave");
    }

    #[test]
    fn verbs_that_no_list_has_follow_the_rules() {
        assert_eq!(all("brexited gaslighting doxxing tweetstormed vlogged"), "brexit gaslight dox tweetstorm vlog");
        assert_eq!(all("weaponized bloviates deplatforming re-tweeted co-founded"), "weaponize bloviate deplatform re-tweet co-found");
        assert_eq!(all("blorbed blorping snuckles frobes"), "blorb blorp snuckle frobe");
    }

    #[test]
    fn whatever_comes_gives_something() {
        assert_eq!(all("ed ing s 's ss être"), "ed ing s be ss être");
        assert_eq!(lemma(""), "");
        assert_eq!(lemma(&"a".repeat(50)).len(), 50);
    }

    #[test]
    fn the_lists_are_well_formed() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        let listed: Listed = toml::from_str(VERBS).unwrap();
        assert!(listed.verbs.len() > 1000 && listed.verbs.iter().all(|verb| *verb == verb.to_lowercase()));
        assert!(
            lists.spelling.with_e.iter().chain(&lists.spelling.without_e).all(|ending| ending.is_ascii() && ending.len() <= MAX_ENDING)
        );
    }
}
