//! Who is spoken to: what stands between a cue such as "told" and its content.

use std::ops::Range;

use language::{Class, TokenKind};

use crate::attribution::Attribution;
use crate::cues::Cue;
use crate::phrases::{begins_phrase, is_finite};
use crate::reading::Reading;

/// Who is spoken to in an attribution: "reporters" of "told reporters that".
pub(crate) fn addressee(reading: &Reading<'_>, attribution: &Attribution, cue: &Cue) -> Option<Range<usize>> {
    let words = attribution.cue.as_ref().filter(|_| cue.addressed)?;
    let content = attribution.content.iter().map(|range| range.start).find(|&start| start >= words.end);
    let ceiling = content.unwrap_or_else(|| reading.sentence(words.start).tokens.end);
    let apart =
        |range: &Range<usize>| attribution.source.as_ref().is_none_or(|source| source.end <= range.start || range.end <= source.start);
    between(reading, words.end, ceiling).filter(apart)
}

/// Somebody who is spoken to, after a verb that may take one: "reporters", "the Gazette", "him".
fn between(reading: &Reading<'_>, start: usize, ceiling: usize) -> Option<Range<usize>> {
    let first = reading.token(start).filter(|_| start < ceiling)?;
    let c = first.classes;
    if c.has(Class::ObjectPronoun)
        && !(c.has(Class::Determiner) && reading.token(start + 1).is_some_and(|next| begins_phrase(next) && !next.capital))
    {
        return Some(start..start + 1);
    }
    if !begins_phrase(first) || c.has(Class::SubjectPronoun) || reading.quotation(start).is_some() {
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
