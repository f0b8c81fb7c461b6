//! The number that a figure tells, in numerals or words: "3.5m", "two dozen", "half a million", "two-thirds", "one in five".

use super::lists::lists;
use crate::tokens::{Token, TokenKind};

/// A number and where it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    /// One past its last token.
    pub(super) end: usize,
    pub(super) value: f64,
    /// Whether it has a scale, as in "3.5 million": then it is a quantity, whatever it counts.
    pub(super) scaled: bool,
    /// Whether it is of no certain number, as "dozens".
    pub(super) vague: bool,
    /// Whether it is a share of something: "two-thirds".
    pub(super) share: bool,
}

/// The number that begins at `at`.
pub(super) fn number(tokens: &[Token], at: usize) -> Option<Number> {
    let token = tokens.get(at)?;
    match token.kind {
        TokenKind::Number => ratio(tokens, at).or_else(|| numeral(tokens, at)),
        TokenKind::Word => ratio(tokens, at)
            .or_else(|| fraction(tokens, at))
            .or_else(|| vague(tokens, at))
            .or_else(|| half(tokens, at))
            .or_else(|| words(tokens, at)),
        _ => None,
    }
}

fn plain(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| &*token.plain)
}

fn scale(tokens: &[Token], at: usize) -> Option<f64> {
    lists().scales.get(plain(tokens, at).trim_end_matches("-plus")).copied()
}

/// "3,500", "3.5m", "3.5 million", "2 dozen", "5-million", "3 and a half million"
fn numeral(tokens: &[Token], at: usize) -> Option<Number> {
    let (mut value, mut scaled) = numeral_value(&tokens[at].plain)?;
    let mut end = at + 1;
    if plain(tokens, end) == "and" && plain(tokens, end + 1) == "a" && plain(tokens, end + 2) == "half" {
        (value, end) = (value + 0.5, end + 3);
    }
    while let Some(factor) = scale(tokens, end) {
        (value, scaled, end) = (times(value, factor), true, end + 1);
    }
    Some(Number { end, value, scaled, vague: false, share: false })
}

/// The value of a numeral, and whether it has a scale of its own.
fn numeral_value(plain: &str) -> Option<(f64, bool)> {
    if plain.len() > 24 {
        return None;
    }
    let digits = plain.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '-');
    let ending = plain[digits.len()..].trim_start_matches('-');
    let factor = match ending {
        "" | "plus" => 1.0,
        _ => *lists().short_scales.get(ending).or_else(|| lists().scales.get(ending))?,
    };
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
    // "1,500", but not "1,5"
    let grouped = !whole.contains(',') || whole.split(',').skip(1).all(|group| group.len() == 3);
    let plain_decimals = decimals.is_none_or(|decimals| decimals.bytes().all(|digit| digit.is_ascii_digit()));
    let value: f64 = digits.replace(',', "").parse().ok().filter(|_| grouped && plain_decimals)?;
    Some((times(value, factor), factor > 1.0))
}

/// A product without the crumbs of binary fractions: 4.1 million are 4,100,000.
fn times(value: f64, factor: f64) -> f64 {
    let product = value * factor;
    let rounded = product.round();
    if (product - rounded).abs() < 1e-6 * factor { rounded } else { product }
}

/// "one in five", "nine out of 10", "one out of every five"
fn ratio(tokens: &[Token], at: usize) -> Option<Number> {
    let part = small(tokens, at)?;
    let mut next = match (plain(tokens, at + 1), plain(tokens, at + 2)) {
        ("in", _) => at + 2,
        ("out", "of") => at + 3,
        _ => return None,
    };
    if plain(tokens, next) == "every" {
        next += 1;
    }
    let whole = small(tokens, next).filter(|&whole| whole > part && part >= 1.0)?;
    // "three in five days" is no share, and "one in 2016" neither.
    let time = tokens.get(next + 1).is_some_and(|token| super::counted::is_time(&token.plain));
    (whole <= 1000.0 && !time).then_some(Number { end: next + 1, value: part / whole, scaled: false, vague: false, share: true })
}

/// A whole number of one word or numeral.
fn small(tokens: &[Token], at: usize) -> Option<f64> {
    let token = tokens.get(at)?;
    let numeral = token.plain.len() <= 4 && token.plain.bytes().all(|digit| digit.is_ascii_digit());
    if token.kind == TokenKind::Number { token.plain.parse().ok().filter(|_| numeral) } else { word_value(&token.plain) }
}

/// "two-thirds of", "a third of", "three quarters of the", "half the", "half of"
fn fraction(tokens: &[Token], at: usize) -> Option<Number> {
    let share = |word: &str| lists().fractions.get(word).copied();
    let first = plain(tokens, at);
    let (value, end) = if let Some((part, whole)) = first.split_once('-') {
        (word_value(part)? / share(whole)?, at + 1)
    } else if let Some(whole) = share(plain(tokens, at + 1)) {
        let part = if first == "a" || first == "an" { 1.0 } else { word_value(first)? };
        (part / whole, at + 2)
    } else if first == "half" {
        (0.5, at + 1)
    } else {
        return None;
    };
    let next = plain(tokens, end);
    let tells = next == "of" || next == "the" || next == "majority";
    tells.then_some(Number { end, value, scaled: false, vague: false, share: true })
}

/// "dozens", "hundreds of thousands", "several hundred", "a few thousand", "a couple"
fn vague(tokens: &[Token], at: usize) -> Option<Number> {
    let found = |value: f64, end: usize| Some(Number { end, value, scaled: true, vague: true, share: false });
    let plural = |at: usize| lists().vague.get(plain(tokens, at)).copied();
    if let Some(value) = plural(at) {
        return match plural(at + 2).filter(|_| plain(tokens, at + 1) == "of") {
            Some(factor) => found(value * factor, at + 3),
            None if matches!(plain(tokens, at), "tens" | "scores") && plain(tokens, at + 1) != "of" => None,
            None => found(value, at + 1),
        };
    }
    let word = if plain(tokens, at) == "a" { at + 1 } else { at };
    let value = *lists().vague_before.get(plain(tokens, word))?;
    if let Some(factor) = scale(tokens, word + 1) {
        return found(value * factor, word + 2);
    }
    // "a couple of weeks"; "several weeks" are of no number at all.
    let pair = value > 1.0 && word > at;
    pair.then(|| Number { end: word + 1, value, scaled: false, vague: true, share: false })
}

/// "half a million", "half a dozen", "half a percent"
fn half(tokens: &[Token], at: usize) -> Option<Number> {
    if plain(tokens, at) != "half" || !matches!(plain(tokens, at + 1), "a" | "an") {
        return None;
    }
    let factor = scale(tokens, at + 2);
    let end = if factor.is_some() { at + 3 } else { at + 2 };
    Some(Number { end, value: 0.5 * factor.unwrap_or(1.0), scaled: factor.is_some(), vague: false, share: false })
}

/// "twenty-five", "two hundred and fifty thousand", "a hundred", "two and a half million"
fn words(tokens: &[Token], at: usize) -> Option<Number> {
    let article = matches!(plain(tokens, at), "a" | "an") && scale(tokens, at + 1).is_some();
    let mut current = if article { 1.0 } else { word_value(plain(tokens, at)).or_else(|| scaled_word(plain(tokens, at)))? };
    let mut scaled = scaled_word(plain(tokens, at)).is_some();
    let (mut end, mut total) = (at + 1, 0.0);
    loop {
        let and = usize::from(plain(tokens, end) == "and");
        if let Some(factor) = scale(tokens, end) {
            (current, scaled, end) = (current * factor, true, end + 1);
            if factor >= 1000.0 {
                (total, current) = (total + current, 0.0);
            }
        } else if and == 1 && plain(tokens, end + 1) == "a" && plain(tokens, end + 2) == "half" {
            (current, end) = (current + 0.5, end + 3);
        } else if let Some(value) = word_value(plain(tokens, end + and)).filter(|&value| scaled && fits(value, current, total)) {
            (current, end) = (current + value, end + and + 1);
        } else {
            break;
        }
    }
    Some(Number { end, value: total + current, scaled, vague: false, share: false })
}

/// Whether a word goes on with the number before it: "two hundred five", "two thousand five hundred".
fn fits(value: f64, current: f64, total: f64) -> bool {
    value > 0.0 && if current > 0.0 { current % 100.0 == 0.0 && value < 100.0 } else { total > 0.0 && value < 1000.0 }
}

/// "two-million"
fn scaled_word(plain: &str) -> Option<f64> {
    let (part, scale) = plain.rsplit_once('-')?;
    Some(word_value(part)? * lists().scales.get(scale)?)
}

/// The value of a numeral or number word alone.
pub(super) fn value(plain: &str) -> Option<f64> {
    numeral_value(plain).map(|(value, _)| value).or_else(|| word_value(plain))
}

/// "five", "twenty-five"
fn word_value(plain: &str) -> Option<f64> {
    let numbers = &lists().numbers;
    numbers.get(plain).copied().or_else(|| {
        let (tens, ones) = plain.split_once('-')?;
        let (tens, ones) = (numbers.get(tens)?, numbers.get(ones)?);
        (*tens >= 20.0 && (1.0..10.0).contains(ones)).then_some(tens + ones)
    })
}
