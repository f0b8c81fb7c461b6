//! Contents that stand after their verb, by the frames that it takes.

use std::ops::Range;

use language::{Class, TokenKind, VerbForm};

use super::clause::{clause_end, coordinated_clauses, holds_clause, noun_end, opens_quotation};
use crate::attribution::{Construction, one};
use crate::phrases::{begins_phrase, is_finite, skip_adjuncts};
use crate::reading::Reading;
use crate::rules::VerbEntry;

pub(super) type After = (Construction, Vec<Range<usize>>, Option<Range<usize>>);

/// The content after a verb, by the frames that it takes.
pub(super) fn content_after(reading: &Reading<'_>, entry: &VerbEntry, after: usize, sentence: &Range<usize>) -> Option<After> {
    let ceiling = sentence.end;
    let frames = entry.frames;
    let addressee = entry.addressee.then(|| addressee(reading, after, ceiling)).flatten();
    let direct_object = frames.noun || frames.label || frames.object_to;
    let mut at = addressee.as_ref().map_or(after, |range| range.end);
    if frames.to && reading.is(at, "to") {
        let goes_on = reading.token(at + 1).is_some_and(|next| !next.has(Class::Determiner) && !next.capital && next.is_word());
        let end = clause_end(reading, at, ceiling);
        return (goes_on && end > at + 1).then(|| (Construction::VerbTo, one(at..end), addressee));
    }
    let adjuncts_end = skip_adjuncts(reading, at, ceiling);
    let then = |offset: usize, plain: &str| reading.is(adjuncts_end + offset, plain) && adjuncts_end + offset < ceiling;
    // "said on Tuesday that": the circumstance is skipped; "spoke of" and the like are read as they stand.
    if !direct_object
        || then(0, "that")
        || then(0, ":")
        || opens_quotation(reading, adjuncts_end)
        || reading.tokens.get(at).is_some_and(|token| token.has(Class::Weekday))
    {
        at = adjuncts_end;
    }
    if at >= ceiling {
        return None;
    }
    let comma = usize::from(reading.is(at, ","));
    if frames.quote
        && let Some(content) = lead_in(reading, at, ceiling)
    {
        return Some((Construction::QuoteLeadIn, content, addressee));
    }
    let that = at + comma;
    if frames.that && reading.is(that, "that") && that + 1 < ceiling {
        let start = if reading.is(that + 1, ",") { that + 2 } else { that + 1 };
        let content = coordinated_clauses(reading, start, ceiling);
        return Some((Construction::VerbThat, content, addressee)).filter(|(_, content, _)| !content.is_empty());
    }
    let token = &reading.tokens[at];
    let span = |construction| {
        let end = clause_end(reading, at, ceiling);
        (end > at).then(|| (construction, one(at..end), addressee.clone()))
    };
    if frames.wh && token.has(Class::Wh) {
        return span(Construction::VerbWh);
    }
    let opens = begins_phrase(token) || opens_quotation(reading, at) || token.is("there") || token.has(Class::SubjectPronoun);
    if frames.clause && opens && holds_clause(reading, at, ceiling) {
        return Some((Construction::VerbClause, coordinated_clauses(reading, at, ceiling), addressee))
            .filter(|(_, content, _)| !content.is_empty());
    }
    if frames.clause && is_finite(token) && !token.has(Class::SubjectPronoun) {
        return span(Construction::VerbGap);
    }
    let object = opens || token.has(Class::ObjectPronoun) || token.verb == Some(VerbForm::Ing) || token.has(Class::Wh);
    if frames.noun && object {
        let end = noun_end(reading, at, ceiling);
        if reading.is(end, ":") && end + 1 < ceiling {
            // "laid out three conditions: …": what follows the colon is what was said.
            let rest = clause_end(reading, end + 1, ceiling);
            return (rest > end + 1).then(|| (Construction::VerbNoun, one(end + 1..rest), addressee));
        }
        return (end > at).then(|| (Construction::VerbNoun, one(at..end), addressee));
    }
    if frames.object_to && object {
        let end = clause_end(reading, at, ceiling);
        let to = (at + 1..end).find(|&inner| reading.is(inner, "to") && reading.quotation(inner).is_none())?;
        let acts = (at..to).all(|inner| !is_finite(&reading.tokens[inner]) && !reading.is(inner, ","));
        return (acts && to + 1 < end).then(|| (Construction::VerbNoun, one(at..end), addressee));
    }
    if frames.label && object {
        let end = clause_end(reading, at, ceiling);
        return is_label(reading, at..end).then(|| (Construction::VerbNoun, one(at..end), addressee));
    }
    None
}

/// How far the content of a verb may reach: where its clause is subordinate ("While he said so, …"), to the comma that closes it.
pub(super) fn subordinate_ceiling(reading: &Reading<'_>, source: &Range<usize>, after: usize, sentence: &Range<usize>) -> usize {
    let before = source.start.checked_sub(1).filter(|&at| at >= sentence.start);
    let opens = before.is_some_and(|at| {
        let first = at == sentence.start || reading.is(at - 1, ",") || reading.is(at - 1, "and") || reading.is(at - 1, "but");
        first
            && matches!(
                &*reading.tokens[at].plain,
                "while" | "although" | "though" | "after" | "as" | "when" | "because" | "since" | "before" | "if"
            )
    });
    let comma = || (after..sentence.end).find(|&at| reading.is(at, ",") && reading.quotation(at).is_none());
    if opens { comma().unwrap_or(sentence.end) } else { sentence.end }
}

/// The quotation that a verb leads in: X said: “…”, X said, “…”, and in the next paragraph after a colon.
fn lead_in(reading: &Reading<'_>, at: usize, ceiling: usize) -> Option<Vec<Range<usize>>> {
    let led = reading.is(at, ":") || reading.is(at, ",");
    let mut start = if led { at + 1 } else { at };
    if reading.is(at, ":") && start >= ceiling && reading.token(start).is_some_and(|token| token.kind == TokenKind::LineEnd) {
        start += 1;
    }
    if reading.is(at, ":") && !opens_quotation(reading, start) && start < ceiling {
        let end = clause_end(reading, start, ceiling);
        return (end > start).then(|| one(start..end));
    }
    let quotation = reading.quotation(start).filter(|quotation| quotation.tokens.start == start)?;
    let whole = quotation.tokens.end + 1 >= ceiling;
    if whole {
        return Some(vec![quotation.tokens.clone()]);
    }
    // “…” and what follows it in the sentence, where the reporter goes on in the source's words.
    let end = clause_end(reading, start, ceiling);
    let own = led && end > quotation.tokens.end && !reading.is(quotation.tokens.end, "and");
    Some(one(start..if own { quotation.tokens.end } else { end.max(quotation.tokens.end) }))
}

/// "it a lie", "the talks as frank", "the report “fake”": an object and what it is called.
fn is_label(reading: &Reading<'_>, range: Range<usize>) -> bool {
    let inner = range.start + 1..range.end;
    inner.clone().any(|at| reading.is(at, "as") || reading.is(at, "a") || reading.is(at, "an") || opens_quotation(reading, at))
}

/// One past the addressee of a verb that may take one; else the verb's own end.
pub(super) fn addressee_end(reading: &Reading<'_>, entry: &VerbEntry, after: usize, ceiling: usize) -> usize {
    entry.addressee.then(|| addressee(reading, after, ceiling)).flatten().map_or(after, |range| range.end)
}

/// Somebody who is spoken to, after a verb that may take one: "reporters", "the Gazette", "him".
fn addressee(reading: &Reading<'_>, start: usize, ceiling: usize) -> Option<Range<usize>> {
    let first = reading.token(start).filter(|_| start < ceiling)?;
    let c = first.classes;
    if c.has(Class::ObjectPronoun)
        && !(c.has(Class::Determiner) && reading.token(start + 1).is_some_and(|next| begins_phrase(next) && !next.capital))
    {
        return Some(start..start + 1);
    }
    if !begins_phrase(first) || c.has(Class::SubjectPronoun) || opens_quotation(reading, start) {
        return None;
    }
    let mut end = start + 1;
    while end < ceiling && end - start < 12 {
        let (before, token) = (&reading.tokens[end - 1], &reading.tokens[end]);
        let c = token.classes;
        let closed = token.kind != TokenKind::Word && !token.is("’")
            || c.has(Class::SubjectPronoun)
            || c.has(Class::Wh)
            || token.is("that")
            || token.is("to")
            || c.has(Class::Weekday);
        let joined = before.has(Class::Preposition) || before.has(Class::Determiner) || before.is("'s") || before.is("and");
        let fresh = !joined && (c.has(Class::Determiner) || (token.capital && !before.capital));
        let adjunct = matches!(
            &*token.plain,
            "in" | "on" | "at" | "during" | "after" | "by" | "last" | "this" | "earlier" | "before" | "when" | "via" | "about"
        );
        if closed || fresh || adjunct {
            break;
        }
        if is_finite(token) {
            return (end - start == 2 && !first.capital).then_some(start..start + 1);
        }
        end += 1;
    }
    Some(start..end)
}
