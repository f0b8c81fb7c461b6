//! Figures in a text: numerals and number words, ranges, shares, per cent, currencies, and what is counted.
//!
//! What only names is no figure: dates, times of day, ordinals, ages in apposition, scores, "Boeing 747", "No. 10", "9/11".

use std::ops::Range;

use crate::dates;
use crate::tokens::{Token, TokenKind};

mod counted;
mod lists;
mod number;

use lists::lists;
use number::{Number, number};

/// A figure found in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantityFound {
    /// Its tokens, with sign, scale and unit; without the words that hedge it.
    pub tokens: Range<usize>,
    /// The number. Of a range it is the lower end; of "dozens" or "hundreds of thousands" one of them (12, 100,000); of
    /// "two-thirds" and "one in five" the share of 1.
    pub value: f64,
    /// "%", "USD", "km"; none for a plain count.
    pub unit: Option<String>,
    /// The tokens of what is counted.
    pub of: Option<Range<usize>>,
    /// Whether the words say "about", "at least", "more than", or the figure is a range or of no certain number.
    pub approximate: bool,
}

/// Finds the figures among `tokens`.
pub fn quantities(tokens: &[Token]) -> Vec<QuantityFound> {
    let mut times = dates::spans(tokens).into_iter().peekable();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        while times.next_if(|time| time.end <= at).is_some() {}
        if let Some(time) = times.peek().filter(|time| time.contains(&at)) {
            at = time.end;
            continue;
        }
        match quantity_at(tokens, at) {
            Some(quantity) => {
                at = quantity.tokens.end;
                found.push(quantity);
            }
            None => at = skipped(tokens, at),
        }
    }
    found
}

/// Whether a word in lower case is a scale or a unit: "million", "percent".
pub(crate) fn is_scale_or_unit(plain: &str) -> bool {
    lists().scales.contains_key(plain) || lists().units.contains_key(plain)
}

/// Where to look next after `at`, where no figure begins: a score or a telephone number is passed over as a whole.
fn skipped(tokens: &[Token], at: usize) -> usize {
    let mut next = at + 1;
    while tokens[at].kind == TokenKind::Number
        && is_dash(tokens, next)
        && tokens.get(next + 1).is_some_and(|token| token.kind == TokenKind::Number)
    {
        next += 2;
    }
    next
}

/// Whether a dash stands at `at` without spaces.
fn is_dash(tokens: &[Token], at: usize) -> bool {
    let joined = |at: usize| tokens.get(at).is_some_and(|token| !token.spaced);
    joined(at) && joined(at + 1) && matches!(&*tokens[at].plain, "-" | "–")
}

/// A number with the currency or unit that stands with it.
struct Figure {
    number: Number,
    unit: Option<String>,
    end: usize,
}

fn quantity_at(tokens: &[Token], start: usize) -> Option<QuantityFound> {
    let first = figure(tokens, start)?;
    let (figure, ranged) = match range(tokens, start, &first) {
        Some(whole) => (whole, true),
        None => (first, false),
    };
    let Figure { number, unit, end } = figure;
    let before = start.checked_sub(1).map_or("", |before| &*tokens[before].plain);
    let next = tokens.get(end);
    let one = !ranged && (number.value - 1.0).abs() < f64::EPSILON;
    // "500 or so"
    let hedge =
        [2, 1].into_iter().find(|count| tokens.get(end..end + count).is_some_and(|words| lists().approximate_after.contains(&join(words))));
    let noun = end + hedge.unwrap_or(0);
    let of = if unit.is_some() || number.share {
        counted::measured(tokens, noun)
    } else {
        counted::counted(tokens, noun, one && !number.scaled)
    };
    let of = of.or_else(|| share_of(tokens, &number, end));
    let told = |list: &std::collections::HashSet<String>, longest: usize| {
        (1..=longest).filter_map(|count| start.checked_sub(count)).any(|from| list.contains(&join(&tokens[from..start])))
    };
    let hedged = told(&lists().approximate, 4);
    if unit.is_none() && !number.share {
        let plain = &tokens[start].plain;
        let named = lists().labels.contains(before) && tokens[start].kind == TokenKind::Number;
        let old = of.as_ref().is_some_and(|of| tokens.get(of.end).is_some_and(|after| after.is("old") || after.is("ago") && !hedged));
        let timed = next.is_some_and(|next| lists().not_before.contains(&*next.plain));
        let year = !number.scaled && plain.len() == 4 && !plain.ends_with("00") && (1700.0..2100.0).contains(&number.value);
        let single = one && !number.scaled && !(told(&lists().counting_one, 2) && of.is_some());
        // "8,483 outstanding ...", "at least 30": such a numeral counts, whatever follows.
        let plainly = tokens[start].kind == TokenKind::Number && (plain.contains(',') || hedged && number.value >= 10.0);
        let partial = next.is_some_and(|next| next.is("of"))
            && tokens[start].kind == TokenKind::Number
            && tokens.get(end + 1).is_some_and(|after| after.is("the"));
        if named
            || old
            || timed
            || year
            || single
            || !(of.is_some() || number.scaled || partial || plainly || counts_alone(tokens, start, end, before))
        {
            return None;
        }
    }
    let plus = tokens[start..end].iter().any(|token| token.plain.ends_with("plus"));
    let approximate = hedged || ranged || number.vague || plus || hedge.is_some();
    Some(QuantityFound { tokens: start..end, value: number.value, unit, of, approximate })
}

fn join(tokens: &[Token]) -> String {
    tokens.iter().map(|token| &*token.plain).collect::<Vec<_>>().join(" ")
}

/// A number with its currency before it or its unit behind it.
fn figure(tokens: &[Token], start: usize) -> Option<Figure> {
    let (place, currency) = currency_before(tokens, start);
    if let Some(joined) = joined(tokens, start) {
        return Some(joined);
    }
    let number = number(tokens, place)?;
    // "1-800-555-1234", "the 2016-2018 plan"
    if start > 1 && is_dash(tokens, start - 1) && tokens[start - 2].kind == TokenKind::Number {
        return None;
    }
    if currency.is_some() {
        let end = unit(tokens, number.end, number.scaled)
            .filter(|(found, _)| Some(found) == currency.as_ref())
            .map_or(number.end, |(_, end)| end);
        return Some(Figure { number, unit: currency, end });
    }
    // "millions of dollars"
    let of = usize::from(number.vague && tokens.get(number.end).is_some_and(|token| token.is("of")));
    if let Some((unit, end)) = unit(tokens, number.end + of, number.scaled) {
        return Some(Figure { number, unit: Some(unit), end });
    }
    Some(Figure { end: number.end, number, unit: None })
}

/// "2,000-mile", "10-percent"
fn joined(tokens: &[Token], at: usize) -> Option<Figure> {
    let (number, rest) = tokens[at].plain.split_once('-').filter(|_| tokens[at].kind != TokenKind::Sign)?;
    let unit = lists().units.get(&rest.replace('-', " "))?.clone();
    let value = number::value(number)?;
    Some(Figure { number: Number { end: at + 1, value, scaled: false, vague: false, share: false }, unit: Some(unit), end: at + 1 })
}

/// "$", "US$", "EUR": where the number begins, and the currency.
fn currency_before(tokens: &[Token], start: usize) -> (usize, Option<String>) {
    let token = &tokens[start];
    if let Some(currency) = lists().currency_signs.get(&*token.plain) {
        return (start + 1, Some(currency.clone()));
    }
    let dollar = tokens.get(start + 1).is_some_and(|next| next.is("$") && !next.spaced);
    if let Some(currency) = lists().dollar_prefixes.get(&*token.plain).filter(|_| dollar && token.capital) {
        return (start + 2, Some(currency.clone()));
    }
    let code = lists()
        .currency_codes
        .get(&*token.plain)
        .filter(|_| token.capital && tokens.get(start + 1).is_some_and(|next| next.kind == TokenKind::Number));
    code.map_or((start, None), |code| (start + 1, Some(code.clone())))
}

/// The unit at `at`, in one or two words, and one past it.
fn unit(tokens: &[Token], at: usize, scaled: bool) -> Option<(String, usize)> {
    let token = tokens.get(at)?;
    let lists = lists();
    if let Some(unit) = tokens.get(at..at + 2).and_then(|words| lists.units.get(&join(words))) {
        return Some((unit.clone(), at + 2));
    }
    let code = lists.currency_codes.get(&*token.plain).filter(|_| token.capital);
    let after_scale = lists.scaled_units.get(&*token.plain).filter(|_| scaled);
    let unit = after_scale.or_else(|| lists.units.get(&*token.plain)).or(code)?;
    Some((unit.clone(), at + 1))
}

/// "10-20 people", "5 to 7 percent", "$5-10 million", "between 10 and 20": the lower end, with the unit and end of both.
fn range(tokens: &[Token], start: usize, first: &Figure) -> Option<Figure> {
    let join = tokens.get(first.end).filter(|join| lists().range_joins.contains(&*join.plain))?;
    let between = start > 0 && tokens[start - 1].is("between");
    // "from 5 percent to 7 percent" tells a change.
    let change = start > 0 && tokens[start - 1].is("from") && first.unit.is_some() && !join.is("-");
    if join.is("and") && !between || change || first.number.share {
        return None;
    }
    let second = figure_within(tokens, first.end + 1)?;
    let shared = second.unit.is_none() || first.unit.is_none() || second.unit == first.unit;
    let ends = second.number.value > first.number.value && shared && !second.number.share;
    // "5 to 10 million", "$5-10 million" mean millions in both places.
    let factor = scale_of(tokens, &second.number).filter(|_| !first.number.scaled).unwrap_or(1.0);
    let value = if first.number.value * factor < second.number.value { first.number.value * factor } else { first.number.value };
    let number = Number { value, end: second.end, scaled: second.number.scaled, vague: true, share: false };
    ends.then_some(Figure { number, unit: first.unit.clone().or(second.unit), end: second.end })
}

/// The second figure of a range, which may stand behind a dash.
fn figure_within(tokens: &[Token], at: usize) -> Option<Figure> {
    let (place, currency) = tokens.get(at).map(|_| currency_before(tokens, at))?;
    let number = number(tokens, place)?;
    let found = unit(tokens, number.end, number.scaled).filter(|_| currency.is_none());
    // A third number: a date or telephone number.
    if is_dash(tokens, number.end) && tokens.get(number.end + 1).is_some_and(|next| next.kind == TokenKind::Number) {
        return None;
    }
    let end = found.as_ref().map_or(number.end, |(_, end)| *end);
    Some(Figure { number, unit: currency.or(found.map(|(unit, _)| unit)), end })
}

fn scale_of(tokens: &[Token], number: &Number) -> Option<f64> {
    lists().scales.get(&*tokens[number.end - 1].plain).copied()
}

/// What a share is of, where it stands without "of": "one in five voters", "half the voters", "a two-thirds majority".
fn share_of(tokens: &[Token], number: &Number, end: usize) -> Option<Range<usize>> {
    let start = if tokens.get(end).is_some_and(|token| lists().owners.contains(&*token.plain)) { end + 1 } else { end };
    if number.share { counted::counted(tokens, start, start > end) } else { None }
}

/// "Three were killed", "killing 12", "14 dead"
fn counts_alone(tokens: &[Token], start: usize, end: usize, before: &str) -> bool {
    let after = tokens.get(end).is_some_and(|next| lists().count_after.contains(&*next.plain));
    lists().count_before.contains(before) || after && !lists().not_before_count.contains(before) && !tokens[start].is("one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens;

    #[test]
    fn the_figures_of_a_long_row_are_found_in_one_pass() {
        let text = "5-".repeat(2000) + &"between 3 and 4 and ".repeat(2000);
        assert!(quantities(&tokens(&text)).is_empty());
    }
}
