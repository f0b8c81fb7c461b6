//! Contents that stand before their verb: “…,” X said; “…,” said X; …, X said; with what goes on after it.

use std::ops::Range;

use language::{Class, TokenKind, VerbForm};

use super::clause::{clause_end, has_form, skip_lead};
use crate::attribution::{Cue, one};
use crate::phrases::{begins_phrase, is_finite, phrase_after, skip_adjuncts};
use crate::reading::Reading;
use crate::rules::rules;

pub(super) type Sourced = (Range<usize>, Vec<Range<usize>>, bool);

/// "…," said X.
pub(super) fn inverted(reading: &Reading<'_>, cue: &Cue, sentence: &Range<usize>) -> Option<Sourced> {
    let (start, end) = (cue.tokens.start, cue.tokens.end);
    let first = reading.token(end).filter(|token| end < sentence.end && begins_phrase(token))?;
    if first.has(Class::ObjectPronoun) || (first.has(Class::SubjectPronoun) && !matches!(&*first.plain, "he" | "she" | "they")) {
        return None;
    }
    let (mut content, direct) = content_ending(reading, start, sentence)?;
    let source = phrase_after(reading, end, sentence.end)?;
    let rest = skip_adjuncts(reading, source.end, sentence.end);
    let split = !direct && !content.iter().any(|range| is_clause(reading, range));
    let rest = if split { remainder(reading, rest, sentence) } else { continuation(reading, rest, sentence) };
    if split && rest.is_none() {
        return None;
    }
    content.extend(rest);
    Some((source, content, direct))
}

/// “…,” X said; or …, X said: the content before the source, where none follows the verb.
pub(super) fn content_before(
    reading: &Reading<'_>,
    source: usize,
    after: usize,
    sentence: &Range<usize>,
) -> Option<(Vec<Range<usize>>, bool)> {
    let relative = source > sentence.start && reading.tokens[source - 1].has(Class::Relative);
    let (mut content, direct) = content_ending(reading, source, sentence).filter(|_| !relative)?;
    let rest = skip_adjuncts(reading, after, sentence.end);
    let at_end = rest >= sentence.end || reading.tokens[rest].kind == TokenKind::Sign && !reading.is(rest, ":");
    if !direct && !at_end {
        return None;
    }
    if direct && (reading.is(rest, "that") || reading.is(rest, ":")) {
        return None;
    }
    // "When she left, he said, “…”": the quotation is what was said.
    let opens_sentence = reading.token(rest + 2).is_some_and(|token| token.capital);
    if !direct
        && reading.is(rest, ",")
        && opens_sentence
        && reading.quotation(rest + 1).is_some_and(|quotation| quotation.tokens.start == rest + 1)
    {
        return None;
    }
    let split = !direct && !content.iter().any(|range| is_clause(reading, range));
    let rest = if split { remainder(reading, rest, sentence) } else { continuation(reading, rest, sentence) };
    if split && rest.is_none() {
        return None;
    }
    content.extend(rest);
    Some((content, direct))
}

/// What ends before token `end`, with the comma or closing mark there: a quotation, or the sentence so far.
fn content_ending(reading: &Reading<'_>, end: usize, sentence: &Range<usize>) -> Option<(Vec<Range<usize>>, bool)> {
    let last = end.checked_sub(1)?;
    let comma = reading.is(last, ",");
    let mark = if comma { last.checked_sub(1)? } else { last };
    if let Some(quotation) =
        reading.quotation(mark).filter(|quotation| quotation.tokens.end == mark + 1 && reading.quotation(last).is_some() != comma)
    {
        let tokens = quotation.tokens.clone();
        let ended = reading
            .token(mark.checked_sub(1)?)
            .is_some_and(|token| matches!(&*token.plain, "," | "?" | "!" | "." | "…" | "—" | "-" | "--" | "..." | "’" | "'" | "–"));
        if !(comma || ended) {
            return None;
        }
        let opening = reading.sentence(tokens.start).tokens.start;
        let alone = opening == tokens.start || reading.sentence_number(tokens.start) != reading.sentence_number(mark);
        let lead_free = (opening..tokens.start).all(|at| !reading.is(at, ":") && !is_reporting(reading, at));
        let start = if alone || !lead_free || !sentence_holds(reading, opening..tokens.start) { tokens.start } else { opening };
        return Some((one(start..tokens.end), start == tokens.start));
    }
    let start = skip_lead(reading, sentence.start, last);
    let whole = comma && last > start && reading.quotation(start).is_none_or(|quotation| quotation.tokens.end <= last);
    whole.then(|| (one(start..last), false))
}

/// Whether the words before a quotation belong to what is said.
fn sentence_holds(reading: &Reading<'_>, before: Range<usize>) -> bool {
    before.len() >= 2 && !reading.is(before.end - 1, ",")
}

fn is_reporting(reading: &Reading<'_>, at: usize) -> bool {
    [VerbForm::Past, VerbForm::Third].into_iter().any(|form| has_form(reading, at, form) && reading.tokens[at].plain.len() > 3)
        && rules().verbs[&*reading.tokens[at].plain].iter().any(|entry| entry.frames.quote && entry.rest.is_empty())
}

/// The rest of a clause that an attribution stands in the middle of: "The bridge, he said, will hold."
fn remainder(reading: &Reading<'_>, at: usize, sentence: &Range<usize>) -> Option<Range<usize>> {
    let start = at + 1;
    let end = if reading.is(at, ",") && start < sentence.end { clause_end(reading, start, sentence.end) } else { start };
    (end > start && is_clause(reading, &(start..end))).then_some(start..end)
}

/// As X said, …; …, as X said: the other clause of the sentence.
pub(super) fn as_said(reading: &Reading<'_>, source: usize, after: usize, sentence: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let start = source.checked_sub(1).filter(|&at| at >= sentence.start && reading.is(at, "as"))?;
    let rest = skip_adjuncts(reading, after, sentence.end);
    if start == sentence.start {
        let end = clause_end(reading, rest + 1, sentence.end);
        return (reading.is(rest, ",") && end > rest + 1).then(|| one(rest + 1..end));
    }
    let at_end = rest >= sentence.end || reading.tokens[rest].kind == TokenKind::Sign;
    let from = skip_lead(reading, sentence.start, start);
    (at_end && reading.is(start - 1, ",") && start - 1 > from).then(|| one(from..start - 1))
}

/// Whether the words have a verb, and so are a clause.
fn is_clause(reading: &Reading<'_>, range: &Range<usize>) -> bool {
    range.clone().any(|at| is_finite(&reading.tokens[at]) || has_form(reading, at, VerbForm::Base))
}

/// What goes on after an attribution in the middle: “…,” he said, “…” or …, he said, ….
pub(super) fn continuation(reading: &Reading<'_>, at: usize, sentence: &Range<usize>) -> Option<Range<usize>> {
    if !reading.is(at, ",") || at + 1 >= sentence.end {
        return None;
    }
    let start = at + 1;
    if let Some(quotation) = reading.quotation(start).filter(|quotation| quotation.tokens.start == start) {
        let end = quotation.tokens.end;
        let rest = clause_end(reading, start, sentence.end.max(end));
        return Some(start..if end >= sentence.end { end } else { rest.max(end) });
    }
    let token = &reading.tokens[start];
    let goes_on = is_finite(token) || token.has(Class::Preposition) && !token.is("according");
    let end = clause_end(reading, start, sentence.end);
    (goes_on && end > start && !has_form(reading, start, VerbForm::Ing)).then_some(start..end)
}
