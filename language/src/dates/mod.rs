//! Dates in a text, made absolute from the day it was published: "on Monday", "14 June", "yesterday", "last month", "2016".
//!
//! Nothing is said more exactly than the words do. A week, a weekend or a range of days has the precision of the month
//! that holds all of it, else of the year, else none; so has "12/3/2018" that of its year. A decade, a season without a year, "more than
//! two years ago", "the previous day" and "a week later" (from a day told elsewhere) are no dates.

use std::ops::Range;

use time::{Date, Month};

use crate::inflection::VerbForm;
use crate::lemma::is_verb;
use crate::tokens::{Token, TokenKind};
use crate::words::Class;

mod absolute;
mod lists;
mod relative;

use lists::{lists, month, weekday};

/// How exactly a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// To the year.
    Year,
}

/// A date found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFound {
    /// Its tokens, with the preposition before it.
    pub tokens: Range<usize>,
    /// The date; its day or month is 1 where the precision does not reach it.
    pub date: Date,
    /// How exactly it is known.
    pub precision: Precision,
}

/// Finds the dates among `tokens`. Without the day of publication only those that name their year are known.
/// A weekday is the last one not after that day, or the next one where its clause looks ahead ("will vote on Thursday"); a
/// month or day without a year likewise, and where the clause does not tell, the last one not more than 90 days after it.
pub fn dates(tokens: &[Token], published: Option<Date>) -> Vec<DateFound> {
    read(tokens, published)
        .into_iter()
        .filter_map(|dated| dated.what.map(|(date, precision)| DateFound { tokens: dated.tokens, date, precision }))
        .collect()
}

/// The tokens that tell dates, and those that tell a time but no certain date.
pub(crate) fn spans(tokens: &[Token]) -> Vec<Range<usize>> {
    // Any day will do: where the words stand does not depend on it.
    let day = Date::from_calendar_date(2000, Month::June, 15).ok();
    read(tokens, day).into_iter().map(|dated| dated.tokens).collect()
}

/// Words that tell a time, and the date where they tell one.
struct Dated {
    tokens: Range<usize>,
    what: Option<(Date, Precision)>,
}

impl Dated {
    fn found(tokens: Range<usize>, date: Date, precision: Precision) -> Self {
        Self { tokens, what: Some((date, precision)) }
    }
}

/// Whether a clause tells of what is to come or of what has been.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ahead,
    Past,
}

fn read(tokens: &[Token], published: Option<Date>) -> Vec<Dated> {
    let mut found: Vec<Dated> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(mut dated) = date_at(tokens, at, published) else {
            at += 1;
            continue;
        };
        at = dated.tokens.end.max(at + 1);
        let floor = found.last().map_or(0, |last| last.tokens.end);
        dated.tokens.start = with_introduction(tokens, dated.tokens.start.max(floor), floor);
        found.push(dated);
    }
    found
}

/// Takes in what stands before a date and belongs to it: "on", "late", "early on", "in late".
fn with_introduction(tokens: &[Token], start: usize, floor: usize) -> usize {
    let mut start = start;
    let before = |start: usize| start.checked_sub(1).filter(|&before| before >= floor).map(|before| &*tokens[before].plain);
    let ordinal = tokens[start].kind == TokenKind::Number && tokens[start].plain.ends_with(|c: char| c.is_ascii_lowercase());
    if before(start) == Some("the") && (ordinal || lists::ordinal(&tokens[start].plain).is_some()) {
        start -= 1;
    }
    for list in [&lists().modifiers, &lists().prepositions, &lists().modifiers] {
        if before(start).is_some_and(|word| list.contains(word)) {
            start -= 1;
        }
    }
    start
}

fn date_at(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    let token = &tokens[at];
    if token.kind == TokenKind::Number {
        return published
            .and_then(|published| relative::ago(tokens, at, published))
            .or_else(|| absolute::number_first(tokens, at, published));
    }
    if token.kind != TokenKind::Word {
        return None;
    }
    if token.capital && month(&token.plain).is_some() {
        return absolute::month_first(tokens, at, published);
    }
    if token.capital && weekday(&token.plain, true).is_some() {
        return relative::weekday_first(tokens, at, published);
    }
    if lists::ordinal(&token.plain).is_some() {
        return absolute::day_first(tokens, at, published);
    }
    joined(tokens, at, published).or_else(|| relative::word_first(tokens, at, published?))
}

/// "mid-2018", "mid-March": read as the word behind the hyphen.
fn joined(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    let (modifier, rest) = tokens[at].plain.split_once('-')?;
    if !lists().modifiers.contains(modifier) {
        return None;
    }
    let kind = if rest.starts_with(|c: char| c.is_ascii_digit()) { TokenKind::Number } else { TokenKind::Word };
    // With the clause around it, which may tell the year.
    let from = at.saturating_sub(CLAUSE);
    let mut parts = tokens[from..=at].to_vec();
    parts.extend(tokens[at..].iter().take(2 * CLAUSE).cloned());
    let place = at - from;
    parts[place].plain = modifier.into();
    let second = &mut parts[place + 1];
    (second.plain, second.kind, second.capital) = (rest.into(), kind, true);
    let dated = if kind == TokenKind::Number {
        absolute::number_first(&parts, place + 1, published)?
    } else {
        absolute::month_first(&parts, place + 1, published)?
    };
    Some(Dated { tokens: at..from + dated.tokens.end - 1, ..dated })
}

/// The finest precision that holds all days from `from` to `to`.
fn period(from: Date, to: Date) -> Option<(Date, Precision)> {
    if from == to {
        Some((from, Precision::Day))
    } else if (from.year(), from.month()) == (to.year(), to.month()) {
        Some((from.replace_day(1).ok()?, Precision::Month))
    } else if from.year() == to.year() {
        Some((Date::from_calendar_date(from.year(), Month::January, 1).ok()?, Precision::Year))
    } else {
        None
    }
}

/// How far back a clause is looked through.
const CLAUSE: usize = 8;

/// What the clause of a date tells: what stands before it, or where it opens the clause, what stands behind. A verb of saying, a
/// sign or a mark is the border.
fn direction(tokens: &[Token], at: usize) -> Option<Direction> {
    if at > 0 && lists().past_introducers.contains(&*tokens[at - 1].plain) {
        return Some(Direction::Past);
    }
    let (mut opens, mut infinitive) = (true, None);
    for before in (at.saturating_sub(CLAUSE)..at).rev() {
        let token = &tokens[before];
        if is_border(token) {
            opens &= !token.has(Class::Speech);
            break;
        }
        if is_infinitive(tokens, before) {
            let verb = before.checked_sub(1);
            if verb.is_some_and(|verb| lists().intends.contains(&*tokens[verb].plain)) {
                return Some(Direction::Ahead);
            }
            if verb.is_some_and(|verb| points(tokens, verb) == Some(Direction::Past)) {
                return Some(Direction::Past);
            }
            infinitive = Some(Direction::Ahead);
        } else if let Some(told) = points(tokens, before) {
            return Some(told);
        }
        let lists = lists();
        opens &= token.is_adverb()
            || token.has(Class::Coordinator)
            || lists.prepositions.contains(&*token.plain)
            || lists.modifiers.contains(&*token.plain);
    }
    if !opens || infinitive.is_some() {
        return infinitive;
    }
    let dated = |token: &Token| {
        token.kind == TokenKind::Number || token.is(",") || month(&token.plain).is_some() || weekday(&token.plain, true).is_some()
    };
    let clause = (at..tokens.len().min(at + 2 * CLAUSE)).skip_while(|&after| dated(&tokens[after])).take(CLAUSE);
    clause
        .take_while(|&after| !is_border(&tokens[after]) && !tokens[after].has(Class::Subordinator))
        .find_map(|after| if is_infinitive(tokens, after) { Some(Direction::Ahead) } else { points(tokens, after) })
}

fn is_border(token: &Token) -> bool {
    token.kind != TokenKind::Word && token.kind != TokenKind::Number || token.has(Class::Speech)
}

/// "to meet"
fn is_infinitive(tokens: &[Token], at: usize) -> bool {
    let verb = |next: &Token| !next.capital && is_verb(&next.plain) && !lists().not_infinitive.contains(&*next.plain);
    tokens[at].is("to") && tokens.get(at + 1).is_some_and(verb)
}

/// Which way one word of a clause points.
fn points(tokens: &[Token], at: usize) -> Option<Direction> {
    let token = &tokens[at];
    if lists().ahead.contains(&*token.plain) {
        return Some(Direction::Ahead);
    }
    // "are being held", "is expected": a participle does not tell.
    let participle = at > 0 && matches!(&*tokens[at - 1].plain, "be" | "being" | "is" | "are");
    let past = token.verb == Some(VerbForm::Past) && !participle || token.is("was") || token.is("were");
    (past || lists().behind.contains(&*token.plain)).then_some(Direction::Past)
}

/// Whether a verb in the past tense stands directly before a date, but for "on" and the like.
fn follows_past(tokens: &[Token], at: usize) -> bool {
    let introduces = |token: &Token| lists().prepositions.contains(&*token.plain) || lists().modifiers.contains(&*token.plain);
    let verb = (at.saturating_sub(3)..at).rev().find(|&before| !introduces(&tokens[before]));
    verb.is_some_and(|verb| points(tokens, verb) == Some(Direction::Past))
}
