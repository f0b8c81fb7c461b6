//! First names, and whether men or women mostly bear them.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// Whom the words are of that name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gender {
    /// "he", "David", "spokesman".
    Man,
    /// "she", "Maria", "spokeswoman".
    Woman,
}

#[derive(Deserialize, Default)]
struct Lists {
    men: HashSet<String>,
    women: HashSet<String>,
    either: HashSet<String>,
}

const DATA: &str = include_str!("../data/first_names.toml");

static LISTS: LazyLock<Lists> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// Whether the word, in lower case, is a common first name.
pub fn is_first_name(word: &str) -> bool {
    LISTS.men.contains(word) || LISTS.women.contains(word) || LISTS.either.contains(word)
}

/// Who mostly bears a first name, in lower case; none of one that is unknown, or given to both.
pub fn gender_of_first_name(word: &str) -> Option<Gender> {
    match (LISTS.either.contains(word), LISTS.men.contains(word), LISTS.women.contains(word)) {
        (false, true, false) => Some(Gender::Man),
        (false, false, true) => Some(Gender::Woman),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_names_tell_gender_where_they_do() {
        assert_eq!(gender_of_first_name("nina"), Some(Gender::Woman));
        assert_eq!(gender_of_first_name("otto"), Some(Gender::Man));
        assert_eq!(gender_of_first_name("robin"), None);
        assert!(is_first_name("robin") && !is_first_name("ministry"));
    }

    #[test]
    fn the_lists_are_well_formed() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        assert!(lists.men.intersection(&lists.women).next().is_none());
    }
}
