//! Dates in a text, made absolute from the day it was published: "on Monday", "14 June", "yesterday", "last month", "2016".

use std::ops::Range;

use time::{Date, Duration, Month, Weekday};

use crate::tokens::{Token, TokenKind};
use crate::words::Class;

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
/// A weekday, or a month without a year, is the last one not after that day.
pub fn dates(tokens: &[Token], published: Option<Date>) -> Vec<DateFound> {
    let mut found: Vec<DateFound> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((end, date, precision)) = date_at(tokens, at, published) else {
            at += 1;
            continue;
        };
        let introduced = at > 0
            && matches!(&*tokens[at - 1].plain, "on" | "in" | "since" | "by" | "during")
            && found.last().is_none_or(|last| last.tokens.end < at);
        found.push(DateFound { tokens: if introduced { at - 1 } else { at }..end, date, precision });
        at = end;
    }
    found
}

type Dated = (usize, Date, Precision);

fn date_at(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    let token = &tokens[at];
    if token.kind == TokenKind::Number {
        return day_month(tokens, at, published).or_else(|| lone_year(tokens, at));
    }
    if token.kind != TokenKind::Word {
        return None;
    }
    if token.capital && token.has(Class::Month) {
        return month_first(tokens, at, published);
    }
    if token.capital && token.has(Class::Weekday) {
        return Some((at + 1, last_weekday(weekday(&token.plain)?, published?), Precision::Day));
    }
    relative(tokens, at, published?)
}

/// "14 June", "14 June 2024"
fn day_month(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    let day = day_number(&tokens[at])?;
    let month = tokens.get(at + 1).filter(|token| token.capital).and_then(|token| month(&token.plain))?;
    let (end, year) = year_after(tokens, at + 2);
    dated(end, year, month, Some(day), published)
}

/// "June 14", "June 14, 2024", "June 2024", "June"
fn month_first(tokens: &[Token], at: usize, published: Option<Date>) -> Option<Dated> {
    let month = month(&tokens[at].plain)?;
    if let Some(day) = tokens.get(at + 1).and_then(day_number) {
        let (end, year) = year_after(tokens, at + 2);
        return dated(end, year, month, Some(day), published);
    }
    let (end, year) = year_after(tokens, at + 1);
    let introduced = at > 0 && matches!(&*tokens[at - 1].plain, "in" | "last" | "since" | "by" | "this" | "late" | "early" | "mid");
    if year.is_none() && !introduced {
        return None;
    }
    dated(end, year, month, None, published)
}

fn dated(end: usize, year: Option<i32>, month: Month, day: Option<u8>, published: Option<Date>) -> Option<Dated> {
    let precision = if day.is_some() { Precision::Day } else { Precision::Month };
    let in_year = |year: i32| Date::from_calendar_date(year, month, day.unwrap_or(1)).ok();
    let date = if let Some(year) = year {
        in_year(year)?
    } else {
        let published = published?;
        let this_year = in_year(published.year())?;
        // A day a little ahead is meant as such ("the vote on Dec. 3"); far ahead, it was last year's.
        if this_year > published.saturating_add(Duration::days(60)) { in_year(published.year() - 1)? } else { this_year }
    };
    Some((end, date, precision))
}

/// "2016" after a word that asks for a year.
fn lone_year(tokens: &[Token], at: usize) -> Option<Dated> {
    let introduced = at > 0 && matches!(&*tokens[at - 1].plain, "in" | "since" | "of" | "by" | "until" | "early" | "late");
    let year = introduced.then(|| year_number(&tokens[at])).flatten()?;
    Some((at + 1, Date::from_calendar_date(year, Month::January, 1).ok()?, Precision::Year))
}

/// "yesterday", "last month", "three days ago"
fn relative(tokens: &[Token], at: usize, published: Date) -> Option<Dated> {
    let day = |days: i64| published.checked_add(Duration::days(days)).map(|date| (at + 1, date, Precision::Day));
    let next = tokens.get(at + 1).map(|token| &*token.plain);
    match (&*tokens[at].plain, next) {
        ("today" | "tonight", _) => day(0),
        ("yesterday", _) => day(-1),
        ("tomorrow", _) => day(1),
        ("last" | "this" | "next", Some("month")) => {
            let month = match &*tokens[at].plain {
                "last" => published.replace_day(1).ok()?.previous_day()?,
                "next" => published.replace_day(28).ok()?.checked_add(Duration::days(5))?,
                _ => published,
            };
            Some((at + 2, month.replace_day(1).ok()?, Precision::Month))
        }
        ("last" | "this" | "next", Some("year")) => {
            let shift = match &*tokens[at].plain {
                "last" => -1,
                "next" => 1,
                _ => 0,
            };
            Some((at + 2, Date::from_calendar_date(published.year() + shift, Month::January, 1).ok()?, Precision::Year))
        }
        _ => None,
    }
}

fn last_weekday(weekday: Weekday, published: Date) -> Date {
    let back = i64::from(published.weekday().number_days_from_monday()) - i64::from(weekday.number_days_from_monday());
    published.saturating_sub(Duration::days(back.rem_euclid(7)))
}

fn year_after(tokens: &[Token], at: usize) -> (usize, Option<i32>) {
    let skipped = if tokens.get(at).is_some_and(|token| token.is(",")) { at + 1 } else { at };
    match tokens.get(skipped).and_then(year_number) {
        Some(year) => (skipped + 1, Some(year)),
        None => (at, None),
    }
}

fn year_number(token: &Token) -> Option<i32> {
    let year = token.plain.parse().ok().filter(|_| token.plain.len() == 4)?;
    (1800..2100).contains(&year).then_some(year)
}

fn day_number(token: &Token) -> Option<u8> {
    let digits = token.plain.trim_end_matches(|c: char| c.is_ascii_lowercase());
    digits.parse().ok().filter(|day| (1..=31).contains(day) && token.kind == TokenKind::Number)
}

fn month(plain: &str) -> Option<Month> {
    const MONTHS: [Month; 12] = [
        Month::January,
        Month::February,
        Month::March,
        Month::April,
        Month::May,
        Month::June,
        Month::July,
        Month::August,
        Month::September,
        Month::October,
        Month::November,
        Month::December,
    ];
    let start = plain.trim_end_matches('.');
    MONTHS.into_iter().find(|month| {
        start.len() >= 3 && month.to_string().to_lowercase().starts_with(start) || start == "sept" && *month == Month::September
    })
}

fn weekday(plain: &str) -> Option<Weekday> {
    const WEEKDAYS: [Weekday; 7] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday, Weekday::Sunday];
    WEEKDAYS.into_iter().find(|weekday| weekday.to_string().eq_ignore_ascii_case(plain))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::tokens;

    fn found(text: &str) -> Vec<(String, Date, Precision)> {
        let tokens = tokens(text);
        let cut = |range: &Range<usize>| text[tokens[range.start].start..tokens[range.end - 1].end].to_owned();
        // A Monday.
        dates(&tokens, Some(date!(2024 - 11 - 11))).iter().map(|found| (cut(&found.tokens), found.date, found.precision)).collect()
    }

    #[test]
    fn days_of_the_week_are_the_last_ones() {
        assert_eq!(found("on Sunday"), [("on Sunday".into(), date!(2024 - 11 - 10), Precision::Day)]);
        assert_eq!(found("on Monday"), [("on Monday".into(), date!(2024 - 11 - 11), Precision::Day)]);
        assert_eq!(found("yesterday"), [("yesterday".into(), date!(2024 - 11 - 10), Precision::Day)]);
    }

    #[test]
    fn days_and_months() {
        assert_eq!(found("On 14 June he"), [("On 14 June".into(), date!(2024 - 06 - 14), Precision::Day)]);
        assert_eq!(found("on Feb. 3, 2022, he"), [("on Feb. 3, 2022".into(), date!(2022 - 02 - 03), Precision::Day)]);
        assert_eq!(found("in February 2022"), [("in February 2022".into(), date!(2022 - 02 - 01), Precision::Month)]);
        assert_eq!(found("in December"), [("in December".into(), date!(2024 - 12 - 01), Precision::Month)]);
        assert_eq!(found("in 1999"), [("in 1999".into(), date!(1999 - 01 - 01), Precision::Year)]);
        assert_eq!(found("last month"), [("last month".into(), date!(2024 - 10 - 01), Precision::Month)]);
    }

    #[test]
    fn what_is_no_date() {
        assert_eq!(found("Theresa May may march 31 February"), []);
        assert!(dates(&tokens("on Sunday"), None).is_empty());
    }
}
