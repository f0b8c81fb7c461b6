//! The offices of persons as the words around a name tell them, and whom a spokesperson speaks for.

use std::ops::Range;

use language::{Class, Name, TokenKind};

use crate::lists::lists;
use crate::reading::Reading;

/// So many words about a name may tell who it is.
const REACH: usize = 12;

/// The words of a source that tell its office: before the name, or in apposition to it.
pub(crate) fn role(reading: &Reading<'_>, source: &Range<usize>, name: &Name) -> Option<Range<usize>> {
    let comma_end = |from: usize| (from..source.end).find(|&at| reading.is(at, ",")).unwrap_or(source.end);
    let before = source.start..name.full.start;
    let before = before.start..if before.len() > 1 && reading.is(before.end - 1, ",") { before.end - 1 } else { before.end };
    let tells = |range: &Range<usize>| range.clone().any(|at| lists().kinds.person.contains(&*reading.tokens[at].plain));
    let title = name.full.start.max(source.start)..name.bare.start;
    let after_start = name.full.end + 1;
    let mut after = after_start.min(source.end)..source.end;
    if after.start < after.end && reading.tokens[after.start].kind == TokenKind::Number {
        // An age stands before the office.
        after.start = (comma_end(after.start) + 1).min(source.end);
    }
    let joined = before.start..if title.is_empty() { before.end } else { title.end };
    [joined, before, after, title].into_iter().find(|range| !range.is_empty() && tells(range)).map(|range| without_article(reading, &range))
}

/// The words next to a name that may tell who it is: titles, words before it in its phrase, an apposition up to its first comma.
pub(crate) fn about(reading: &Reading<'_>, name: &Name) -> impl Iterator<Item = usize> {
    let closes = |at: &usize| {
        let token = &reading.tokens[*at];
        !token.is_word()
            || token.has(Class::Preposition)
            || token.has(Class::Coordinator)
            || token.has(Class::Auxiliary)
            || token.is("that")
    };
    // "the Kremlin spokesman, Dmitry Peskov": an apposition may stand before the name, when it begins with an article.
    let comma = name.full.start.checked_sub(1).filter(|&at| reading.is(at, ","));
    let end = comma.unwrap_or(name.full.start);
    let floor = end.saturating_sub(REACH / 2);
    let from = (floor..end).rev().find(closes).map_or(floor, |at| at + 1);
    let article = (from..end).rev().find(|&at| reading.tokens[at].has(Class::Determiner));
    let before = match (article, comma) {
        (Some(article), _) => article..end,
        (None, Some(_)) => end..end,
        (None, None) => from..end,
    };
    let opens = reading.token(name.full.end).is_some_and(|token| token.is(",") || token.is("("));
    let start = name.full.end + 1;
    let begins = opens
        && reading.token(start).is_some_and(|token| token.is_word() && !token.has(Class::SubjectPronoun) && !token.has(Class::Coordinator));
    let ceiling = if begins { (start + REACH).min(reading.tokens.len()) } else { start };
    let until = (start..ceiling).find(|at| !reading.tokens[*at].is_word()).unwrap_or(ceiling);
    before.chain(name.full.start..name.bare.start).chain(start..until)
}

/// Whom a spokesperson speaks for: "Kremlin" of "Kremlin spokesperson" and of "spokesperson for the Kremlin".
pub(crate) fn speaks_for(reading: &Reading<'_>, role: &Range<usize>) -> Option<String> {
    let speaker = role.clone().find(|&at| lists().kinds.spokespersons.contains(&*reading.tokens[at].plain))?;
    let before = (role.start..speaker).rev().find_map(|at| reading.name(at));
    let after = || {
        let link = (speaker + 1..role.end).find(|&at| matches!(&*reading.tokens[at].plain, "for" | "of"))?;
        (link + 1..role.end).find_map(|at| reading.name(at))
    };
    let name = before.or_else(after)?;
    let end = name.bare.end.min(speaker.max(name.bare.start + 1));
    let end = if name.bare.start > speaker { name.bare.end } else { end };
    Some(reading.words(&(name.full.start.min(name.bare.start)..end)).to_owned())
}

/// A phrase without its article and a numeral behind that: "officials" of "the two officials".
pub(crate) fn without_article(reading: &Reading<'_>, phrase: &Range<usize>) -> Range<usize> {
    let article = phrase.len() > 1 && matches!(&*reading.tokens[phrase.start].plain, "the" | "a" | "an");
    let start = if article { phrase.start + 1 } else { phrase.start };
    let numeral = phrase.len() > 1 && reading.tokens[start].has(Class::Numeral) && article;
    if numeral { start + 1..phrase.end } else { start..phrase.end }
}
