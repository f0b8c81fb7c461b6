//! The words by which dates are read, from `data/dates.toml`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;
use time::{Month, Weekday};

use crate::tokens::Token;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    pub(super) prepositions: HashSet<String>,
    pub(super) modifiers: HashSet<String>,
    pub(super) year_introducers: HashSet<String>,
    pub(super) linking_year_introducers: HashSet<String>,
    pub(super) year_determiners: HashSet<String>,
    pub(super) year_nouns: HashSet<String>,
    pub(super) year_verbs: HashSet<String>,
    pub(super) month_introducers: HashSet<String>,
    pub(super) weak_month_introducers: HashSet<String>,
    pub(super) month_determiners: HashSet<String>,
    pub(super) names_too: HashSet<String>,
    pub(super) before_of_month: HashSet<String>,
    pub(super) not_before_year: HashSet<String>,
    pub(super) not_after_weekday: HashSet<String>,
    pub(super) not_before_weekday: HashSet<String>,
    pub(super) not_before_month: HashSet<String>,
    pub(super) parts: HashSet<String>,
    pub(super) ahead: HashSet<String>,
    pub(super) intends: HashSet<String>,
    pub(super) not_infinitive: HashSet<String>,
    pub(super) past_introducers: HashSet<String>,
    pub(super) behind: HashSet<String>,
    pub(super) unclear: HashSet<String>,
    numbers: HashMap<String, i64>,
    units: HashMap<String, Unit>,
    pub(super) days: HashMap<String, i64>,
    months: HashMap<String, u8>,
    weekdays: HashMap<String, u8>,
    short_weekdays: HashMap<String, u8>,
    ordinals: HashMap<String, u8>,
}

/// A stretch of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unit {
    Day,
    Week,
    Weekend,
    Month,
    Year,
}

pub(super) const DATA: &str = include_str!("../../data/dates.toml");

static LISTS: LazyLock<Lists> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

pub(super) fn lists() -> &'static Lists {
    &LISTS
}

/// The month of a word in lower case.
pub(super) fn month(plain: &str) -> Option<Month> {
    LISTS.months.get(plain.trim_end_matches('.')).and_then(|&number| Month::try_from(number).ok())
}

/// The weekday of a word in lower case; its short form only where `short` allows it.
pub(super) fn weekday(plain: &str, short: bool) -> Option<Weekday> {
    let plain = plain.trim_end_matches('.');
    let number = LISTS.weekdays.get(plain).or_else(|| LISTS.short_weekdays.get(plain).filter(|_| short))?;
    Some(Weekday::Monday.nth_next(number.saturating_sub(1)))
}

pub(super) fn unit(token: Option<&Token>) -> Option<Unit> {
    LISTS.units.get(&*token?.plain).copied()
}

/// The day of a month that an ordinal names: "first".
pub(super) fn ordinal(plain: &str) -> Option<u8> {
    LISTS.ordinals.get(plain).copied()
}

/// The small number that a token names, in figures or words.
pub(super) fn small_number(token: &Token) -> Option<i64> {
    let figures = token.plain.parse().ok().filter(|_| token.plain.len() <= 4 && !token.plain.starts_with('0'));
    figures.or_else(|| LISTS.numbers.get(&*token.plain).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_well_formed() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        assert!(lists.months.values().all(|month| (1..=12).contains(month)));
        assert!(lists.weekdays.values().chain(lists.short_weekdays.values()).all(|day| (1..=7).contains(day)));
        assert_eq!(weekday("sunday", false), Some(Weekday::Sunday));
    }
}
