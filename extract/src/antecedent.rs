//! What a relative pronoun refers back to: the noun phrase before it, "two voters" of "two voters in Halden, who said".

use std::ops::Range;

use language::{Class, TokenKind};

use crate::lists::lists;
use crate::phrases::is_finite;
use crate::reading::Reading;

/// A noun phrase is looked for so many tokens back.
const REACH: usize = 14;

/// The noun phrase before the relative pronoun at a token, with the name that it is an apposition to.
pub(crate) fn antecedent(reading: &Reading<'_>, pronoun: usize) -> Option<Range<usize>> {
    let comma = pronoun.checked_sub(1).filter(|&before| reading.is(before, ",")).unwrap_or(pronoun);
    let floor = reading.sentence(pronoun).tokens.start.max(comma.saturating_sub(REACH));
    // "Senator Ann Lee this year, who said"
    let tells_when = |at: usize| [Class::Time, Class::Month, Class::Weekday].into_iter().any(|class| reading.tokens[at].has(class));
    let when =
        |at: &usize| tells_when(*at) || (matches!(&*reading.tokens[*at].plain, "this" | "last" | "next" | "on") && tells_when(at + 1));
    let end = (floor..comma).rev().find(|at| !when(at))? + 1;
    let mut start = end;
    while start > floor && (links(reading, start - 1) || !stops(reading, start - 1, end)) {
        start -= 1;
        if reading.tokens[start].has(Class::Determiner) && !(start > floor && links(reading, start - 1)) {
            break;
        }
    }
    // "for voters": what leads to a phrase is none of it.
    let leads = |at: &usize| [Class::Preposition, Class::Coordinator].into_iter().any(|class| reading.tokens[*at].has(class));
    let start = (start..end).find(|at| !leads(at))?;
    // "Jonas Weir, an engineer from Halden, who said"
    let named = start.checked_sub(2).filter(|_| reading.is(start - 1, ",")).and_then(|before| reading.name(before));
    Some(named.filter(|name| name.full.end + 1 == start && name.full.start >= floor).map_or(start, |name| name.full.start)..end)
}

/// A preposition behind somebody: "voters in", "an adviser to", "two of", but not "a list of".
fn links(reading: &Reading<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &reading.tokens[before]) else { return false };
    let kinds = &lists().kinds;
    let word = |word: &str| [&kinds.person, &kinds.group, &kinds.open_ends].into_iter().any(|list| list.contains(word));
    let somebody = word(&before.plain) || before.plain.strip_suffix('s').is_some_and(word);
    reading.tokens[at].has(Class::Preposition) && (somebody || before.has(Class::Numeral))
}

/// Whether no noun phrase that ends at `end` holds the token.
fn stops(reading: &Reading<'_>, at: usize, end: usize) -> bool {
    let token = &reading.tokens[at];
    if reading.name(at).is_some() {
        return false;
    }
    let before_name = reading.token(at + 1).is_some_and(|next| next.capital) && at + 1 < end;
    let ends =
        [Class::SubjectPronoun, Class::Subordinator, Class::Auxiliary, Class::Relative, Class::Wh, Class::Adverb, Class::Preposition];
    match token.kind {
        TokenKind::Word => {
            let joins = token.has(Class::Coordinator) && before_name && at > 0 && reading.name(at - 1).is_some();
            let leads_verb = |before: usize| {
                reading.is(before, "to") || [Class::Auxiliary, Class::Negation].into_iter().any(|class| reading.tokens[before].has(class))
            };
            let verb = is_finite(token) || token.verb.is_some() && at.checked_sub(1).is_some_and(leads_verb);
            let closes = ends.into_iter().any(|class| token.has(class) && !token.has(Class::Determiner));
            (token.has(Class::Coordinator) && !joins) || token.is("that") || closes || verb
        }
        TokenKind::Number => false,
        TokenKind::Sign => !matches!(&*token.plain, "%" | "$" | "&" | "-"),
        TokenKind::Mark => !token.is("'") && !token.is("’"),
        TokenKind::LineEnd => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noun_phrase_before_it_is_meant() {
        let cases = [
            ("He met Senator Ann Lee, who said", "Senator Ann Lee"),
            ("There are voters in Halden who said", "voters in Halden"),
            ("It was signed by Ann Lee and Paul Ryde, who said", "Ann Lee and Paul Ryde"),
            ("Jonas Weir, an engineer, who said", "Jonas Weir, an engineer"),
            ("They hoped to ask two of the divers who said", "two of the divers"),
            ("She quoted a report that said", "a report"),
            ("He named a long list of advisers to Ann Lee who said", "advisers to Ann Lee"),
            ("They voted for Senator Ann Lee this year, who said", "Senator Ann Lee"),
        ];
        for (text, expected) in cases {
            let reading = Reading::new(text);
            let pronoun = reading.tokens.len() - 2;
            assert_eq!(antecedent(&reading, pronoun).map(|range| reading.words(&range)), Some(expected), "{text}");
        }
        let reading = Reading::new("Who said");
        assert_eq!(antecedent(&reading, 0), None);
    }
}
