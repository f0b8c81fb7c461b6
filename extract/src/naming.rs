//! Which name in the words of a source names it, and under which words a source without one is filed.

use std::ops::Range;

use claims::SourceKind;
use language::{Class, Name, NameKind, Token, VerbForm, is_first_name, is_name_suffix};

use crate::kinds::head;
use crate::lists::lists;
use crate::reading::Reading;
use crate::roles::without_article;

/// The words of a source without what only points back or shows possession: "Lind’s", "Lind himself".
pub(crate) fn bare(reading: &Reading<'_>, source: &Range<usize>) -> Range<usize> {
    let trails = |at: usize| matches!(&*reading.tokens[at].plain, "'s" | "'" | "’" | "himself" | "herself" | "itself" | "themselves");
    let end = source.clone().rev().find(|&at| !trails(at)).map_or(source.end, |at| at + 1);
    source.start..end
}

/// The name that names the source: as the head of the phrase, else in an apposition to it.
pub(crate) fn naming(reading: &Reading<'_>, source: &Range<usize>) -> Option<Name> {
    let segment = |from: usize| from..(from..source.end).find(|&at| reading.is(at, ",")).unwrap_or(source.end);
    let first = segment(source.start);
    let mut found = if first.is_empty() { None } else { heading(reading, &first) };
    let mut start = first.end + 1;
    while found.is_none() && start < source.end {
        let next = segment(start);
        found = if next.is_empty() { None } else { apposed(reading, &next) };
        start = next.end + 1;
    }
    // A headline in capitals may read as one long name: what lies beyond the source is none of it.
    let within = |range: &Range<usize>| range.start.max(source.start)..range.end.min(source.end);
    let name = found.filter(|name| !is_office(reading, &name.bare))?;
    let clipped = Name { full: within(&name.full), bare: within(&name.bare), kind: name.kind };
    Some(if clipped.bare.is_empty() { Name { bare: clipped.full.clone(), ..clipped } } else { clipped })
}

/// The name that the head of a phrase is part of, or "Ann Lee" of "a diver named Ann Lee".
fn heading<'r>(reading: &'r Reading<'_>, phrase: &Range<usize>) -> Option<&'r Name> {
    let head = head(reading, phrase);
    let named = head + 2 < phrase.end && matches!(&*reading.tokens[head + 1].plain, "named" | "called") && reading.name(head + 2).is_some();
    ending(reading, if named { head + 2 } else { head })
}

/// The name that ends at a token, or has it within.
fn ending<'r>(reading: &'r Reading<'_>, at: usize) -> Option<&'r Name> {
    let common = lists().kinds.group.contains(&*reading.tokens[at].plain);
    reading.name(at).filter(|name| !common && (name.full.end == at + 1 || name.bare.contains(&at)))
}

/// The person whom an apposition names: alone, behind words for what they are ("the diver Ann Lee"), or before where they are from
/// ("Ann Lee of Halden").
fn apposed<'r>(reading: &'r Reading<'_>, phrase: &Range<usize>) -> Option<&'r Name> {
    let person = |name: &&Name| {
        let person = matches!(name.kind, NameKind::Person | NameKind::Unknown);
        let initials = reading.tokens[name.bare.clone()].iter().all(|token| token.plain.chars().count() < 3);
        person && name.bare.len() > 1 && !initials && !lists().kinds.government_names.contains(reading.words(&name.bare))
    };
    let first_name = |name: &&Name| is_first_name(&reading.tokens[name.bare.start].plain);
    let end = phrase.clone().skip(1).find(|&at| reading.is(at, "(")).unwrap_or(phrase.end);
    let last = ending(reading, end - 1).filter(person);
    let leads =
        |at: usize| [Class::Preposition, Class::Coordinator, Class::Relative].into_iter().any(|class| reading.tokens[at].has(class));
    let noun_before = |name: &&Name| name.full.start > phrase.start && !(phrase.start..name.full.start).any(leads);
    let from = |name: &&Name| reading.token(name.full.end).is_some_and(|next| next.has(Class::Preposition)) && name.full.end < phrase.end;
    let alone = last.filter(|name| name.full.start == phrase.start);
    let behind = || last.filter(first_name).filter(noun_before);
    let before =
        || reading.name(phrase.start).filter(|name| name.full.start == phrase.start).filter(person).filter(first_name).filter(from);
    alone.or_else(behind).or_else(before)
}

/// "the former Attorney General", "Special Counsel": capitals of an office are no name. "Anna King" and "King" are.
fn is_office(reading: &Reading<'_>, bare: &Range<usize>) -> bool {
    let modified = bare.len() > 1 || bare.start.checked_sub(1).is_some_and(|before| begins_noun(&reading.tokens[before]));
    let person = bare.clone().any(|at| is_first_name(&reading.tokens[at].plain));
    modified && !person && lists().kinds.person.contains(&*reading.tokens[bare.end - 1].plain)
}

/// "the", "former": what stands before an office but not before a name.
fn begins_noun(token: &Token) -> bool {
    token.has(Class::Determiner) || matches!(&*token.plain, "former" | "then" | "acting" | "interim")
}

/// The parts of a source that is several by name: "Paul Ryde", "the mayor Ann Lee" of "Paul Ryde and the mayor Ann Lee".
pub(crate) fn parts(reading: &Reading<'_>, source: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let and = source.clone().find(|&at| reading.is(at, "and") && reading.name(at).is_none())?;
    let mut parts = Vec::new();
    let mut start = source.start;
    for end in (source.start..and).filter(|&at| reading.is(at, ",")).chain([and]) {
        parts.push(start..end);
        start = end + 1;
    }
    let aside = |at: &usize| matches!(&*reading.tokens[*at].plain, "," | "(" | "[" | "-" | "–" | "—");
    let last = and + 1..(and + 1..source.end).find(aside).unwrap_or(source.end);
    // "Ann Lee, the mayor, and Paul Ryde" has an empty part; "Ann Lee, mayor and judge" one without a name.
    let ends_in_name = |part: &Range<usize>| !part.is_empty() && reading.name(part.end - 1).is_some_and(|name| name.full.end == part.end);
    parts.push(last);
    // "Ann Lee (R-AZ)"
    for part in &mut parts {
        part.end = part.clone().find(|&at| reading.is(at, "(")).unwrap_or(part.end);
    }
    let office = |part: &Range<usize>| part.is_empty() || is_office(reading, part);
    (parts.iter().all(ends_in_name) && !parts.iter().any(office)).then_some(parts)
}

/// The last word of a person's name, behind which "Jr." may stand.
pub(crate) fn last_name(name: &str) -> &str {
    name.split_whitespace().rev().find(|word| !is_name_suffix(&word.to_lowercase())).unwrap_or(name)
}

/// The head of a phrase where it is filed by whose it is: "campaign" of "presidential campaign".
pub(crate) fn attributive<'t>(reading: &Reading<'t>, phrase: &Range<usize>) -> Option<&'t str> {
    let last = phrase.end.checked_sub(1).filter(|last| phrase.contains(last))?;
    lists().kinds.attributive.contains(&*reading.tokens[last].plain).then(|| reading.words(&(last..phrase.end)))
}

/// "Lindqvist campaign" of "Mayor Mara Lindqvist’s campaign".
pub(crate) fn of_somebody(reading: &Reading<'_>, source: &Range<usize>) -> Option<String> {
    let body = attributive(reading, source)?;
    let shows = |at: &usize| matches!(&*reading.tokens[*at].plain, "'s" | "’s" | "'" | "’");
    let owner = source.clone().rev().find(shows)?.checked_sub(1).and_then(|at| reading.name(at))?;
    (owner.bare.start >= source.start).then(|| format!("{} {body}", last_name(reading.words(&owner.bare))))
}

/// The words under which a source without a name is filed: without "the", and without clauses, asides and examples; of a document
/// also without when it came out ("released on Monday").
pub(crate) fn own_words<'t>(reading: &Reading<'t>, source: &Range<usize>, kind: SourceKind) -> &'t str {
    let ends = |at: &usize| {
        let token = &reading.tokens[*at];
        let example = matches!(&*token.plain, "including" | "like") || token.is("such") && reading.is(at + 1, "as");
        let aside = matches!(&*token.plain, "," | "(" | "-" | "–" | "—" | "but");
        aside || example || (token.has(Class::Relative) && !token.is("that"))
    };
    let phrase = if reading.is(source.start, "the") { without_article(reading, source) } else { source.clone() };
    let end = (phrase.start + 1..phrase.end).find(ends).unwrap_or(phrase.end);
    let mut told = phrase.start..end;
    if matches!(kind, SourceKind::Document | SourceKind::Outlet) {
        told.start = after_its_newness(reading, &told);
        told.end = before_its_date(reading, &told);
    }
    let words = reading.words(&told);
    // "they’re", "I’d": the pronoun alone.
    let pronoun = phrase.len() == 1 && reading.tokens[phrase.start].has(Class::SubjectPronoun);
    words.find(['\'', '’']).filter(|_| pronoun).map_or(words, |apostrophe| &words[..apostrophe])
}

/// Where a phrase begins behind how new it is: "memo" of "a newly obtained memo".
fn after_its_newness(reading: &Reading<'_>, phrase: &Range<usize>) -> usize {
    let article = usize::from(reading.tokens[phrase.start].has(Class::Determiner));
    let participle = phrase.start + article + 1;
    let obtained = participle + 1 < phrase.end
        && reading.tokens[participle - 1].is_adverb()
        && matches!(reading.tokens[participle].verb, Some(VerbForm::Past | VerbForm::Participle));
    if obtained { participle + 1 } else { phrase.start }
}

/// Where a phrase ends before it tells when: "a report earlier this month", "a poll released on Monday", "data published last year".
fn before_its_date(reading: &Reading<'_>, phrase: &Range<usize>) -> usize {
    let tells = |at: &usize| [Class::Weekday, Class::Month, Class::Time].into_iter().any(|class| reading.tokens[*at].has(class));
    let Some(mut end) = ((phrase.start + 1).max(phrase.end.saturating_sub(4))..phrase.end).find(tells) else { return phrase.end };
    let leads = |at: usize| {
        let token = &reading.tokens[at];
        let participle = matches!(token.verb, Some(VerbForm::Past | VerbForm::Participle)) && !token.capital;
        let closed = [Class::Determiner, Class::Preposition, Class::Numeral].into_iter().any(|class| token.has(class));
        participle || closed || token.is_adverb() || matches!(&*token.plain, "last" | "next" | "earlier" | "later")
    };
    while end > phrase.start + 1 && leads(end - 1) {
        end -= 1;
    }
    // "a January report": the month stands before what it is of.
    if end == phrase.start + 1 && leads(phrase.start) { phrase.end } else { end }
}
