//! `lists/pronouns.toml`: pronouns that do not stand alone, and what a name in their place changes.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The list.
#[derive(Default, Deserialize)]
pub(crate) struct Pronouns {
    #[serde(rename = "pronouns")]
    words: HashMap<String, Pronoun>,
    /// What is written together with a pronoun ("'m"), written out.
    pub(crate) contractions: HashMap<String, String>,
    /// The verbs that follow "I", as they follow a name.
    pub(crate) agreement: HashMap<String, String>,
}

/// One pronoun.
#[derive(Deserialize)]
pub(crate) struct Pronoun {
    pub(crate) form: Form,
    pub(crate) possessive: Option<Possessive>,
}

/// Whom a pronoun stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Form {
    /// A man.
    #[serde(rename = "he")]
    He,
    /// A woman.
    #[serde(rename = "she")]
    She,
    /// Who speaks.
    I,
    /// Whom who speaks speaks for.
    #[serde(rename = "we")]
    We,
}

/// Where a pronoun shows possession.
#[derive(Clone, Copy, Deserialize)]
pub(crate) enum Possessive {
    #[serde(rename = "always")]
    Always,
    #[serde(rename = "before a noun")]
    BeforeANoun,
}

const DATA: &str = include_str!("../lists/pronouns.toml");

static PRONOUNS: LazyLock<Pronouns> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// The list.
pub(crate) fn pronouns() -> &'static Pronouns {
    &PRONOUNS
}

/// The pronoun that a word is, and what is written together with it: "I" and "'m" of "i'm".
pub(crate) fn pronoun(plain: &str) -> Option<(&'static Pronoun, &str)> {
    let (word, ending) = plain.split_at(plain.find('\'').unwrap_or(plain.len()));
    PRONOUNS.words.get(word).map(|pronoun| (pronoun, ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_well_formed() {
        let pronouns: Pronouns = toml::from_str(DATA).unwrap();
        assert!(pronouns.words.len() > 10);
        assert!(pronouns.contractions.keys().all(|ending| ending.starts_with('\'')));
    }

    #[test]
    fn contractions_are_told_apart() {
        let seen = |plain| pronoun(plain).map(|(pronoun, ending)| (pronoun.form, ending));
        assert_eq!(seen("i'm"), Some((Form::I, "'m")));
        assert_eq!(seen("her"), Some((Form::She, "")));
        assert_eq!(seen("it"), None);
    }
}
