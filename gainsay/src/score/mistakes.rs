//! What is wrong with an article's predictions, one mistake after another in the order of the text.

use super::annotated::{Attribution, Role};
use super::compare::{Comparison, THRESHOLDS};
use super::labels::same_name;
use super::linking::Candidate;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// Annotated, and not predicted.
    Missed,
    /// Predicted, and not annotated.
    Spurious,
    /// The content shares too little to count as found.
    Span,
    /// The content counts as found, and has letters too many or too few.
    Edge,
    /// The source.
    Source,
    /// The cue.
    Cue,
    /// The act.
    Act,
    /// The kind of source.
    Kind,
    /// The quotation.
    Quotation,
    /// The name.
    Who,
}

impl Wrong {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 10] =
        [Self::Missed, Self::Spurious, Self::Span, Self::Edge, Self::Source, Self::Cue, Self::Act, Self::Kind, Self::Quotation, Self::Who];

    /// For people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Spurious => "spurious",
            Self::Span => "wrong span",
            Self::Edge => "inexact span",
            Self::Source => "wrong source",
            Self::Cue => "wrong cue",
            Self::Act => "wrong act",
            Self::Kind => "wrong kind",
            Self::Quotation => "wrong quotation",
            Self::Who => "wrong who",
        }
    }
}

/// One annotated or predicted attribution, or a pair of them, with all that is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// At least one.
    pub wrong: Vec<Wrong>,
    /// The annotated one's place among the annotated.
    pub gold: Option<usize>,
    /// The predicted one's place among the predicted.
    pub predicted: Option<usize>,
    /// How much of the content the two share, letters shared over letters in either.
    pub jaccard: f64,
    /// The code point at which it is shown.
    pub at: u32,
}

/// All mistakes of an article. Those of the contents that the figures leave aside, because there are none, are among them.
pub fn mistakes(comparison: &Comparison<'_>) -> Vec<Mistake> {
    let (gold, predicted) = (comparison.gold, comparison.predicted);
    let (pairs, taken) = comparison.pairs();
    let of_pair = |pair: &Candidate| {
        let wrong = wrong(comparison, pair);
        let at = start(&gold[pair.gold]).min(start(&predicted[pair.predicted]));
        Mistake { wrong, gold: Some(pair.gold), predicted: Some(pair.predicted), jaccard: pair.jaccard, at }
    };
    let missed = (0..gold.len()).filter(|&at| !taken.gold[at]).map(|place| Mistake {
        wrong: vec![Wrong::Missed],
        gold: Some(place),
        predicted: None,
        jaccard: 0.0,
        at: start(&gold[place]),
    });
    let spurious = (0..predicted.len()).filter(|&at| !taken.predicted[at]).map(|place| Mistake {
        wrong: vec![Wrong::Spurious],
        gold: None,
        predicted: Some(place),
        jaccard: 0.0,
        at: start(&predicted[place]),
    });
    let mut mistakes: Vec<Mistake> =
        pairs.iter().map(of_pair).filter(|mistake| !mistake.wrong.is_empty()).chain(missed).chain(spurious).collect();
    mistakes.sort_by_key(|mistake| (mistake.at, mistake.gold, mistake.predicted));
    mistakes
}

/// Where the first of its words stands; 0 where it has none.
fn start(attribution: &Attribution) -> u32 {
    Role::ALL.iter().flat_map(|&role| attribution.spans(role)).map(|span| span.start).min().unwrap_or(0)
}

fn wrong(comparison: &Comparison<'_>, pair: &Candidate) -> Vec<Wrong> {
    let (gold, predicted) = (&comparison.gold[pair.gold], &comparison.predicted[pair.predicted]);
    let (gold_parts, predicted_parts) = (&comparison.gold_parts[pair.gold], &comparison.predicted_parts[pair.predicted]);
    let exact = gold_parts.same_content(predicted_parts);
    let named = predicted.who.is_some() || predicted.kind.is_some();
    let other_name = |who: &String| !same_name(who, predicted.who.as_deref().unwrap_or_default());
    let found = [
        (Wrong::Span, !exact && pair.jaccard < THRESHOLDS[0]),
        (Wrong::Edge, !exact && pair.jaccard >= THRESHOLDS[0]),
        (Wrong::Source, !comparison.same_source(pair)),
        (Wrong::Cue, !comparison.same_cue(pair)),
        (Wrong::Act, differ(gold.act, predicted.act)),
        (Wrong::Kind, differ(gold.kind, predicted.kind)),
        (Wrong::Quotation, differ(gold.quotation, predicted.quotation)),
        (Wrong::Who, named && gold.who.as_ref().is_some_and(other_name)),
    ];
    found.into_iter().filter(|(_, is)| *is).map(|(wrong, _)| wrong).collect()
}

/// Whether both are known and not the same.
fn differ<L: PartialEq>(gold: Option<L>, predicted: Option<L>) -> bool {
    gold.zip(predicted).is_some_and(|(gold, predicted)| gold != predicted)
}
