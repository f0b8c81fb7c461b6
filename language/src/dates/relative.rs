//! Dates told from the day of publication: "yesterday", "on Thursday", "last month", "three days ago".

use time::{Date, Duration, Month, Weekday};

use super::absolute::{day_first, is_noun, month_first, named_shift};
use super::lists::{Unit, lists, month, small_number, unit, weekday};
use super::{Dated, Direction, Precision, direction, period};
use crate::tokens::{Token, TokenKind};

/// "Thursday", "last Thursday", "Thursday night", "Thursday, Nov. 7", "Thursday of last week".
pub(super) fn weekday_first(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    let day = weekday(&tokens[at].plain, true)?;
    let next = if tokens.get(at + 1).is_some_and(|token| token.is(",")) { at + 2 } else { at + 1 };
    if let Some(date) = tokens.get(next).and_then(|token| {
        let date = if token.kind == TokenKind::Number { day_first(tokens, next, published) } else { month_first(tokens, next, published) };
        date.filter(|date| token.kind == TokenKind::Number || date.tokens.len() > 1)
    }) {
        return Some(Dated { tokens: at..date.tokens.end, ..date });
    }
    let plain = |at: usize| tokens.get(at).map(|token| &*token.plain);
    let before = at.checked_sub(1).and_then(plain);
    let unclear = before.is_some_and(|word| lists().not_after_weekday.contains(word) || matches!(word, "ago" | "from"))
        && !(before == Some("from") && at.checked_sub(2).is_none_or(|two| unit(tokens.get(two)).is_none()));
    let named = plain(at + 1).is_some_and(|word| lists().not_before_weekday.contains(word))
        || plain(at + 1) == Some("after") && plain(at + 2) == Some("next");
    weekday(&tokens[at].plain, false)?;
    let end = is_part(tokens, at + 1).unwrap_or(at + 1);
    // "a Thursday hearing" is of a certain Thursday, "a Thursday" is of none.
    let unclear = unclear || matches!(before, Some("a" | "an")) && !is_noun(tokens.get(end));
    if unclear
        || named
        || before == Some("the") && plain(at + 1) != Some("of") && is_part(tokens, at + 1).is_none() && before_noun(tokens, at + 1)
    {
        return Some(Dated { tokens: at..at + 1, what: None });
    }
    let published = published?;
    let monday = published.checked_sub(Duration::days(i64::from(published.weekday().number_days_from_monday())))?;
    let in_week = |shift: i32| monday.checked_add(Duration::days(i64::from(day.number_days_from_monday()) + 7 * i64::from(shift)));
    if plain(at + 1) == Some("of") && plain(at + 3) == Some("week") {
        let date = plain(at + 2).and_then(named_shift).and_then(in_week)?;
        return Some(Dated::found(at..at + 4, date, Precision::Day));
    }
    let (start, date) = match before.and_then(named_shift) {
        Some(-1) => (at - 1, last(day, published.previous_day()?)),
        Some(0) => (at - 1, in_week(0)?),
        Some(_) => (at - 1, next_weekday(day, published.next_day()?)?),
        None if direction(tokens, at) == Some(Direction::Ahead) => (at, next_weekday(day, published)?),
        None => (at, last(day, published)),
    };
    Some(Dated::found(start..end, date, Precision::Day))
}

/// "yesterday", "last month", "three days ago", "the day before yesterday", "over the weekend"
pub(super) fn word_first(tokens: &[Token], at: usize, published: Date) -> Option<Dated> {
    let plain = |at: usize| tokens.get(at).map_or("", |token| &*token.plain);
    let shifted = |days: i64| published.checked_add(Duration::days(days));
    let day = |start: usize, end: usize, days: i64| Some(Dated::found(start..end, shifted(days)?, Precision::Day));
    if let Some(&days) = lists().days.get(plain(at)) {
        // "USA Today" is a newspaper.
        let name = tokens[at].capital && at > 0 && tokens[at - 1].is_word();
        return if name { None } else { day(at, is_part(tokens, at + 1).unwrap_or(at + 1), days) };
    }
    match (plain(at), plain(at + 1), plain(at + 2), plain(at + 3)) {
        ("the", "day", "before", "yesterday") => return day(at, at + 4, -2),
        ("the", "day", "after", "tomorrow") => return day(at, at + 4, 2),
        ("over" | "at", "the", "weekend", _) => return weekend(at, at + 3, -1, published),
        ("last", "night" | "evening", ..) => return day(at, at + 2, -1),
        ("this", part, ..) if lists().parts.contains(part) && part != "night" => return day(at, at + 2, 0),
        _ => {}
    }
    if let Some(shift) = named_shift(plain(at)) {
        let unit = unit(tokens.get(at + 1)).filter(|_| !plain(at + 1).ends_with('s'))?;
        let of_month = plain(at + 2) == "of" && tokens.get(at + 3).is_some_and(|token| month(&token.plain).is_some());
        let spans = at > 0 && lists().month_determiners.contains(&*tokens[at - 1].plain) || of_month || unit == Unit::Day;
        let date = if spans { None } else { shifted_unit(unit, i64::from(shift), published) };
        return Some(Dated { tokens: at..at + 2, what: date });
    }
    ago(tokens, at, published)
}

/// "three days ago", "two weeks from now"
pub(super) fn ago(tokens: &[Token], at: usize, published: Date) -> Option<Dated> {
    let count = small_number(&tokens[at])?;
    let unit = unit(tokens.get(at + 1))?;
    let plain = |at: usize| tokens.get(at).map_or("", |token| &*token.plain);
    let (end, sign) = match (plain(at + 2), plain(at + 3)) {
        ("ago", _) => (at + 3, -1),
        ("from", "now" | "today") => (at + 4, 1),
        _ => return None,
    };
    let unclear = at > 0 && lists().unclear.contains(&*tokens[at - 1].plain)
        || unit == Unit::Weekend
        || at > 0 && tokens[at - 1].kind == TokenKind::Number;
    // "ten years ago on Thursday" leaves the weekday to itself; "a week ago Thursday" does not, and may be either of two.
    if unit == Unit::Week && tokens.get(end).is_some_and(|next| weekday(&next.plain, false).is_some()) {
        return Some(Dated { tokens: at..end + 1, what: None });
    }
    let what = if unclear { None } else { shifted_unit(unit, sign * count, published) };
    Some(Dated { tokens: at..end, what })
}

/// The stretch of the calendar so many units from the one of publication.
fn shifted_unit(unit: Unit, shift: i64, published: Date) -> Option<(Date, Precision)> {
    match unit {
        Unit::Day => Some((published.checked_add(Duration::days(shift))?, Precision::Day)),
        Unit::Week => {
            let monday = published.checked_sub(Duration::days(i64::from(published.weekday().number_days_from_monday())))?;
            let from = monday.checked_add(Duration::days(shift * 7))?;
            period(from, from.checked_add(Duration::days(6))?)
        }
        Unit::Weekend => weekend(0, 1, shift, published)?.what,
        Unit::Month => {
            let months = i64::from(published.year()) * 12 + i64::from(u8::from(published.month())) - 1 + shift;
            let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
            Some((Date::from_calendar_date(i32::try_from(months.div_euclid(12)).ok()?, month, 1).ok()?, Precision::Month))
        }
        Unit::Year => {
            let year = i32::try_from(i64::from(published.year()) + shift).ok()?;
            Some((Date::from_calendar_date(year, Month::January, 1).ok()?, Precision::Year))
        }
    }
}

/// "last weekend", "this weekend" (the one before or the one ahead), "next weekend".
fn weekend(start: usize, end: usize, shift: i64, published: Date) -> Option<Dated> {
    let sunday = last(Weekday::Sunday, published);
    let of_week = |weeks: i64| sunday.checked_add(Duration::days(7 * weeks));
    let (first, second) = match shift {
        -1 => (of_week(0)?, of_week(0)?),
        0 => (of_week(0)?, of_week(1)?),
        _ => (of_week(1)?, of_week(2)?),
    };
    Some(Dated { tokens: start..end, what: period(first.previous_day()?, second) })
}

fn is_part(tokens: &[Token], at: usize) -> Option<usize> {
    tokens.get(at).filter(|token| lists().parts.contains(&*token.plain)).map(|_| at + 1)
}

/// "the Thursday club" names no day; "the Thursday he left" does.
fn before_noun(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word && token.capital)
}

fn last(weekday: Weekday, published: Date) -> Date {
    let back = i64::from(published.weekday().number_days_from_monday()) - i64::from(weekday.number_days_from_monday());
    published.saturating_sub(Duration::days(back.rem_euclid(7)))
}

fn next_weekday(weekday: Weekday, published: Date) -> Option<Date> {
    let ahead = i64::from(weekday.number_days_from_monday()) - i64::from(published.weekday().number_days_from_monday());
    published.checked_add(Duration::days(ahead.rem_euclid(7)))
}
