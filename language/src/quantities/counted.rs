//! What a figure counts: the noun with its adjectives, up to its plural.

use std::ops::Range;

use super::lists::lists;
use crate::inflection::VerbForm;
use crate::tokens::{Token, TokenKind};
use crate::words::Class;

/// Longer phrases are none.
const MAX_WORDS: usize = 6;

/// After a unit or a share, behind an "of": whatever noun phrase stands there. The words after "worth of" likewise.
pub(super) fn measured(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let of = (at..at + 2).find(|&of| tokens.get(of).is_some_and(|token| token.is("of") && (of == at || tokens[at].is("worth"))))?;
    owned_phrase(tokens, of + 1, false)
}

/// After a plain number: "North Korean soldiers", "of the soldiers"; a plural unless the number is one.
pub(super) fn counted(tokens: &[Token], at: usize, one: bool) -> Option<Range<usize>> {
    let of = tokens.get(at).is_some_and(|token| token.is("of"));
    if of {
        return owned_phrase(tokens, at + 1, !one);
    }
    let mut start = at;
    while tokens.get(start).is_some_and(|token| lists().skipped.contains(&*token.plain)) {
        start += 1;
    }
    phrase(tokens, start, !one)
}

/// Behind "of": past "the", "his most" and "Mr. Roe's", which do not belong to what is counted.
fn owned_phrase(tokens: &[Token], at: usize, plural: bool) -> Option<Range<usize>> {
    let owner = |at: usize| tokens.get(at).is_some_and(|token| lists().owners.contains(&*token.plain));
    let named = (at..tokens.len().min(at + MAX_WORDS))
        .take_while(|&place| tokens[place].is_word() || owner(place))
        .find(|&place| tokens[place].is("'s"));
    let from = named.map_or(at, |name| name + 1);
    let start = (from..from + 2).find(|&place| !owner(place)).unwrap_or(from + 2);
    phrase(tokens, start, plural)
}

/// The words from `start` that make a noun phrase, up to its first plural, or the last of two that follow each other. Where
/// `plural` is asked for, a phrase without one is none.
fn phrase(tokens: &[Token], start: usize, plural: bool) -> Option<Range<usize>> {
    let mut end = start;
    // "college and university campuses"
    let joins = |at: usize| at > start && tokens[at].is("and") && tokens.get(at + 1).is_some_and(|_| belongs(tokens, at + 1));
    while end < tokens.len() && end - start < MAX_WORDS && (belongs(tokens, end) || joins(end) && plural) {
        end += 1;
        let next_plural = tokens.get(end).is_some_and(|next| !next.capital && is_plural(next) && belongs(tokens, end));
        if is_plural(&tokens[end - 1]) && !next_plural {
            return Some(start..end);
        }
    }
    (!plural && end > start).then_some(start..end)
}

/// Whether a token can be part of what is counted.
fn belongs(tokens: &[Token], at: usize) -> bool {
    let stops = [
        Class::Preposition,
        Class::Auxiliary,
        Class::Coordinator,
        Class::Subordinator,
        Class::Relative,
        Class::SubjectPronoun,
        Class::ObjectPronoun,
        Class::Determiner,
        Class::Weekday,
        Class::Speech,
    ];
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    let followed = next.is_some_and(|next| next.kind == TokenKind::Word && (is_plural(next) || tokens.get(at + 2).is_some_and(is_plural)));
    let time = token.has(Class::Time) || token.has(Class::Month) && token.capital;
    // "registered voters", "rising costs"; "have left"
    let participle = matches!(token.verb, Some(VerbForm::Past | VerbForm::Participle | VerbForm::Ing)) && followed;
    let verb = token.verb.is_some() && !participle && !is_plural(token);
    token.kind == TokenKind::Word
        && !verb
        && !time
        && !stops.iter().any(|&class| token.has(class))
        && !lists().not_counted.contains(&*token.plain)
        && (!token.is_adverb() || followed)
        && !token.is("'s")
}

/// Whether a word looks like a noun in the plural.
pub(super) fn is_plural(token: &Token) -> bool {
    let plain = &*token.plain;
    let listed = lists().plurals.contains(plain);
    let regular =
        plain.len() > 2 && plain.ends_with('s') && !plain.ends_with("ss") && !plain.ends_with("'s") && !lists().not_plurals.contains(plain);
    token.kind == TokenKind::Word && (listed || regular && token.verb.is_none_or(|form| form == VerbForm::Third))
}

/// Whether a word is a unit of time in the plural: "days".
pub(super) fn is_time(plain: &str) -> bool {
    matches!(plain, "seconds" | "minutes" | "hours" | "days" | "weeks" | "months" | "years")
}
