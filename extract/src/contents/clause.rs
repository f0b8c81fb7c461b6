//! Where a clause or an object ends, and the reporter's own sentence goes on.

use std::ops::Range;

use language::{Class, TokenKind, VerbForm};

use crate::attribution::one;
use crate::cues::has_reporting_form;
use crate::phrases::is_finite;
use crate::reading::Reading;
use crate::rules::rules;

/// The end of the clause that begins at `start`: before what belongs to the reporter's sentence again.
pub(super) fn clause_end(reading: &Reading<'_>, start: usize, ceiling: usize) -> usize {
    let mut at = start;
    while at < ceiling {
        if let Some(quotation) = reading.quotation(at) {
            // Where the quotation ends a sentence, the content ends with it.
            at = quotation.tokens.end.min(ceiling).max(at + 1);
            continue;
        }
        let token = &reading.tokens[at];
        if (at > start && names_venue(reading, at, ceiling))
            || token.is(";")
            || (token.is(")") && !(start..at).any(|before| reading.is(before, "(")))
            || (at > start && leaves_clause(reading, at, ceiling))
        {
            break;
        }
        at += 1;
    }
    while at > start && ends_with_sign(reading, at - 1) {
        at -= 1;
    }
    at
}

/// "in a statement", "in his speech": where it was said is no part of what was said.
fn names_venue(reading: &Reading<'_>, at: usize, ceiling: usize) -> bool {
    let article = matches!(reading.token(at + 1).map(|token| &*token.plain), Some("a" | "an" | "his" | "her" | "their" | "its"));
    let introduced = matches!(&*reading.tokens[at].plain, "in" | "during" | "at" | "on" | "via") && article;
    introduced && (at + 2..ceiling.min(at + 6)).any(|noun| rules().venues.contains(&*reading.tokens[noun].plain))
}

fn ends_with_sign(reading: &Reading<'_>, last: usize) -> bool {
    let token = &reading.tokens[last];
    reading.quotation(last).is_none()
        && matches!(&*token.plain, "." | "," | "!" | "?" | ":" | ";" | "—" | "–" | "--" | "-" | "…" | "..." | "(")
        && token.kind == TokenKind::Sign
}

/// Whether the reporter's own sentence goes on at `at`: ", adding …", ", according to …", "and accused …", ", while …".
fn leaves_clause(reading: &Reading<'_>, at: usize, ceiling: usize) -> bool {
    let token = &reading.tokens[at];
    let comma = token.is(",");
    let link = token.is("and") || token.is("but");
    if !(comma || link) {
        return false;
    }
    let mut next = at + 1;
    if comma && (reading.is(next, "and") || reading.is(next, "but")) {
        next += 1;
    }
    let Some(after) = reading.token(next).filter(|_| next < ceiling) else { return comma };
    let verb = skip_words(reading, next, ceiling, |c| c.has(Class::Adverb) || c.has(Class::Auxiliary));
    let finite = (has_form(reading, verb, VerbForm::Past)
        || has_form(reading, verb, VerbForm::Third)
        || (verb > next && has_form(reading, verb, VerbForm::Base)))
        && reading.is(next - 1, if comma && next == at + 1 { "," } else { &reading.tokens[next - 1].plain });
    if (link || next > at + 1) && finite {
        return true;
    }
    if !comma {
        return false;
    }
    let adverbs = skip_words(reading, next, ceiling, |c| c.has(Class::Adverb));
    let participle = has_form(reading, adverbs, VerbForm::Ing) || after.is("citing");
    let contrast = matches!(&*after.plain, "while" | "although" | "though" | "despite" | "whereas" | "according" | "even" | "as")
        || (reading.is(next - 1, "but") && !after.is("that"));
    participle || contrast
}

pub(super) fn has_form(reading: &Reading<'_>, at: usize, form: VerbForm) -> bool {
    reading.token(at).is_some_and(|token| !token.capital && has_reporting_form(&token.plain, form))
}

fn skip_words(reading: &Reading<'_>, from: usize, ceiling: usize, test: impl Fn(language::Classes) -> bool) -> usize {
    (from..ceiling.min(from + 4)).find(|&at| !test(reading.tokens[at].classes)).unwrap_or(from)
}

/// The end of an object noun phrase with all that hangs on it: the clause's end, but for a new sentence part.
pub(super) fn noun_end(reading: &Reading<'_>, start: usize, ceiling: usize) -> usize {
    let end = clause_end(reading, start, ceiling);
    let colon = (start..end).find(|&at| reading.is(at, ":") && reading.quotation(at).is_none());
    let new_part = (start + 1..end).find(|&at| {
        let next = reading.token(at + 1);
        let comma = reading.is(at, ",") && reading.quotation(at).is_none();
        comma
            && next.is_some_and(|next| {
                next.has(Class::SubjectPronoun) && !next.has(Class::Relative)
                    || next.verb == Some(VerbForm::Ing)
                    || next.has(Class::Coordinator) && !next.is("and")
            })
    });
    colon.into_iter().chain(new_part).min().unwrap_or(end)
}

/// Whether a clause with a verb of its own begins at `at`: its verb comes before any relative pronoun, dash or colon.
pub(super) fn holds_clause(reading: &Reading<'_>, at: usize, ceiling: usize) -> bool {
    let end = clause_end(reading, at, ceiling);
    let verb = (at..end).find(|&inner| {
        let token = &reading.tokens[inner];
        is_finite(token) || (inner > at && has_form(reading, inner, VerbForm::Base))
    });
    verb.is_some_and(|verb| {
        let breaks = |inner: usize| {
            let token = &reading.tokens[inner];
            token.has(Class::Relative) || token.is("that") || matches!(&*token.plain, "—" | "–" | "--" | ":" | "-")
        };
        end > at + 1 && !(at + 1..verb).any(breaks)
    })
}

/// The clause from `start`, and one that is joined to it by "but that" or "and that".
pub(super) fn coordinated_clauses(reading: &Reading<'_>, start: usize, ceiling: usize) -> Vec<Range<usize>> {
    let end = clause_end(reading, start, ceiling);
    let joined = (start + 1..end)
        .find(|&at| matches!(&*reading.tokens[at].plain, "but" | "and") && reading.is(at + 1, "that") && reading.quotation(at).is_none());
    match joined {
        Some(at) if at + 2 < end => {
            let before = if reading.is(at - 1, ",") { at - 1 } else { at };
            [start..before, at + 2..end].into_iter().filter(|range| !range.is_empty()).collect()
        }
        _ if end > start => one(start..end),
        _ => Vec::new(),
    }
}

pub(super) fn opens_quotation(reading: &Reading<'_>, at: usize) -> bool {
    reading.quotation(at).is_some_and(|quotation| quotation.tokens.start == at)
}

/// The comma after which the main clause begins, appositions skipped.
pub(super) fn clause_comma(reading: &Reading<'_>, comma: usize, ceiling: usize) -> usize {
    let next = reading.token(comma + 1);
    let apposed = next.is_some_and(|token| token.has(Class::Relative) || matches!(&*token.plain, "a" | "an"));
    let second = (comma + 1..ceiling).find(|&at| reading.is(at, ",") && reading.quotation(at).is_none());
    match second {
        Some(second) if apposed && second + 1 < ceiling => second,
        _ => comma,
    }
}

/// Where the clause that ends before `end` begins: after another attribution's words in the same sentence.
pub(super) fn clause_start(reading: &Reading<'_>, floor: usize, end: usize) -> usize {
    (floor..end).rev().find(|&at| reading.is(at, ";")).map_or_else(|| skip_lead(reading, floor, end), |at| at + 1)
}

pub(super) fn skip_lead(reading: &Reading<'_>, start: usize, end: usize) -> usize {
    (start..end).find(|&at| !matches!(&*reading.tokens[at].plain, "but" | "and" | "," | "\"")).unwrap_or(start)
}
