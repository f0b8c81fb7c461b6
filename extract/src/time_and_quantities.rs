//! When a claim was made, when what it tells of happened, and the figures in it.

use claims::{DateMention, DatePrecision, Quantity};
use language::{DateFound, Precision};
use time::Date;

use crate::attribution::Attribution;
use crate::reading::Reading;

/// The dates of a text, in its order.
pub(crate) fn dates(reading: &Reading<'_>, published: Option<Date>) -> Vec<DateFound> {
    language::dates(&reading.tokens, published)
}

/// When it was said: the date in the sentence of the cue that is not part of the content.
pub(crate) fn said_on(reading: &Reading<'_>, attribution: &Attribution, dates: &[DateFound]) -> Option<DateMention> {
    let cue = attribution.cue.as_ref()?;
    let sentence = reading.sentence(cue.start).tokens.clone();
    let outside = |found: &&DateFound| {
        let source = attribution.source.as_ref().is_some_and(|source| source.contains(&found.tokens.start));
        !source && !attribution.content.iter().any(|range| range.contains(&found.tokens.start))
    };
    within(dates, sentence.start, sentence.end)
        .iter()
        .filter(outside)
        .min_by_key(|found| found.tokens.start.abs_diff(cue.start))
        .map(|found| mention(reading, found))
}

/// When it happened: the first date in the content.
pub(crate) fn happened_on(reading: &Reading<'_>, attribution: &Attribution, dates: &[DateFound]) -> Option<DateMention> {
    attribution.content.iter().find_map(|range| within(dates, range.start, range.end).first()).map(|found| mention(reading, found))
}

/// The figures in the content.
pub(crate) fn quantities(reading: &Reading<'_>, attribution: &Attribution) -> Vec<Quantity> {
    let mut found = Vec::new();
    for range in &attribution.content {
        for quantity in language::quantities(&reading.tokens[range.clone()]) {
            let shift = |inner: &std::ops::Range<usize>| inner.start + range.start..inner.end + range.start;
            found.push(Quantity {
                value: quantity.value,
                of: quantity.of.as_ref().map(|of| reading.words(&shift(of)).to_owned()),
                approximate: quantity.approximate,
                text: reading.words(&shift(&quantity.tokens)).to_owned(),
                unit: quantity.unit,
            });
        }
    }
    found
}

fn within(dates: &[DateFound], start: usize, end: usize) -> &[DateFound] {
    let from = dates.partition_point(|found| found.tokens.start < start);
    let to = dates.partition_point(|found| found.tokens.start < end);
    &dates[from..to]
}

fn mention(reading: &Reading<'_>, found: &DateFound) -> DateMention {
    let (year, month, day) = (found.date.year(), u8::from(found.date.month()), found.date.day());
    let (value, precision) = match found.precision {
        Precision::Day => (format!("{year:04}-{month:02}-{day:02}"), DatePrecision::Day),
        Precision::Month => (format!("{year:04}-{month:02}"), DatePrecision::Month),
        Precision::Year => (format!("{year:04}"), DatePrecision::Year),
    };
    DateMention { value, precision, text: reading.words(&found.tokens).to_owned() }
}
