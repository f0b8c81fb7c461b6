//! Finds the words that name who speaks: the whole noun phrase, with title, apposition and relative clause.

use std::ops::Range;

use language::{Class, TokenKind, VerbForm};

use crate::phrases::{begins_phrase, is_finite, phrase_before};
use crate::reading::Reading;

/// The subject that stands before the verb group at `group`, in a sentence that begins at `floor`.
pub(crate) fn subject_before(reading: &Reading<'_>, group: usize, floor: usize) -> Option<Range<usize>> {
    let end = skip_back(reading, group, floor);
    let last = reading.token(end.checked_sub(1)?).filter(|_| end > floor)?;
    let subject = if last.has(Class::Relative) || (last.is("that") && end >= floor + 2) {
        let comma = end >= floor + 2 && reading.is(end - 2, ",");
        phrase_before(reading, if comma { end - 2 } else { end - 1 }, floor)
    } else if last.is(",") {
        parenthetical(reading, end - 1, floor)
    } else {
        phrase_before(reading, end, floor)
    }?;
    let own_voice = subject.len() == 1
        && matches!(
            &*reading.tokens[subject.start].plain,
            "i" | "we" | "you" | "i'm" | "i've" | "we've" | "i'd" | "we're" | "you're" | "there" | "this" | "which"
        );
    // A circumstance that could not be told from its phrase is no source: "with a tweet".
    let circumstance = reading.tokens[subject.start].has(Class::Preposition)
        && !matches!(&*reading.tokens[subject.start].plain, "about" | "around" | "over" | "under" | "near");
    (!own_voice && !circumstance).then_some(subject)
}

/// The subject of a sentence: what stands before its first finite verb.
pub(crate) fn subject_of_sentence(reading: &Reading<'_>, floor: usize, before: usize) -> Option<Range<usize>> {
    let verb = (floor..before).find(|&at| {
        let token = &reading.tokens[at];
        reading.quotation(at).is_none() && is_finite(token) && !follows_relative(reading, at, floor)
    })?;
    subject_before(reading, verb, floor)
}

fn follows_relative(reading: &Reading<'_>, at: usize, floor: usize) -> bool {
    (floor.max(at.saturating_sub(4))..at).any(|before| reading.tokens[before].has(Class::Relative))
}

/// Back over the adverbs and dates between a subject and its verb: "Peskov on Monday also".
fn skip_back(reading: &Reading<'_>, group: usize, floor: usize) -> usize {
    let mut end = group;
    while end > floor {
        let token = &reading.tokens[end - 1];
        let c = token.classes;
        let adverb = token.is_adverb();
        let dated = c.has(Class::Weekday) || matches!(&*token.plain, "yesterday" | "today");
        let period =
            matches!(&*token.plain, "week" | "month" | "year" | "night") && end >= floor + 2 && reading.tokens[end - 2].has(Class::Time);
        end -= match (adverb, dated, period) {
            (true, ..) => 1,
            (_, true, _) if end >= floor + 2 && reading.is(end - 2, "on") => 2,
            (_, true, _) => 1,
            (_, _, true) => 2,
            _ => break,
        };
    }
    end
}

/// "X, the chairman of Y," or "X, who was there," before a verb: from X to the last comma.
fn parenthetical(reading: &Reading<'_>, comma: usize, floor: usize) -> Option<Range<usize>> {
    let open = (floor.max(comma.saturating_sub(40))..comma)
        .rev()
        .take_while(|&at| inside_parenthesis(reading, at))
        .find(|&at| reading.is(at, ","))?;
    let mut head = phrase_before(reading, open, floor)?;
    for _ in 0..3 {
        let listed = head.start > floor && reading.is(head.start - 1, ",") && describes(reading, head.start);
        let Some(earlier) = listed.then(|| phrase_before(reading, head.start - 1, floor)).flatten() else { break };
        if reading.tokens[earlier.start].has(Class::Preposition) {
            break;
        }
        head = earlier;
    }
    let first = &reading.tokens[open + 1];
    let circumstance = first.has(Class::Preposition) && !first.is("of") || first.is_adverb() || first.verb == Some(VerbForm::Ing);
    Some(head.start..if circumstance { open } else { comma })
}

fn inside_parenthesis(reading: &Reading<'_>, at: usize) -> bool {
    let token = &reading.tokens[at];
    token.kind != TokenKind::LineEnd && reading.quotation(at).is_none() && !matches!(&*token.plain, ";" | ":" | "." | "?" | "!")
}

/// Whether what begins here describes a person named before: an age, "a …", "the …", "of …".
fn describes(reading: &Reading<'_>, at: usize) -> bool {
    let token = &reading.tokens[at];
    token.kind == TokenKind::Number
        || (!token.capital && (token.has(Class::Determiner) || token.has(Class::Relative) || begins_phrase(token)))
}
