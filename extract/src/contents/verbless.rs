//! Attributions by other than a reporting verb: refusals, "according to", "reports that", "reportedly".

use std::ops::Range;

use language::Class;

use super::before::continuation;
use super::clause::{clause_comma, clause_end, clause_start, holds_clause, noun_end, skip_lead};
use crate::attribution::{Attribution, Construction, Cue, one};
use crate::phrases::{phrase_after, phrase_before};
use crate::reading::Reading;

pub(super) fn refusal(reading: &Reading<'_>, cue: Cue, source: Option<Range<usize>>, sentence: &Range<usize>) -> Option<Attribution> {
    let source = source?;
    let at = cue.tokens.end;
    let about = matches!(reading.token(at).map(|token| &*token.plain), Some("on" | "about"))
        && reading.token(at + 1).is_some_and(|next| !next.has(Class::Weekday))
        && at + 1 < sentence.end;
    let asked = reading.token(at).is_some_and(|token| token.has(Class::Wh) && at < sentence.end);
    let start = if about { at + 1 } else { at };
    let end = if about || asked || ends_in_verb(&reading.tokens[at - 1].plain) { noun_end(reading, start, sentence.end) } else { start };
    let end = (start..end).find(|&at| reading.is(at, "when") && at > start).unwrap_or(end);
    let content = if end > start { one(start..end) } else { Vec::new() };
    Some(Attribution {
        construction: Construction::NoComment,
        cue: Some(cue),
        source: Some(source),
        speaker_of: None,
        content,
        addressee: None,
    })
}

/// Whether a refusal ends in a verb that takes what is refused as its object ("declined to discuss the case").
fn ends_in_verb(plain: &str) -> bool {
    matches!(plain, "confirm" | "discuss" | "disclose" | "identify" | "specify" | "say" | "provide" | "give" | "answer" | "explain")
}

pub(super) fn preposition(reading: &Reading<'_>, cue: Cue, sentence: &Range<usize>) -> Option<Attribution> {
    let named = phrase_after(reading, cue.tokens.end, sentence.end)?;
    let (start, end) = (cue.tokens.start, named.end);
    let joined = start > sentence.start && matches!(&*reading.tokens[start - 1].plain, "but" | "and" | ";" | "though" | "while");
    let leads = joined || start <= sentence.start + 1 || reading.tokens[start].capital;
    let mut source = named;
    let content = if leads {
        // The source ends with the comma before the clause that it stands for.
        let comma = (cue.tokens.end..sentence.end).find(|&at| reading.is(at, ",") && reading.quotation(at).is_none())?;
        let comma = clause_comma(reading, comma, sentence.end);
        source = cue.tokens.end..comma;
        let clause = clause_end(reading, comma + 1, sentence.end);
        let whole =
            reading.quotation(comma + 1).filter(|quotation| quotation.tokens.start == comma + 1 && quotation.tokens.end >= sentence.end);
        one(comma + 1..whole.map_or(clause, |quotation| quotation.tokens.end))
    } else {
        let from = clause_start(reading, sentence.start, start);
        let before = if reading.is(start - 1, ",") { start - 1 } else { start };
        let rest = continuation(reading, end, sentence).filter(|range| !reading.tokens[range.start].has(Class::Relative));
        let quotation = reading
            .quotation(before.checked_sub(1)?)
            .filter(|quotation| quotation.tokens.end == before && quotation.tokens.start < sentence.start);
        let first = quotation.map_or(from..before, |quotation| quotation.tokens.clone());
        std::iter::once(first).filter(|range| !range.is_empty()).chain(rest).collect()
    };
    let speaks = reading.tokens[source.clone()].iter().any(|token| token.has(Class::SubjectPronoun) || token.is_word());
    let holds = content.iter().any(|range| range.len() > 1) && content.iter().all(|range| !range.is_empty());
    (speaks && holds).then_some(Attribution {
        construction: Construction::AccordingTo,
        cue: Some(cue),
        source: Some(source),
        speaker_of: None,
        content,
        addressee: None,
    })
}

pub(super) fn noun(reading: &Reading<'_>, cue: Cue, sentence: &Range<usize>) -> Option<Attribution> {
    let (at, next) = (cue.tokens.start, cue.tokens.end);
    let to = reading.is(next, "to");
    let start = if to { next } else { next + 1 };
    let end = if reading.is(next, "that") { clause_end(reading, start, sentence.end) } else { noun_end(reading, start, sentence.end) };
    let source = owner(reading, at, sentence.start);
    let clause = !reading.is(next, "that") || holds_clause(reading, start, sentence.end);
    (end > start && clause).then_some(Attribution {
        construction: Construction::Noun,
        cue: Some(cue),
        source,
        speaker_of: None,
        content: one(start..end),
        addressee: None,
    })
}

/// Whose claim it is: "Smith's claim", "his pledge".
fn owner(reading: &Reading<'_>, noun: usize, floor: usize) -> Option<Range<usize>> {
    let at = (floor.max(noun.saturating_sub(3))..noun).rev().find(|&at| {
        let token = &reading.tokens[at];
        token.is("'s") || token.is("’") || matches!(&*token.plain, "his" | "her" | "their" | "its")
    })?;
    if !reading.tokens[at].is("'s") && !reading.tokens[at].is("’") {
        return Some(at..at + 1);
    }
    phrase_before(reading, at, floor)
}

pub(super) fn adverb(reading: &Reading<'_>, cue: Cue, sentence: &Range<usize>) -> Option<Attribution> {
    let at = cue.tokens.start;
    let floor = (sentence.start..at)
        .rev()
        .find(|&before| {
            let token = &reading.tokens[before];
            let opens = token.has(Class::Relative) || token.has(Class::Subordinator) && !token.has(Class::Preposition);
            opens || (matches!(&*token.plain, ";" | ":" | ",") && reading.quotation(before).is_none())
        })
        .map_or(sentence.start, |before| before + 1);
    let start = skip_lead(reading, floor, at);
    let end = clause_end(reading, cue.tokens.end, sentence.end);
    let content: Vec<Range<usize>> = [start..at, cue.tokens.end..end].into_iter().filter(|range| !range.is_empty()).collect();
    let enough = content.iter().map(ExactSizeIterator::len).sum::<usize>() > 2;
    enough.then_some(Attribution {
        construction: Construction::Adverb,
        cue: Some(cue),
        source: None,
        speaker_of: None,
        content,
        addressee: None,
    })
}
