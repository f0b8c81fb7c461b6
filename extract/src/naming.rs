//! Which name in the words of a source names it, and under which words a source without one is filed.

use std::ops::Range;

use claims::SourceKind;
use language::{Class, Name, NameKind, Token, VerbForm, is_first_name};

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

/// The name that names the source: alone between commas, or as the head of the phrase.
pub(crate) fn naming(reading: &Reading<'_>, source: &Range<usize>) -> Option<Name> {
    let mut start = source.start;
    let mut head_name = None;
    while start < source.end {
        let end = (start..source.end).find(|&at| reading.is(at, ",")).unwrap_or(source.end);
        let segment = start..end;
        if !segment.is_empty() {
            let open = segment.clone().find(|&at| reading.is(at, "(")).filter(|&open| open > start).unwrap_or(end);
            let at = if start == source.start { head(reading, &segment) } else { open - 1 };
            let common = lists().kinds.group.contains(&*reading.tokens[at].plain);
            let name = reading.name(at).filter(|name| !common && (name.full.end == at + 1 || name.bare.contains(&at)));
            let whole = name.is_some_and(|name| name.full.start <= start + 1 || (start == source.start && name.full.start >= start));
            if let Some(name) = name.filter(|_| whole) {
                let first = start == source.start;
                let person = matches!(name.kind, NameKind::Person | NameKind::Unknown)
                    && !lists().kinds.government_names.contains(reading.words(&name.bare));
                if first || (head_name.is_none() && person && name.full.start == start && name.bare.len() > 1) {
                    head_name = head_name.or(Some(name));
                }
                if first {
                    break;
                }
            }
        }
        start = end + 1;
    }
    // A headline in capitals may read as one long name: what lies beyond the source is none of it.
    let within = |range: &Range<usize>| range.start.max(source.start)..range.end.min(source.end);
    let name = head_name.filter(|name| !is_office(reading, &name.bare))?;
    let clipped = Name { full: within(&name.full), bare: within(&name.bare), kind: name.kind };
    Some(if clipped.bare.is_empty() { Name { bare: clipped.full.clone(), ..clipped } } else { clipped })
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
