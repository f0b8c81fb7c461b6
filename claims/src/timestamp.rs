//! When something was published: a day or a moment, kept with the precision it was given in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A day (`2018-07-01`) or a moment (`2025-03-03T07:10:00Z`). A day stays a day: no time of day is made up for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Timestamp {
    /// Known to the day.
    Day(Date),
    /// Known to the second, in UTC.
    Moment(OffsetDateTime),
}

/// A text that is neither a day nor a moment, or a year that no article is from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date: give a day as 2024-11-11 or a moment as 2024-11-11T12:00:00Z, from 1600 to 2199")]
pub struct TimestampError(String);

impl Timestamp {
    /// The moment, or the day's first in UTC: what orders timestamps.
    pub fn start(self) -> OffsetDateTime {
        match self {
            Self::Day(day) => day.midnight().assume_utc(),
            Self::Moment(moment) => moment,
        }
    }

    /// The day in UTC.
    pub fn day(self) -> Date {
        self.start().date()
    }

    /// Whether a time of day is known.
    pub fn is_moment(self) -> bool {
        matches!(self, Self::Moment(_))
    }
}

impl From<OffsetDateTime> for Timestamp {
    /// In UTC, to the second.
    fn from(moment: OffsetDateTime) -> Self {
        // The last hours of the year 9999 have no UTC; no article is from them.
        let utc = moment.checked_to_offset(UtcOffset::UTC).unwrap_or(moment);
        Self::Moment(utc.replace_nanosecond(0).unwrap_or(utc))
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TimestampError(text.chars().take(60).collect());
        let trimmed = text.trim();
        let parsed = match Date::parse(trimmed, format_description!("[year]-[month]-[day]")) {
            Ok(day) => Self::Day(day),
            Err(_) => OffsetDateTime::parse(trimmed, &Rfc3339).map_err(|_| error())?.into(),
        };
        // A year such as 9999 is a template that nobody filled in.
        if (1600..2200).contains(&parsed.day().year()) { Ok(parsed) } else { Err(error()) }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Moment(moment) => f.write_str(&moment.format(&Rfc3339).map_err(|_| fmt::Error)?),
        }
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let description = "A day, or a moment in UTC.";
        let examples = ["2018-07-01", "2025-03-03T07:10:00Z"];
        ObjectBuilder::new().schema_type(Type::String).description(Some(description)).examples(examples).into()
    }
}

impl ToSchema for Timestamp {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_precision_it_was_given() {
        for text in ["2018-07-01", "2025-03-03T07:10:00Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!("2025-03-03T09:10:00.5+02:00".parse::<Timestamp>().unwrap().to_string(), "2025-03-03T07:10:00Z");
    }

    #[test]
    fn refuses_what_is_not_a_date() {
        for text in ["", "yesterday", "2018-13-01", "9999-12-31", "9999-12-31T23:59:59-05:00", "0000-01-01T00:00:00+05:00", "2018-07"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}
