//! The act of a claim, by the network and the words of its content; stance, polarity, certainty and target follow.

use std::ops::Range;

use claims::{Act, Certainty, Polarity, QuotationKind, Stance};

use crate::act_rules::act_of_content;
use crate::attribution::{Attribution, likeliest};
use crate::cues::Cue;
use crate::lists::lists;
use crate::phrases::phrase_after;
use crate::reading::Reading;

/// How likely the network must hold an act at least that the words of a content tell; chosen on the development sets.
const POSSIBLE: f32 = 0.05;

/// The act: what the network makes of it, unless the words of the content tell another (`rules/acts.toml`) that it holds possible.
pub(crate) fn act(reading: &Reading<'_>, attribution: &Attribution, quotation: QuotationKind) -> Act {
    let likeliest = likeliest(&attribution.scores.acts).map_or(Act::Say, |number| Act::ALL[number]);
    act_of_content(&padded(reading, attribution), likeliest, quotation == QuotationKind::Direct)
        .filter(|&told| attribution.scores.acts[told as usize] >= POSSIBLE)
        .unwrap_or(likeliest)
}

/// What an act means for what is claimed.
pub(crate) fn stance(act: Act) -> Stance {
    match act {
        Act::Deny => Stance::Deny,
        Act::Decline => Stance::NoComment,
        Act::Question => Stance::Query,
        _ => Stance::Support,
    }
}

/// Whether the content says that something is, or that it is not.
pub(crate) fn polarity(reading: &Reading<'_>, attribution: &Attribution) -> Polarity {
    let negative = attribution
        .content
        .iter()
        .flat_map(Clone::clone)
        .take(24)
        .any(|at| lists().certainty.negative.contains(&*reading.tokens[at].plain));
    if negative { Polarity::Negative } else { Polarity::Positive }
}

/// How sure the source is, by hedges in the content.
pub(crate) fn certainty(reading: &Reading<'_>, attribution: &Attribution, act: Act) -> Certainty {
    if matches!(act, Act::Question | Act::Decline) {
        return Certainty::Unknown;
    }
    let content = padded(reading, attribution);
    let holds = |words: &[String]| words.iter().any(|word| content.contains(word.as_str()));
    if holds(&lists().certainty.possible) {
        Certainty::Possible
    } else if holds(&lists().certainty.probable) {
        Certainty::Probable
    } else {
        Certainty::Certain
    }
}

/// The words of the article for what is denied, confirmed or not commented on, as tokens.
pub(crate) fn target(reading: &Reading<'_>, attribution: &Attribution, cue: Option<&Cue>, act: Act) -> Option<Range<usize>> {
    let settles = |act| matches!(act, Act::Deny | Act::Confirm | Act::Decline);
    if !settles(act) {
        return None;
    }
    let object = act == Act::Decline || cue.and_then(|cue| cue.act).is_some_and(settles);
    let named = attribution.content.first().filter(|range| object && reading.quotation(range.start).is_none()).cloned();
    let target = named.or_else(|| asked_about(reading, attribution))?;
    Some(target.start..target.end.min(target.start + 15))
}

/// "when asked about the call": what the question was about, in the sentence of the cue.
fn asked_about(reading: &Reading<'_>, attribution: &Attribution) -> Option<Range<usize>> {
    let cue = attribution.cue.as_ref()?;
    let sentence = reading.sentence(cue.start).tokens.clone();
    let about = sentence.clone().find(|&at| {
        reading.is(at, "about")
            && (at.saturating_sub(5)..at).any(|before| matches!(&*reading.tokens[before].plain, "asked" | "question" | "questions"))
            && reading.quotation(at).is_none()
    })?;
    phrase_after(reading, about + 1, sentence.end)
}

/// The words of the content in lower case, each between blanks; signs are left out. At most some hundred words.
fn padded(reading: &Reading<'_>, attribution: &Attribution) -> String {
    let mut padded = String::from(" ");
    for at in attribution.content.iter().flat_map(Clone::clone).take(300) {
        let token = &reading.tokens[at];
        if token.is_word() {
            padded.push_str(&token.plain);
            padded.push(' ');
        }
    }
    padded
}
