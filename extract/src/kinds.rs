//! What kind a source is, by the words of its noun phrase.

use std::ops::Range;

use claims::{Anonymity, SourceKind};
use language::{Class, Name, NameKind, TokenKind};

use crate::lists::lists;
use crate::reading::Reading;

/// The head noun of a phrase: the last word before a preposition, comma, relative pronoun or participle.
pub(crate) fn head(reading: &Reading<'_>, phrase: &Range<usize>) -> usize {
    let stops = |at: usize| {
        let token = &reading.tokens[at];
        let c = token.classes;
        let inside_name = reading.name(at).is_some_and(|name| name.full.start < at && name.full.end > at + 1);
        let participle = at > phrase.start && token.verb.is_some() && !token.capital;
        let post = c.has(Class::Preposition)
            || c.has(Class::Relative)
            || token.is("that")
            || token.kind == TokenKind::Sign && !token.is("&") && !joins(reading, at)
            || token.kind == TokenKind::Mark && !possessive(reading, at, phrase.end);
        (post || participle || matches!(&*token.plain, "who" | "familiar" | "close")) && !inside_name
    };
    let end = (phrase.start + 1..phrase.end).find(|&at| stops(at)).unwrap_or(phrase.end);
    end - 1
}

/// "a Gazette/Harbour Watch poll": a sign that joins what stands around it.
fn joins(reading: &Reading<'_>, at: usize) -> bool {
    let close = |at: usize| reading.token(at).is_some_and(|token| !token.spaced);
    matches!(&*reading.tokens[at].plain, "/" | "-" | "–") && close(at) && close(at + 1)
}

/// "Harris’ campaign": a mark that does not end the phrase.
fn possessive(reading: &Reading<'_>, at: usize, end: usize) -> bool {
    let mark = matches!(&*reading.tokens[at].plain, "’" | "'");
    let owner = at > 0 && reading.tokens[at - 1].plain.ends_with('s') && !reading.tokens[at].spaced;
    mark && owner && at + 1 < end && reading.tokens[at + 1].is_word()
}

/// The kind of a source that is named by `name`.
pub(crate) fn kind_of_name(reading: &Reading<'_>, name: &Name, text: &str) -> SourceKind {
    let kinds = &lists().kinds;
    let plain = text.trim_start_matches("the ").trim_start_matches("The ");
    let whole = reading.words(&name.full);
    if lists().outlet(whole).is_some() || lists().outlet(&format!("The {plain}")).is_some() || lists().outlet(plain).is_some() {
        return SourceKind::Outlet;
    }
    let article = name.full.start > 0 && reading.is(name.full.start - 1, "the");
    let last = &*reading.tokens[name.bare.end - 1].plain;
    if lists().outlet_last_words.contains(last) && (article || plain.contains(' ')) {
        return SourceKind::Outlet;
    }
    if kinds.government_names.contains(plain) {
        return SourceKind::Government;
    }
    if kinds.organization_names.contains(plain) {
        return SourceKind::Organization;
    }
    match name.kind {
        NameKind::Government => SourceKind::Government,
        NameKind::Organization | NameKind::Company => SourceKind::Organization,
        NameKind::Person => SourceKind::Person,
        NameKind::Unknown => {
            let first = &plain[..plain.find(' ').unwrap_or(plain.len())];
            let acronym = first.len() >= 2 && first.len() == plain.len() && first.chars().all(|c| c.is_uppercase() || c == '.' || c == '&');
            // "the Sacklers" are people, "the Palace" is not.
            let body = article && !plain.ends_with('s');
            if acronym || body { SourceKind::Organization } else { SourceKind::Person }
        }
    }
}

/// What the article says of an unnamed source.
pub(crate) fn anonymity(reading: &Reading<'_>, phrase: &Range<usize>) -> Anonymity {
    let number = language::quantities(&reading.tokens[phrase.clone()])
        .into_iter()
        .find(|quantity| quantity.tokens.start == 0 && !quantity.approximate)
        .map(|quantity| quantity.value);
    let number = number.filter(|value| (0.0..1e6).contains(value) && value.fract() == 0.0).map(|value| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number, checked just above")]
        let whole = value as u32;
        whole
    });
    let article =
        reading.tokens[phrase.start].has(Class::Determiner) && !matches!(&*reading.tokens[phrase.start].plain, "some" | "several" | "many");
    let start = if article || reading.tokens[phrase.start].has(Class::Numeral) { phrase.start + 1 } else { phrase.start };
    let position = start.min(phrase.end - 1)..position_end(reading, phrase);
    Anonymity { number, position: reading.words(&position).to_owned(), reason: reason(reading, phrase) }
}

/// One past the described position: the clause that tells of the anonymity itself is none of it.
fn position_end(reading: &Reading<'_>, phrase: &Range<usize>) -> usize {
    let opens =
        |at: &usize| reading.is(*at, ",") && (*at..phrase.end).any(|after| lists().kinds.unnamed.contains(&*reading.tokens[after].plain));
    (phrase.start + 2..phrase.end).rfind(opens).unwrap_or(phrase.end)
}

/// Why it is not named, in the words of its sentence: "because they were not authorized to speak".
fn reason(reading: &Reading<'_>, phrase: &Range<usize>) -> Option<String> {
    let sentence = reading.sentence(phrase.start).tokens.clone();
    let anonymity = sentence.clone().find(|&at| lists().kinds.unnamed.contains(&*reading.tokens[at].plain))?;
    let because = (anonymity..sentence.end).find(|&at| matches!(&*reading.tokens[at].plain, "because" | "since" | "to"))?;
    let end = (because..sentence.end).find(|&at| matches!(&*reading.tokens[at].plain, "," | "." | ";")).unwrap_or(sentence.end);
    (end > because + 1).then(|| reading.words(&(because..end)).to_owned())
}
