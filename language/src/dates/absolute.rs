//! Dates that name their month or year: "14 June", "June 14, 2024", "2024-06-14", "in June", "in 2016".

use std::collections::HashSet;
use std::ops::RangeInclusive;

use time::{Date, Duration, Month};

use super::lists::{lists, month, ordinal};
use super::{Dated, Direction, Precision, direction, follows_past, period};
use crate::tokens::{Token, TokenKind};
use crate::words::Class;

/// How far ahead a day or month may lie that its clause places neither ahead nor behind.
const AHEAD: Duration = Duration::days(90);

/// A date so far away is not meant where the same day of another year is near.
const FAR: Duration = Duration::days(240);
const NEAR: Duration = Duration::days(120);

const YEARS: RangeInclusive<i32> = 1600..=2099;

/// Years that need no preposition: "the 1998 accord".
const MODERN: RangeInclusive<i32> = 1900..=2099;

/// A date that begins with the number at `at`.
pub(super) fn number_first(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    iso(tokens, at).or_else(|| slashed(tokens, at)).or_else(|| day_first(tokens, at, published)).or_else(|| lone_year(tokens, at))
}

/// "14 June", "14th of June 2024", "the first of June", "3-5 June": the day stands at `at`.
pub(super) fn day_first(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    let spelled = ordinal(&tokens[at].plain);
    let day = day_number(&tokens[at]).or(spelled)?;
    if let Some((last, after)) = range_end(tokens, at + 1).filter(|&(last, after)| last > day && month_at(tokens, after).is_some()) {
        let month = month_at(tokens, after)?;
        let (end, year) = year_after(tokens, after + 1);
        return days(tokens, at, end, year, month, (day, last), published);
    }
    let of = tokens.get(at + 1).is_some_and(|token| token.is("of"));
    if spelled.is_some() && !of {
        return None;
    }
    let month_place = if of { at + 2 } else { at + 1 };
    let month = month_at(tokens, month_place)?;
    let (end, year) = year_after(tokens, month_place + 1);
    dated(tokens, at, end, year, month, Some(day), published)
}

/// "June 14", "June 14, 2024", "June 3-5", "June 2024", "in June": the month stands at `at`.
pub(super) fn month_first(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    let month = month(&tokens[at].plain)?;
    let next = tokens.get(at + 1);
    if let Some(day) = next.and_then(|token| day_number(token).filter(|_| !counts(tokens, at + 1)).or_else(|| ordinal(&token.plain))) {
        if let Some((last, after)) = range_end(tokens, at + 2).filter(|&(last, _)| last > day) {
            let (end, year) = year_after(tokens, after);
            return days(tokens, at, end, year, month, (day, last), published);
        }
        let (end, year) = year_after(tokens, at + 2);
        return dated(tokens, at, end, year, month, Some(day), published);
    }
    let (end, year) = year_after(tokens, at + 1);
    if year.is_some() {
        return dated(tokens, at, end, year, month, None, published);
    }
    if next.is_some_and(|next| lists().not_before_month.contains(&*next.plain)) {
        return None;
    }
    let before = at.checked_sub(1).map_or("", |before| &*tokens[before].plain);
    if !tells_month(tokens, at, before) {
        return None;
    }
    let published = published?;
    if let Some(shift) = named_shift(before) {
        let this = Date::from_calendar_date(published.year(), month, 1).ok()?;
        let month_of = published.replace_day(1).ok()?;
        let year = match shift {
            -1 if this >= month_of => published.year() - 1,
            1 if this <= month_of => published.year() + 1,
            _ => published.year(),
        };
        return Some(Dated::found(at - 1..end, Date::from_calendar_date(year, month, 1).ok()?, Precision::Month));
    }
    dated(tokens, at, end, inherited(tokens, end), month, None, Some(published))
}

/// Whether a month without day and year is one and no name or verb.
fn tells_month(tokens: &[Token], at: usize, before: &str) -> bool {
    if lists().month_introducers.contains(before) {
        return true;
    }
    let next = tokens.get(at + 1);
    let named = next.is_some_and(|next| next.kind == TokenKind::Word && next.capital);
    let joined = next.is_some_and(|next| next.is("to")) && month_at(tokens, at + 2).is_some();
    let part = before == "of" && at.checked_sub(2).is_some_and(|part| lists().before_of_month.contains(&*tokens[part].plain));
    let month = joined || part || !lists().names_too.contains(&*tokens[at].plain);
    let possessive = next.is_some_and(|next| next.is("'s"));
    let introduced = possessive || lists().weak_month_introducers.contains(before) && !named;
    month && (introduced || lists().month_determiners.contains(before) && is_noun(next))
}

/// Which way "last", "this" and "next" point.
pub(super) fn named_shift(word: &str) -> Option<i32> {
    match word {
        "last" => Some(-1),
        "this" => Some(0),
        "next" => Some(1),
        _ => None,
    }
}

/// "March to May 2018": the year of the second month is the first one's too.
fn inherited(tokens: &[Token], end: usize) -> Option<i32> {
    let joined = tokens.get(end).is_some_and(|token| matches!(&*token.plain, "to" | "and" | "through" | "until" | "or" | "-" | "–"));
    month_at(tokens, end + 1).filter(|_| joined)?;
    year_after(tokens, end + 2).1
}

fn dated(
    tokens: &[Token],
    at: usize,
    end: usize,
    year: Option<i32>,
    month: Month,
    day: Option<u8>,
    published: Option<Date>,
) -> Option<Dated> {
    let precision = if day.is_some() { Precision::Day } else { Precision::Month };
    let in_year = |year: i32| Date::from_calendar_date(year, month, day.unwrap_or(1)).ok();
    if let Some(year) = year {
        // The 31st of April is a time, but none of the calendar.
        return Some(Dated { tokens: at..end, what: in_year(year).map(|date| (date, precision)) });
    }
    let published = published?;
    let reference = if day.is_some() { published } else { published.replace_day(1).ok()? };
    let near = [published.year() - 1, published.year(), published.year() + 1].into_iter().filter_map(in_year);
    let (past, next) = (near.clone().filter(|date| *date <= reference).max(), near.clone().filter(|date| *date >= reference).min());
    let date = match direction(tokens, at) {
        // Who writes of a day that is near does not mean the one of another year, unless the verb beside it says so.
        Some(Direction::Ahead) => {
            next.filter(|next| past.is_none_or(|past| *next - reference < FAR || reference - past > NEAR)).or(past)?
        }
        Some(Direction::Past) => {
            let meant =
                |next: &Date| past.is_some_and(|past| reference - past > FAR && *next - reference < NEAR) && !follows_past(tokens, at);
            next.filter(meant).or(past)?
        }
        // A day a little ahead is meant as such ("the vote on Dec. 3"); far ahead, it was last year's.
        None => near.filter(|date| *date <= published.saturating_add(AHEAD)).max()?,
    };
    Some(Dated::found(at..end, date, precision))
}

/// Several days of one month, which no precision but the month's holds.
fn days(
    tokens: &[Token],
    at: usize,
    end: usize,
    year: Option<i32>,
    month: Month,
    (first, last): (u8, u8),
    published: Option<Date>,
) -> Option<Dated> {
    let first = dated(tokens, at, end, year, month, Some(first), published)?;
    let from = first.what?.0;
    Some(Dated { what: period(from, from.replace_day(last).ok()?), ..first })
}

/// "2018-03-12"
fn iso(tokens: &[Token], at: usize) -> Option<Dated> {
    let parts = tokens.get(at..at + 5)?;
    let joined = parts[1..].iter().all(|token| !token.spaced) && parts[1].is("-") && parts[3].is("-");
    let day = parts[4].plain.split('T').next().filter(|day| joined && day.len() == 2 && parts[2].plain.len() == 2)?;
    let month = Month::try_from(parts[2].plain.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year_number(&parts[0])?, month, day.parse().ok()?).ok()?;
    Some(Dated::found(at..at + 5, date, Precision::Day))
}

/// "25/12/2018", "12/25/2018", "25.12.2018"; where day and month could change places, only the year is sure.
fn slashed(tokens: &[Token], at: usize) -> Option<Dated> {
    let plain = &tokens[at].plain;
    let sign = plain.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '.'))?;
    let parts: Vec<&str> = plain.splitn(4, sign).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let (year, one, two) = if first.len() == 4 { (first, second, third) } else { (third, first, second) };
    let year: i32 = year.parse().ok().filter(|number| year.len() == 4 && YEARS.contains(number))?;
    let (one, two): (u8, u8) = (one.parse().ok()?, two.parse().ok()?);
    let date = |month: u8, day: u8| Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok();
    let (date, precision) = match (date(one, two), date(two, one)) {
        (Some(date), _) if first.len() == 4 => (date, Precision::Day),
        (Some(date), None) | (None, Some(date)) if first.len() < 4 => (date, Precision::Day),
        (Some(date), Some(_)) if one == two => (date, Precision::Day),
        (Some(_), Some(_)) => (Date::from_calendar_date(year, Month::January, 1).ok()?, Precision::Year),
        _ => return None,
    };
    Some(Dated::found(at..at + 1, date, precision))
}

/// "2016" after a word that asks for a year, or between a determiner and a noun.
fn lone_year(tokens: &[Token], at: usize) -> Option<Dated> {
    let year = year_number(&tokens[at])?;
    let before = at.checked_sub(1).map_or("", |before| &*tokens[before].plain);
    let listed = |at: usize| tokens.get(at).is_some_and(|token| year_number(token).is_some());
    // "2015 and 2016", "2012, 2014, and 2016"
    let linked = lists().linking_year_introducers.contains(before)
        && (at > 1 && listed(at - 2) || at > 2 && tokens[at - 2].is(",") && listed(at - 3));
    let next = tokens.get(at + 1);
    let follows = |list: &HashSet<String>| next.is_some_and(|next| list.contains(&*next.plain));
    let links = [Class::Preposition, Class::Coordinator, Class::Subordinator];
    let subject = at.checked_sub(1).is_none_or(|before| !tokens[before].is_word() || links.iter().any(|&class| tokens[before].has(class)));
    let told = MODERN.contains(&year) && (follows(&lists().year_nouns) || subject && follows(&lists().year_verbs));
    let described =
        MODERN.contains(&year) && lists().year_determiners.contains(before) && (is_noun(next) || next.is_some_and(|next| next.capital));
    if !(linked || told || described || lists().year_introducers.contains(before)) || counts(tokens, at) {
        return None;
    }
    // "the 1990's" are ten of them.
    if year % 10 == 0 && next.is_some_and(|next| next.is("'s")) {
        return Some(Dated { tokens: at..at + 2, what: None });
    }
    // "2017-18" is no one year.
    if tokens.get(at + 1).is_some_and(|dash| !dash.spaced && matches!(&*dash.plain, "-" | "–" | "/"))
        && tokens.get(at + 2).is_some_and(|next| next.kind == TokenKind::Number)
    {
        return Some(Dated { tokens: at..at + 3, what: None });
    }
    Some(Dated::found(at..at + 1, Date::from_calendar_date(year, Month::January, 1).ok()?, Precision::Year))
}

/// Whether what follows shows that a number counts something: "2000 homes", "5 million", "5%".
fn counts(tokens: &[Token], at: usize) -> bool {
    let Some(next) = tokens.get(at + 1) else { return false };
    let round = tokens[at].plain.ends_with("00");
    let things =
        next.kind == TokenKind::Word && !next.capital && next.plain.ends_with('s') && next.classes == crate::words::Classes::default();
    next.is("%") || (round && things) || lists().not_before_year.contains(&*next.plain) || crate::quantities::is_scale_or_unit(&next.plain)
}

/// Whether a word in small letters can be a noun or adjective, by the lists.
pub(super) fn is_noun(token: Option<&Token>) -> bool {
    let no_noun = [
        Class::Preposition,
        Class::Coordinator,
        Class::Subordinator,
        Class::Relative,
        Class::Auxiliary,
        Class::SubjectPronoun,
        Class::Determiner,
        Class::Speech,
    ];
    token.is_some_and(|token| {
        token.kind == TokenKind::Word
            && !token.capital
            && !no_noun.iter().any(|&class| token.has(class))
            && !token.is_adverb()
            && !token.is("'s")
    })
}

fn month_at(tokens: &[Token], at: usize) -> Option<Month> {
    tokens.get(at).filter(|token| token.capital).and_then(|token| month(&token.plain))
}

/// "-5", "–5", "to 5": a second day, and what comes after it.
fn range_end(tokens: &[Token], at: usize) -> Option<(u8, usize)> {
    let joins = matches!(&*tokens.get(at)?.plain, "-" | "–" | "to");
    Some((day_number(tokens.get(at + 1)?).filter(|_| joins)?, at + 2))
}

fn year_after(tokens: &[Token], at: usize) -> (usize, Option<i32>) {
    let skipped = if tokens.get(at).is_some_and(|token| token.is(",") || token.is("of")) { at + 1 } else { at };
    match tokens.get(skipped).and_then(year_number) {
        Some(year) => (skipped + 1, Some(year)),
        None => (at, None),
    }
}

pub(super) fn year_number(token: &Token) -> Option<i32> {
    let plain = &token.plain;
    plain.parse().ok().filter(|year| plain.len() == 4 && token.kind == TokenKind::Number && YEARS.contains(year))
}

fn day_number(token: &Token) -> Option<u8> {
    let digits = token.plain.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let ending = &token.plain[digits.len()..];
    let ends = matches!(ending, "" | "st" | "nd" | "rd" | "th");
    digits.parse().ok().filter(|day| (1..=31).contains(day) && ends && token.kind == TokenKind::Number)
}
