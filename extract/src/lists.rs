//! The word lists of `lists/`, read once: outlets, words that tell kinds, hedges.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use language::Gender;
use serde::Deserialize;

/// All lists.
#[derive(Default)]
pub(crate) struct Lists {
    /// The filed name of each outlet by each of its names in lower case, without "the".
    outlets: HashMap<String, String>,
    /// Last words of outlets' names.
    pub(crate) outlet_last_words: HashSet<String>,
    pub(crate) kinds: Kinds,
    pub(crate) certainty: Certainties,
    pub(crate) genders: Genders,
    /// The adjective of a country by each word that tells it, itself among them: "norwegian" by "oslo".
    countries: HashMap<String, String>,
}

/// Words that tell what kind a source is.
#[derive(Default, Deserialize)]
pub(crate) struct Kinds {
    pub(crate) person: HashSet<String>,
    pub(crate) unnamed: HashSet<String>,
    pub(crate) group: HashSet<String>,
    pub(crate) government_names: HashSet<String>,
    pub(crate) organization_names: HashSet<String>,
    pub(crate) spokespersons: HashSet<String>,
    pub(crate) own_names: HashSet<String>,
    pub(crate) attributive: HashSet<String>,
    pub(crate) name_titles: HashSet<String>,
    pub(crate) open_ends: HashSet<String>,
    pub(crate) documents: HashSet<String>,
}

/// Hedges and negations.
#[derive(Default, Deserialize)]
pub(crate) struct Certainties {
    /// Each with a blank before and after.
    pub(crate) probable: Vec<String>,
    pub(crate) possible: Vec<String>,
    pub(crate) negative: HashSet<String>,
}

/// Words of offices and titles that tell who holds them.
#[derive(Default, Deserialize)]
pub(crate) struct Genders {
    men: HashSet<String>,
    women: HashSet<String>,
}

impl Genders {
    /// Whether a man or a woman holds the office.
    pub(crate) fn of(&self, word: &str) -> Option<Gender> {
        if self.men.contains(word) {
            return Some(Gender::Man);
        }
        self.women.contains(word).then_some(Gender::Woman)
    }
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists::read().unwrap_or_default());

/// The lists.
pub(crate) fn lists() -> &'static Lists {
    &LISTS
}

impl Lists {
    /// The filed name of an outlet, if `name` is one's.
    pub(crate) fn outlet(&self, name: &str) -> Option<&str> {
        let bare = name.strip_prefix("The ").or_else(|| name.strip_prefix("the ")).unwrap_or(name);
        self.outlets.get(&bare.to_lowercase()).or_else(|| self.outlets.get(&name.to_lowercase())).map(String::as_str)
    }

    /// The country that a word in lower case tells, by its adjective.
    pub(crate) fn country(&self, word: &str) -> Option<&str> {
        self.countries.get(word).map(String::as_str)
    }

    fn read() -> Result<Self, toml::de::Error> {
        let file: OutletFile = toml::from_str(include_str!("../lists/outlets.toml"))?;
        let mut outlets = HashMap::new();
        for (filed, others) in &file.outlets {
            outlets.insert(filed.to_lowercase(), filed.clone());
            outlets.extend(others.iter().map(|other| (other.to_lowercase(), filed.clone())));
        }
        let mut certainty: Certainties = toml::from_str(include_str!("../lists/certainty.toml"))?;
        for word in certainty.probable.iter_mut().chain(&mut certainty.possible) {
            *word = format!(" {word} ");
        }
        let countries: CountryFile = toml::from_str(include_str!("../lists/countries.toml"))?;
        let words = |(adjective, names): (String, Vec<String>)| {
            let all = names.into_iter().chain([adjective.clone()]);
            all.map(move |word| (word, adjective.clone())).collect::<Vec<_>>()
        };
        Ok(Self {
            outlets,
            countries: countries.countries.into_iter().flat_map(words).collect(),
            outlet_last_words: file.last_words,
            kinds: toml::from_str(include_str!("../lists/kinds.toml"))?,
            certainty,
            genders: toml::from_str(include_str!("../lists/genders.toml"))?,
        })
    }
}

#[derive(Deserialize)]
struct CountryFile {
    countries: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct OutletFile {
    last_words: HashSet<String>,
    outlets: BTreeMap<String, Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_well_formed() {
        let lists = Lists::read().unwrap();
        assert_eq!(lists.outlet("the Washington Post"), Some("The Washington Post"));
        assert_eq!(lists.outlet("Reuters"), Some("Reuters"));
        assert_eq!(lists.outlet("sun"), None);
        assert_eq!(lists.country("oslo"), lists.country("norwegian"));
        assert!(lists.kinds.person.contains("minister"));
        assert!(lists.certainty.negative.contains("not"));
    }
}
