//! Figures and dates that stand in a claim.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::act::words;

/// A figure in a claim's content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Quantity {
    /// The number, in `unit`s.
    pub value: f64,
    /// "%", "USD", "km"; none for a plain count.
    pub unit: Option<String>,
    /// What is counted or measured: "North Korean soldiers".
    pub of: Option<String>,
    /// Whether the words say "about", "at least", "more than".
    pub approximate: bool,
    /// The exact words.
    pub text: String,
}

words! {
    /// How exactly a date is known.
    DatePrecision {
        /// To the day.
        Day = "day",
        /// To the month.
        Month = "month",
        /// To the year.
        Year = "year",
    }
}

/// A date that the article names, made absolute from its day of publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DateMention {
    /// `2024-11-11`, `2024-11` or `2024`, by `precision`.
    pub value: String,
    /// How much of it is known.
    pub precision: DatePrecision,
    /// The exact words: "on Monday".
    pub text: String,
}
