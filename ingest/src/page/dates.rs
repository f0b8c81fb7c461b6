//! Dates as pages write them. What is a template, impossible, or readable in two ways is no date.

use claims::Timestamp;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{Date, Month, OffsetDateTime};

/// How a page orders the figures of a date where both orders are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As everywhere but in English: 05/10 is in October.
    DayFirst,
    /// Not known: such a date is none.
    Unknown,
}

/// The months, by language.
const MONTHS: &str = include_str!("months.txt");

/// Reads the date that `text` is or begins with: ISO 8601, RFC 2822, or words such as "Nov. 18, 2019, 9:05 AM".
///
/// A time of day without its zone is not a moment: the day alone is kept.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    parse_in(text, Order::Unknown)
}

/// As [`parse`], for a page that orders figures as `order` says.
pub(super) fn parse_in(text: &str, order: Order) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 200 || text.len() < 8 {
        return None;
    }
    let read = iso(text).or_else(|| rfc_2822(text)).or_else(|| digits(text)).or_else(|| words(text, order));
    // The first day of Unix time is what a missing date becomes.
    read.filter(|date| date.start().unix_timestamp().unsigned_abs() >= 86_400 && (1600..2200).contains(&date.day().year()))
}

/// `2019-11-18`, `2019/11/18`, with a time and a zone or without.
fn iso(text: &str) -> Option<Timestamp> {
    let head = text.get(..10)?;
    let separator = *head.as_bytes().get(4)?;
    if !matches!(separator, b'-' | b'/' | b'.') || head.as_bytes().get(7) != Some(&separator) {
        return None;
    }
    let day = date(head.get(..4)?, head.get(5..7)?, head.get(8..10)?)?;
    let rest = text.get(10..)?.trim_start_matches(['T', 't', ' ', ',']);
    if rest.is_empty() || separator != b'-' {
        return Some(Timestamp::Day(day));
    }
    Some(moment(day, rest).unwrap_or(Timestamp::Day(day)))
}

/// A time with its zone, as `09:05Z`, `09:05:00.123+0000`, `09:05:00 -05:00`, `09:05:00 UTC`.
fn moment(day: Date, rest: &str) -> Option<Timestamp> {
    let compact: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    let zone_at = compact.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')?;
    let (clock, zone) = compact.split_at_checked(zone_at)?;
    let clock = if clock.matches(':').count() == 1 { format!("{clock}:00") } else { clock.to_owned() };
    let zone = match zone.to_ascii_uppercase().as_str() {
        "Z" | "UTC" | "GMT" => "Z".to_owned(),
        offset if offset.starts_with(['+', '-']) && offset.len() == 5 => format!("{}:{}", offset.get(..3)?, offset.get(3..)?),
        offset if offset.starts_with(['+', '-']) && offset.len() == 3 => format!("{offset}:00"),
        offset => offset.to_owned(),
    };
    let (year, month, day) = (day.year(), u8::from(day.month()), day.day());
    OffsetDateTime::parse(&format!("{year:04}-{month:02}-{day:02}T{clock}{zone}"), &Rfc3339).ok().map(Timestamp::from)
}

fn rfc_2822(text: &str) -> Option<Timestamp> {
    OffsetDateTime::parse(text, &Rfc2822).ok().map(Timestamp::from)
}

/// `20191118`, or seconds or milliseconds since 1970.
fn digits(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        8 => Some(Timestamp::Day(date(text.get(..4)?, text.get(4..6)?, text.get(6..)?)?)),
        10 => OffsetDateTime::from_unix_timestamp(text.parse().ok()?).ok().map(Timestamp::from),
        13 => OffsetDateTime::from_unix_timestamp(text.parse::<i64>().ok()? / 1_000).ok().map(Timestamp::from),
        _ => None,
    }
}

/// The first date in words ("18 November 2019", "Nov. 18th, 2019") or in figures that can be read one way only.
fn words(text: &str, order: Order) -> Option<Timestamp> {
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || ",|()[]".contains(c))
        .map(|part| part.trim_matches(['.', ':', ';']))
        .filter(|part| !part.is_empty())
        .collect();
    for (at, part) in parts.iter().enumerate() {
        let next = |n: usize| parts.get(at + n).copied();
        let day = match (month(part), next(1), next(2)) {
            (Some(month), Some(day), Some(year)) => named(year, month, day),
            _ => None,
        }
        .or_else(|| named(next(2)?, month(next(1)?)?, part))
        // "18 de noviembre de 2019"
        .or_else(|| named(next(4)?, month(next(2)?)?, part))
        .or_else(|| figures(part, order))
        .or_else(|| match iso(part)? {
            Timestamp::Day(day) => Some(day),
            Timestamp::Moment(moment) => Some(moment.date()),
        });
        if day.is_some() {
            return day.map(Timestamp::Day);
        }
    }
    None
}

fn named(year: &str, month: Month, day: &str) -> Option<Date> {
    let day = ["st", "nd", "rd", "th", "."].iter().find_map(|end| day.strip_suffix(end)).unwrap_or(day);
    if year.len() != 4 || day.len() > 2 {
        return None;
    }
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

pub(super) fn month(word: &str) -> Option<Month> {
    let word = word.to_lowercase();
    if word.chars().count() < 3 {
        return None;
    }
    let names =
        |line: &'static str| line.split(' ').position(|name| name == word || (word.chars().count() <= 4 && name.starts_with(&word)));
    let at = MONTHS.lines().filter(|line| !line.starts_with('#')).find_map(names)?;
    Month::try_from(u8::try_from(at + 1).ok()?).ok()
}

/// `18/11/2019`, `11/18/2019`, `18.11.2019`: only where one order alone gives a date, or both the same.
fn figures(part: &str, order: Order) -> Option<Date> {
    let fields: Vec<&str> = part.split(['/', '.']).collect();
    let [first, second, year] = fields[..] else { return None };
    if year.len() != 4 || first.len() > 2 || second.len() > 2 {
        return None;
    }
    match (date(year, second, first), date(year, first, second)) {
        (Some(day_first), Some(month_first)) => {
            (day_first == month_first || part.contains('.') || order == Order::DayFirst).then_some(day_first)
        }
        (one, other) => one.or(other),
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_pages_write() {
        for (text, expected) in [
            ("2019-11-18", "2019-11-18"),
            ("2019-11-18T09:05:00-05:00", "2019-11-18T14:05:00Z"),
            ("2019-11-18T09:05:00.000+0000", "2019-11-18T09:05:00Z"),
            ("2019-11-18T09:05Z", "2019-11-18T09:05:00Z"),
            ("2019-11-18 09:05:00 UTC", "2019-11-18T09:05:00Z"),
            ("2019-11-18 09:05:00", "2019-11-18"),
            ("2019/11/18", "2019-11-18"),
            ("20191118", "2019-11-18"),
            ("1574068500000", "2019-11-18T09:15:00Z"),
            ("Mon, 18 Nov 2019 09:05:00 +0100", "2019-11-18T08:05:00Z"),
            ("Monday, November 18, 2019", "2019-11-18"),
            ("Updated: 18 November 2019, 09:01 AM", "2019-11-18"),
            ("Nov. 18th, 2019 | 9:05 a.m. ET", "2019-11-18"),
            ("18 Sept. 2019 - 09:05", "2019-09-18"),
            ("18/11/2019", "2019-11-18"),
            ("11/18/2019 9:05", "2019-11-18"),
            ("publiziert am 30. Juli 2018", "2018-07-30"),
            ("18 de noviembre de 2019", "2019-11-18"),
            ("[ 2018-08-25 15:24 ]", "2018-08-25"),
        ] {
            assert_eq!(parse(text).map(|date| date.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn the_order_of_figures_is_taken_from_the_page_only() {
        assert_eq!(parse_in("05/10/2018 - Saúde", Order::DayFirst).map(|date| date.to_string()).as_deref(), Some("2018-10-05"));
        assert_eq!(parse("05/10/2018 - Saúde"), None);
    }

    #[test]
    fn what_is_no_date_or_could_be_two_is_none() {
        for text in [
            "",
            "{{ date }}",
            "{publish_date}",
            "0001-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "9999-12-31",
            "2019-13-40",
            "06/07/2019",
            "30 February 2019",
            "yesterday at noon",
            "May 2019 was warm",
            "2019-1é-02 more",
            "é".repeat(9).as_str(),
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
