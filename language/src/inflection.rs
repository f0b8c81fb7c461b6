//! Verb forms: the regular rules, and a list of the irregular ones.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The form of a verb that a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerbForm {
    /// "deny"
    Base,
    /// "denies"
    Third,
    /// "denied", of the past tense and where that is the same, the participle
    Past,
    /// "spoken", where it differs from the past tense
    Participle,
    /// "denying"
    Ing,
}

#[derive(Deserialize)]
struct Irregular {
    /// Past tense and participle of each verb.
    past: BTreeMap<String, (String, String)>,
    /// Verbs that double their last letter before -ed and -ing.
    doubling: Vec<String>,
}

static IRREGULAR: LazyLock<Irregular> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/irregular_verbs.toml")).unwrap_or(Irregular { past: BTreeMap::new(), doubling: Vec::new() })
});

/// All forms of the verb `lemma`, which may go on after its first word ("call for"): each with the form it is.
/// A verb in -ize also gets its forms in -ise.
pub fn forms(lemma: &str) -> Vec<(String, VerbForm)> {
    let (verb, rest) = lemma.split_at(lemma.find(' ').unwrap_or(lemma.len()));
    let mut found = inflect(verb);
    if let Some(stem) = verb.strip_suffix("ize") {
        found.extend(inflect(&format!("{stem}ise")));
    }
    found.into_iter().map(|(word, form)| (word + rest, form)).collect()
}

/// Every irregular past tense and participle, with its verb.
pub(crate) fn irregular_pasts() -> impl Iterator<Item = (&'static str, &'static str)> {
    IRREGULAR.past.iter().flat_map(|(verb, (past, participle))| [(past.as_str(), verb.as_str()), (participle.as_str(), verb.as_str())])
}

fn inflect(verb: &str) -> Vec<(String, VerbForm)> {
    if verb == "be" {
        let forms =
            [("be", VerbForm::Base), ("is", VerbForm::Third), ("are", VerbForm::Third), ("am", VerbForm::Third), ("was", VerbForm::Past)];
        let more = [("were", VerbForm::Past), ("been", VerbForm::Participle), ("being", VerbForm::Ing)];
        return forms.into_iter().chain(more).map(|(word, form)| (word.to_owned(), form)).collect();
    }
    let mut found = vec![(verb.to_owned(), VerbForm::Base), (third(verb), VerbForm::Third)];
    if let Some((past, participle)) = IRREGULAR.past.get(verb) {
        found.push((past.clone(), VerbForm::Past));
        if participle != past {
            found.push((participle.clone(), VerbForm::Participle));
        }
    } else {
        found.push((with_ending(verb, "ed"), VerbForm::Past));
    }
    found.push((with_ending(verb, "ing"), VerbForm::Ing));
    if let Some(last) = verb.chars().next_back().filter(|_| IRREGULAR.doubling.iter().any(|listed| listed == verb)) {
        if !IRREGULAR.past.contains_key(verb) {
            found.push((format!("{verb}{last}ed"), VerbForm::Past));
        }
        found.push((format!("{verb}{last}ing"), VerbForm::Ing));
    }
    found
}

fn third(verb: &str) -> String {
    match verb {
        "have" => "has".to_owned(),
        "do" | "go" => format!("{verb}es"),
        _ => with_ending(verb, "s"),
    }
}

fn with_ending(verb: &str, ending: &str) -> String {
    let after_consonant =
        |letter: char| verb.len() > 1 && verb.ends_with(letter) && !verb[..verb.len() - 1].ends_with(['a', 'e', 'i', 'o', 'u']);
    match ending {
        "s" if after_consonant('y') => format!("{}ies", &verb[..verb.len() - 1]),
        "s" if verb.ends_with(['s', 'x', 'z']) || verb.ends_with("ch") || verb.ends_with("sh") => format!("{verb}es"),
        "ed" if verb.ends_with('e') => format!("{verb}d"),
        "ed" if after_consonant('y') => format!("{}ied", &verb[..verb.len() - 1]),
        "ing" if verb.ends_with("ie") => format!("{}ying", &verb[..verb.len() - 2]),
        "ing" if verb.ends_with('e') && !verb.ends_with("ee") => format!("{}ing", &verb[..verb.len() - 1]),
        _ => format!("{verb}{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(lemma: &str) -> Vec<String> {
        forms(lemma).into_iter().map(|(word, _)| word).collect()
    }

    #[test]
    fn regular_and_irregular() {
        assert_eq!(words("deny"), ["deny", "denies", "denied", "denying"]);
        assert_eq!(words("say"), ["say", "says", "said", "saying"]);
        assert_eq!(words("write"), ["write", "writes", "wrote", "written", "writing"]);
        assert_eq!(words("admit"), ["admit", "admits", "admited", "admiting", "admitted", "admitting"]);
        assert_eq!(words("call for"), ["call for", "calls for", "called for", "calling for"]);
        assert!(words("criticize").contains(&"criticised".to_owned()));
    }

    #[test]
    fn the_list_is_well_formed() {
        let list: Irregular = toml::from_str(include_str!("../data/irregular_verbs.toml")).unwrap();
        assert!(list.past.len() > 50);
        assert!(list.doubling.contains(&"admit".to_owned()));
    }
}
