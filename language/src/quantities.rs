//! Figures in a text: numerals and number words, per cent, currencies, and what is counted.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::tokens::{Token, TokenKind};
use crate::words::Class;

/// A figure found in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantityFound {
    /// Its tokens, with sign, scale and unit.
    pub tokens: Range<usize>,
    /// The number.
    pub value: f64,
    /// "%", "USD", "km"; none for a plain count.
    pub unit: Option<String>,
    /// The tokens of what is counted.
    pub of: Option<Range<usize>>,
    /// Whether the words say "about", "at least", "more than".
    pub approximate: bool,
}

#[derive(Deserialize, Default)]
struct Lists {
    numbers: HashMap<String, f64>,
    scales: HashMap<String, f64>,
    currency_signs: HashMap<String, String>,
    units: HashMap<String, String>,
    approximate: Vec<String>,
}

const DATA: &str = include_str!("../data/quantities.toml");

static LISTS: LazyLock<Lists> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// Finds the figures among `tokens`; dates, ordinals and ages in apposition are none.
pub fn quantities(tokens: &[Token]) -> Vec<QuantityFound> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match quantity_at(tokens, at) {
            Some(quantity) => {
                at = quantity.tokens.end;
                found.push(quantity);
            }
            None => at += 1,
        }
    }
    found
}

/// Whether a word in lower case is a scale or a unit: "million", "percent".
pub(crate) fn is_scale_or_unit(plain: &str) -> bool {
    LISTS.scales.contains_key(plain) || LISTS.units.contains_key(plain)
}

fn quantity_at(tokens: &[Token], start: usize) -> Option<QuantityFound> {
    let currency = LISTS.currency_signs.get(&*tokens[start].plain).cloned();
    let mut at = if currency.is_some() { start + 1 } else { start };
    let number = tokens.get(at)?;
    let (mut value, own_scale) = number_value(number)?;
    at += 1;
    let mut scaled = own_scale || number.kind == TokenKind::Word;
    while let Some(scale) = tokens.get(at).and_then(|token| LISTS.scales.get(&*token.plain)) {
        value *= scale;
        scaled = true;
        at += 1;
    }
    let mut unit = currency;
    if unit.is_none() {
        let two = |at: usize| Some(format!("{} {}", tokens.get(at)?.plain, tokens.get(at + 1)?.plain));
        if let Some(found) = tokens.get(at).and_then(|token| LISTS.units.get(&*token.plain)) {
            (unit, at) = (Some(found.clone()), at + 1);
        } else if let Some(found) = two(at).and_then(|words| LISTS.units.get(&words)) {
            (unit, at) = (Some(found.clone()), at + 2);
        }
    }
    let of = counted(tokens, at, unit.is_some());
    let dated = unit.is_none() && !scaled && looks_like_date(tokens, start);
    if dated || (unit.is_none() && of.is_none() && !scaled) || (number.is("one") && unit.is_none()) {
        return None;
    }
    Some(QuantityFound { approximate: is_approximate(tokens, start), tokens: start..at, value, unit, of })
}

/// The value of a numeral or number word, and whether it has a scale of its own ("3.5m").
fn number_value(token: &Token) -> Option<(f64, bool)> {
    if token.kind == TokenKind::Word {
        return LISTS.numbers.get(&*token.plain).map(|&value| (value, false));
    }
    if token.kind != TokenKind::Number || token.plain.len() > 24 {
        return None;
    }
    let digits = token.plain.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let scale = match &token.plain[digits.len()..] {
        "" => 1.0,
        "m" => 1e6,
        "bn" | "b" => 1e9,
        "k" => 1e3,
        _ => return None,
    };
    let plain: String = digits.chars().filter(|&c| c != ',').collect();
    plain.parse::<f64>().ok().map(|value| (value * scale, digits.len() < token.plain.len()))
}

/// The few words after a figure that say what is counted.
fn counted(tokens: &[Token], start: usize, has_unit: bool) -> Option<Range<usize>> {
    let start = if has_unit && tokens.get(start).is_some_and(|token| token.is("of")) { start + 1 } else { start };
    let stops = [
        Class::Preposition,
        Class::Auxiliary,
        Class::Coordinator,
        Class::Subordinator,
        Class::Relative,
        Class::SubjectPronoun,
        Class::Weekday,
    ];
    let mut end = start;
    while end < tokens.len() && end - start < 4 {
        let token = &tokens[end];
        let skipped = token.is("the") && end == start;
        if !(skipped || token.kind == TokenKind::Word) || stops.iter().any(|&class| token.classes.has(class)) || token.verb.is_some() {
            break;
        }
        end += 1;
    }
    (end > start && !tokens[end - 1].is("the")).then_some(start..end)
}

fn looks_like_date(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let year = token.plain.len() == 4 && token.plain.parse().is_ok_and(|year: u32| (1800..2100).contains(&year));
    let by_month = (at > 0 && tokens[at - 1].has(Class::Month) && tokens[at - 1].capital)
        || tokens.get(at + 1).is_some_and(|next| next.has(Class::Month) && next.capital);
    let time = token.plain.contains(':') || token.plain.contains('/');
    year || by_month || time
}

fn is_approximate(tokens: &[Token], start: usize) -> bool {
    let before = |count: usize| {
        start.checked_sub(count).map(|from| tokens[from..start].iter().map(|token| &*token.plain).collect::<Vec<_>>().join(" "))
    };
    [1, 2, 3].into_iter().filter_map(before).any(|words| LISTS.approximate.contains(&words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens;

    fn found(text: &str) -> Vec<(f64, Option<String>, Option<String>, bool)> {
        let tokens = tokens(text);
        let cut = |range: Range<usize>| text[tokens[range.start].start..tokens[range.end - 1].end].to_owned();
        quantities(&tokens).into_iter().map(|q| (q.value, q.unit, q.of.map(cut), q.approximate)).collect()
    }

    #[test]
    fn counts_with_what_is_counted() {
        assert_eq!(
            found("at least 10,000 North Korean soldiers have arrived"),
            [(10_000.0, None, Some("North Korean soldiers".into()), true)]
        );
        assert_eq!(
            found("500 officers and three generals"),
            [(500.0, None, Some("officers".into()), false), (3.0, None, Some("generals".into()), false)]
        );
    }

    #[test]
    fn money_scales_and_shares() {
        assert_eq!(found("$3.5 million in aid"), [(3_500_000.0, Some("USD".into()), None, false)]);
        assert_eq!(found("about 40 percent of voters"), [(40.0, Some("%".into()), Some("voters".into()), true)]);
        assert_eq!(found("£2bn"), [(2e9, Some("GBP".into()), None, false)]);
    }

    #[test]
    fn dates_and_lone_numbers_are_none() {
        assert_eq!(found("In 2016 he left on June 14 at 5:30, number 7."), []);
    }

    #[test]
    fn the_lists_are_well_formed() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        assert!((lists.numbers["twelve"] - 12.0).abs() < f64::EPSILON);
    }
}
