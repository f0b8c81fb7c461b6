//! Noun phrases, told by word classes alone: where one ends.

use std::ops::Range;

use language::{Class, Token, TokenKind, VerbForm};

use crate::reading::Reading;

/// A noun phrase is looked for so many tokens far.
const REACH: usize = 45;

/// The noun phrase that begins at token `start`, with apposition and relative clause, up to `ceiling`.
pub(crate) fn phrase_after(reading: &Reading<'_>, start: usize, ceiling: usize) -> Option<Range<usize>> {
    let mut at = start;
    let ceiling = ceiling.min(start + REACH);
    while at < ceiling {
        let token = &reading.tokens[at];
        if token.is(",") {
            match apposition(reading, at, ceiling) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => break,
            }
        }
        if token.is("(") {
            match (at..ceiling.min(at + 12)).find(|&close| reading.is(close, ")")) {
                Some(close) => {
                    at = close + 1;
                    continue;
                }
                None => break,
            }
        }
        if token.has(Class::Relative) && at > start {
            at = (at..ceiling)
                .find(|&end| reading.tokens[end].kind == TokenKind::Sign || reading.tokens[end].kind == TokenKind::Mark)
                .unwrap_or(ceiling);
            continue;
        }
        if ends_phrase(reading, at, start) {
            break;
        }
        at += 1;
    }
    let phrase = start..at;
    is_nominal(reading, &phrase).then_some(phrase)
}

/// Whether the token can begin a noun phrase.
pub(crate) fn begins_phrase(token: &Token) -> bool {
    let c = token.classes;
    let closed =
        [Class::Preposition, Class::Coordinator, Class::Subordinator, Class::Auxiliary, Class::Relative, Class::Wh, Class::Negation];
    let excluded = closed.iter().any(|&class| c.has(class)) && !c.has(Class::Determiner) && !c.has(Class::SubjectPronoun);
    let adverb = token.is_adverb();
    let sign = matches!(&*token.plain, "$" | "£" | "€");
    let verb = token.verb.is_some_and(|form| form != VerbForm::Ing) && !token.capital;
    (token.is_word() || sign) && !excluded && !adverb && !verb
}

/// Whether the token is an auxiliary or a verb in a finite form, as far as the lists tell.
pub(crate) fn is_finite(token: &Token) -> bool {
    let auxiliary =
        token.has(Class::Auxiliary) && !matches!(&*token.plain, "being" | "having" | "be" | "been") && !(token.is("may") && token.capital);
    auxiliary || (!token.capital && matches!(token.verb, Some(VerbForm::Past | VerbForm::Third)))
}

fn stops_phrase(reading: &Reading<'_>, at: usize) -> bool {
    let token = &reading.tokens[at];
    let c = token.classes;
    match token.kind {
        TokenKind::LineEnd | TokenKind::Mark => !token.is("’") && !token.is("'") || reading.quotation(at).is_some(),
        TokenKind::Sign => !matches!(&*token.plain, "&" | "%" | "$" | "/" | "£" | "€" | "-"),
        TokenKind::Word if token.is("that") => !reading.token(at + 1).is_some_and(|next| is_finite(next) || next.verb.is_some()),
        TokenKind::Word => {
            let but = matches!(&*token.plain, "but" | "so" | "yet" | "nor");
            but || (c.has(Class::Subordinator) && !token.capital && !token.is("as") && !c.has(Class::Relative))
                || (c.has(Class::Wh) && !c.has(Class::Relative))
        }
        TokenKind::Number => false,
    }
}

/// The relative pronoun, with the comma before it, whose clause the verb at `at` stands in.
fn relative_before(reading: &Reading<'_>, at: usize, floor: usize) -> Option<usize> {
    let from = floor.max(at.saturating_sub(8));
    (from..at).rev().take_while(|&before| !stops_phrase(reading, before)).find(|&before| {
        let token = &reading.tokens[before];
        token.has(Class::Relative) || token.is("that")
    })
}

/// The end of an apposition or relative clause that begins with the comma at `comma`.
fn apposition(reading: &Reading<'_>, comma: usize, ceiling: usize) -> Option<usize> {
    let first = reading.token(comma + 1).filter(|_| comma + 1 < ceiling)?;
    let relative = first.has(Class::Relative);
    let begins = first.has(Class::Determiner) || first.kind == TokenKind::Number || first.capital || first.is("of") || begins_phrase(first);
    let describes = begins && !first.has(Class::SubjectPronoun) && first.verb != Some(VerbForm::Ing);
    if !relative && !describes {
        return None;
    }
    let mut end = comma + 1;
    while end < ceiling {
        let token = &reading.tokens[end];
        if token.is(",") || token.kind == TokenKind::Mark || matches!(&*token.plain, ";" | "." | ":" | "—" | "–") {
            break;
        }
        if !relative && is_finite(token) && relative_before(reading, end, comma).is_none() {
            return None;
        }
        if !relative && end > comma + 1 && ends_phrase(reading, end, comma + 1) {
            break;
        }
        end += 1;
    }
    Some(end)
}

/// Whether a phrase that began at `start` ends before token `at`.
fn ends_phrase(reading: &Reading<'_>, at: usize, start: usize) -> bool {
    let token = &reading.tokens[at];
    let c = token.classes;
    let next = reading.token(at + 1);
    let next_proper = next.is_some_and(|next| next.capital && !next.has(Class::Weekday) && !next.has(Class::Month))
        || (next.is_some_and(|next| next.is("the")) && reading.token(at + 2).is_some_and(|after| after.capital));
    match token.kind {
        TokenKind::LineEnd => true,
        TokenKind::Mark => !(token.is("’") || token.is("'")),
        TokenKind::Sign => !matches!(&*token.plain, "&" | "%" | "$" | "/" | "£" | "€" | "-"),
        TokenKind::Number => false,
        TokenKind::Word if at == start => false,
        TokenKind::Word => {
            let pronoun =
                c.has(Class::SubjectPronoun) && !c.has(Class::Relative) || c.has(Class::ObjectPronoun) && !c.has(Class::Determiner);
            let preposition = c.has(Class::Preposition)
                && match &*token.plain {
                    "of" | "for" | "from" => false,
                    "in" | "at" | "on" | "with" | "to" | "near" | "by" => !next_proper,
                    _ => true,
                };
            let coordinator = c.has(Class::Coordinator) && !(token.is("and") && next.is_some_and(begins_phrase));
            let dated = c.has(Class::Weekday) || (c.has(Class::Month) && token.capital && !token.is("may"));
            let late = (c.has(Class::Adverb) || c.has(Class::Time)) && !c.has(Class::Determiner) && !token.capital;
            let participle = reading.token(at).is_some_and(|token| token.verb == Some(VerbForm::Ing) && !token.capital);
            pronoun
                || preposition
                || coordinator
                || dated
                || late
                || participle
                || is_finite(token)
                || (c.has(Class::Subordinator) && !token.capital)
        }
    }
}

/// Whether a phrase has something that can speak: a pronoun, a name or a noun.
fn is_nominal(reading: &Reading<'_>, phrase: &Range<usize>) -> bool {
    reading.tokens[phrase.clone()].iter().any(|token| {
        let c = token.classes;
        let dated = c.has(Class::Weekday) || c.has(Class::Time);
        let closed =
            c.has(Class::Preposition) || c.has(Class::Auxiliary) || c.has(Class::Adverb) || c.has(Class::Coordinator) || c.has(Class::Wh);
        let speaks = matches!(&*token.plain, "some" | "many" | "others" | "both" | "several" | "most" | "few" | "those" | "two" | "three");
        let determiner = c.has(Class::Determiner) && !speaks;
        token.kind == TokenKind::Word && ((c.has(Class::SubjectPronoun) && !token.is("there")) || !(dated || closed || determiner))
    })
}
