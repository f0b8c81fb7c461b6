//! The words by which figures are read, from `data/quantities.toml`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    pub(super) approximate: HashSet<String>,
    pub(super) approximate_after: HashSet<String>,
    pub(super) range_joins: HashSet<String>,
    pub(super) counting_one: HashSet<String>,
    pub(super) count_after: HashSet<String>,
    pub(super) count_before: HashSet<String>,
    pub(super) not_before_count: HashSet<String>,
    pub(super) labels: HashSet<String>,
    pub(super) not_before: HashSet<String>,
    pub(super) skipped: HashSet<String>,
    pub(super) owners: HashSet<String>,
    pub(super) plurals: HashSet<String>,
    pub(super) not_plurals: HashSet<String>,
    pub(super) not_counted: HashSet<String>,
    pub(super) fractions: HashMap<String, f64>,
    pub(super) numbers: HashMap<String, f64>,
    pub(super) scales: HashMap<String, f64>,
    pub(super) short_scales: HashMap<String, f64>,
    pub(super) vague: HashMap<String, f64>,
    pub(super) vague_before: HashMap<String, f64>,
    pub(super) currency_signs: HashMap<String, String>,
    pub(super) dollar_prefixes: HashMap<String, String>,
    pub(super) currency_codes: HashMap<String, String>,
    pub(super) scaled_units: HashMap<String, String>,
    pub(super) units: HashMap<String, String>,
}

const DATA: &str = include_str!("../../data/quantities.toml");

static LISTS: LazyLock<Lists> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

pub(super) fn lists() -> &'static Lists {
    &LISTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_well_formed() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        assert!((lists.numbers["twelve"] - 12.0).abs() < f64::EPSILON);
        assert!(lists.approximate.iter().all(|words| words.split(' ').count() <= 4));
        assert!(lists.units.keys().all(|words| words.split(' ').count() <= 2));
    }
}
