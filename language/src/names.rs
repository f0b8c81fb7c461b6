//! Names: sequences of capitalized words, with the titles before them, and what kind of thing they name by word lists.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::first_names::is_first_name;
use crate::tokens::{Token, TokenKind};
use crate::words::Class;

/// What a name is of, as far as its words tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// It has a title of a person.
    Person,
    /// It has a word of an organization: "University", "Union".
    Organization,
    /// It has a word of a company: "Inc.", "Motors". Its first word alone may stand for it.
    Company,
    /// It has a word of a public body: "Ministry", "Court".
    Government,
    /// Nothing tells.
    Unknown,
}

/// One name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its tokens with the titles.
    pub full: Range<usize>,
    /// Its tokens without the titles before it.
    pub bare: Range<usize>,
    /// What it is of.
    pub kind: NameKind,
}

#[derive(Deserialize, Default)]
struct Lists {
    titles: HashSet<String>,
    suffixes: HashSet<String>,
    particles: HashSet<String>,
    heads_before_of: HashSet<String>,
    heads_before_and: HashSet<String>,
    organization_words: HashSet<String>,
    company_words: HashSet<String>,
    government_words: HashSet<String>,
    never_names: HashSet<String>,
}

const DATA: &str = include_str!("../data/names.toml");

static LISTS: LazyLock<Lists> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// A name has at most so many tokens.
const MAX_NAME_TOKENS: usize = 12;

/// Finds the names of a text. The first word of a sentence counts only where it is not a common word.
pub fn names(tokens: &[Token]) -> Vec<Name> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !can_begin(tokens, at) {
            at += 1;
            continue;
        }
        let end = name_end(tokens, at);
        if let Some(name) = name(tokens, at..end) {
            found.push(name);
        }
        at = end;
    }
    found
}

fn can_begin(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let common = [Class::Determiner, Class::SubjectPronoun, Class::Preposition, Class::Coordinator, Class::Subordinator, Class::Auxiliary];
    let is_common = common.iter().any(|&class| token.classes.has(class)) || LISTS.never_names.contains(&*token.plain);
    let dated = token.has(Class::Weekday) || (token.has(Class::Month) && !token.is("may"));
    let adverb = token.has(Class::Adverb) && opens_sentence(tokens, at);
    token.kind == TokenKind::Word
        && token.capital
        && !dated
        && !adverb
        && !(is_common && (opens_sentence(tokens, at) || !joins_name(tokens, at)))
}

fn opens_sentence(tokens: &[Token], at: usize) -> bool {
    at == 0 || !tokens[at - 1].is_word() && !tokens[at - 1].is(",") && !tokens[at - 1].is("(")
}

/// Whether a common word within a sentence, capitalized, begins a name: "The Hague", but not "But Trump".
fn joins_name(tokens: &[Token], at: usize) -> bool {
    tokens[at].is("the") && tokens.get(at + 1).is_some_and(|next| next.capital)
}

fn name_end(tokens: &[Token], start: usize) -> usize {
    let mut end = start + 1;
    while end < tokens.len() && end - start < MAX_NAME_TOKENS {
        let token = &tokens[end];
        let continues = token.is_word() && token.capital && !token.has(Class::Weekday) && (!token.has(Class::Month) || token.is("may"));
        if continues {
            end += 1;
            continue;
        }
        let heads = !matches!(&*token.plain, "of" | "for") || LISTS.heads_before_of.contains(&*tokens[end - 1].plain);
        let fields = token.is("and") && end - start >= 3 && has_fields(&tokens[start..end]);
        let link = (LISTS.particles.contains(&*token.plain) && heads) || token.is("&") || fields;
        let mut next = end + 1;
        if token.is("of") && tokens.get(next).is_some_and(|after| after.is("the")) {
            next += 1;
        }
        if link && tokens.get(next).is_some_and(|after| after.kind == TokenKind::Word && after.capital) {
            end = next + 1;
            continue;
        }
        break;
    }
    end.min(tokens.len())
}

/// "Department of Housing", which "and Urban Development" goes on.
fn has_fields(words: &[Token]) -> bool {
    words.windows(2).any(|pair| LISTS.heads_before_and.contains(&*pair[0].plain) && matches!(&*pair[1].plain, "of" | "on" | "for"))
}

fn name(tokens: &[Token], full: Range<usize>) -> Option<Name> {
    let mut start = full.start;
    let bodies = [&LISTS.government_words, &LISTS.organization_words, &LISTS.company_words];
    let is_body = |token: &Token| bodies.iter().any(|list| list.contains(&*token.plain));
    // "Justice Department": what ends in a body's word has no title before it.
    let body = is_body(&tokens[full.end - 1]);
    while !body && start < full.end && is_title(tokens, start, full.end) {
        start += 1;
        // "Secretary of Defense Mark Esper": the office has a name of its own, up to a first name, or of one word where two more follow.
        if tokens.get(start).is_some_and(|token| token.is("of")) {
            let first_name = (start + 2..full.end - 1).find(|&at| is_first_name(&tokens[at].plain));
            match first_name.or_else(|| (start + 4 == full.end).then_some(start + 2)) {
                Some(person) => start = person,
                None => break,
            }
        }
    }
    if start == full.end {
        start = full.start;
    }
    let titled = start > full.start;
    let full = full.start..before_repeat(tokens, start..full.end);
    if let Some(person) = person_within(tokens, start..full.end).filter(|_| !titled && !body) {
        return Some(Name { bare: person..full.end, full: person..full.end, kind: NameKind::Person });
    }
    let words = &tokens[start..full.end];
    let any = |list: &HashSet<String>| words.iter().any(|token| list.contains(&*token.plain));
    let kind = if any(&LISTS.government_words) {
        NameKind::Government
    } else if words.len() > 1 && LISTS.company_words.contains(&*words[words.len() - 1].plain) {
        NameKind::Company
    } else if any(&LISTS.organization_words) {
        NameKind::Organization
    } else if titled {
        NameKind::Person
    } else {
        NameKind::Unknown
    };
    let letters = words.iter().any(|token| token.kind == TokenKind::Word);
    // "the 5th Circuit Court of Appeals"
    let ordinal = kind == NameKind::Government && start == full.start && start > 0 && is_ordinal(&tokens[start - 1]);
    let start = start - usize::from(ordinal);
    letters.then_some(Name { bare: start..full.end, full: start.min(full.start)..full.end, kind })
}

fn is_ordinal(token: &Token) -> bool {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| token.plain.strip_suffix(ending));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Where a name ends whose first word comes again, as in glued captions: "Ann Lee Ann Marie".
fn before_repeat(tokens: &[Token], words: Range<usize>) -> usize {
    let start = |at: usize| tokens[at].plain.chars().take(4).collect::<String>();
    let first_name = is_first_name(&tokens[words.start].plain);
    (words.start + 2..words.end).find(|&at| first_name && start(at) == start(words.start)).unwrap_or(words.end)
}

/// Where a person's name begins within words that are none of it: "director of [National Intelligence] Ann Lee", "[Trust] Ann Lee".
fn person_within(tokens: &[Token], words: Range<usize>) -> Option<usize> {
    let person = words.clone().find(|&at| is_first_name(&tokens[at].plain)).filter(|&at| at > words.start && at + 2 <= words.end)?;
    let initial = tokens[words.start].plain.trim_end_matches('.').chars().count() < 2;
    let whole = tokens[words.clone()].iter().all(|token| token.capital);
    (whole && !initial && (person > words.start + 1 || opens_sentence(tokens, words.start))).then_some(person)
}

/// Whether a word in lower case stands behind a last name: "jr.", "iii".
pub fn is_name_suffix(word: &str) -> bool {
    LISTS.suffixes.contains(word.trim_end_matches('.'))
}

fn is_title(tokens: &[Token], at: usize, end: usize) -> bool {
    // "Martin King III": a last name, though an office's word.
    let last_name = |at: usize| at + 1 < end && is_name_suffix(&tokens[at + 1].plain);
    let listed = |at: usize| {
        let word = &*tokens[at].plain;
        (LISTS.titles.contains(word) || LISTS.titles.contains(word.trim_end_matches('.'))) && !last_name(at)
    };
    // "Norland Labour Party Chairman Paul Ryde": what stands before a title belongs to it.
    (at..end.min(at + 7)).any(listed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens;

    fn found(text: &str) -> Vec<(&str, &str, NameKind)> {
        let tokens = tokens(text);
        let cut = |range: &Range<usize>| &text[tokens[range.start].start..tokens[range.end - 1].end];
        names(&tokens).iter().map(|name| (cut(&name.full), cut(&name.bare), name.kind)).collect()
    }

    #[test]
    fn sets_titles_apart() {
        assert_eq!(found("On Monday Sen. Jane Roe met him."), [("Sen. Jane Roe", "Jane Roe", NameKind::Person)]);
        assert_eq!(found("Then Secretary of State Ann Lee left.")[0].1, "Ann Lee");
        assert_eq!(found("Then Director of National Intelligence Ann Lee left.")[0].1, "Ann Lee");
        assert_eq!(found("the director of National Intelligence Ann Lee left.")[0].1, "Ann Lee");
        assert_eq!(found("Interior Secretary Ryan Keel Ryan Keith").iter().map(|name| name.1).collect::<Vec<_>>(), ["Ryan Keel"]);
        assert_eq!(found("Trust Ann Lee.")[0].1, "Ann Lee");
        assert_eq!(found("So did J. Ann Lee.")[0].1, "J. Ann Lee");
        assert_eq!(found("It was Norland Labour Party Chairman Jon Ryde.")[0].1, "Jon Ryde");
        assert_eq!(found("Then CEO Ann Lee left.")[0].1, "Ann Lee");
        assert_eq!(found("So did Paul King Jr.")[0].1, "Paul King Jr.");
        assert_eq!(found("So did King III.")[0].1, "King III");
        assert_eq!(found("But Prime Minister Anna de Vries left."), [("Prime Minister Anna de Vries", "Anna de Vries", NameKind::Person)]);
    }

    #[test]
    fn tells_bodies_by_their_words() {
        assert_eq!(found("the Ministry of Health said"), [("Ministry of Health", "Ministry of Health", NameKind::Government)]);
        assert_eq!(found("the Department of Roads and Rural Works said")[0].1, "Department of Roads and Rural Works");
        assert_eq!(found("the University of Norland and Acme said")[0].1, "University of Norland");
        assert_eq!(found("Acme Corp. said"), [("Acme Corp.", "Acme Corp.", NameKind::Company)]);
        assert_eq!(found("the Justice Department said")[0].1, "Justice Department");
        assert_eq!(found("the 5th Circuit Court said")[0].1, "5th Circuit Court");
    }

    #[test]
    fn common_words_at_the_head_of_a_sentence_are_no_names() {
        assert_eq!(found("However he left. They stayed. The end."), []);
    }

    #[test]
    fn the_lists_are_well_formed() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        assert!(lists.titles.contains("president") && lists.government_words.contains("ministry"));
    }
}
