//! Names over an article: the full name behind a last name, a pronoun or a role, with kind, role and whom it speaks for.

use std::collections::HashMap;
use std::ops::Range;

use claims::SourceKind;
use language::{Class, Name, NameKind};

use crate::kinds::{head, kind_of_name};
use crate::lists::lists;
use crate::reading::Reading;

/// A source as the article lets one know it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resolved {
    pub(crate) name: String,
    pub(crate) kind: SourceKind,
    /// Whether its name alone tells the kind: "Halden Motors".
    pub(crate) settled: bool,
    pub(crate) role: Option<String>,
    pub(crate) speaks_for: Option<String>,
}

/// The names of a text by their last words, and the roles that the text gives to persons.
pub(crate) struct Directory {
    /// Full names of two words or more, by their last word in lower case, in the order of the text.
    by_last_word: HashMap<String, Vec<(usize, String)>>,
    /// The person that a role stands for: "kremlin spokesperson".
    by_role: HashMap<String, String>,
    /// Companies by their first word, where no person of the text is called so: "Acme" of "Acme Motors".
    companies: HashMap<String, String>,
}

/// What pronouns may refer to, as the reading goes on.
#[derive(Default)]
pub(crate) struct Memory {
    person: Option<Resolved>,
    body: Option<Resolved>,
    group: Option<Resolved>,
    anonymous: Option<Resolved>,
    /// One past the words that named the last person.
    person_at: usize,
}

impl Memory {
    /// Takes note of a source that was just heard, in the words up to `end`.
    pub(crate) fn note(&mut self, resolved: &Resolved, end: usize) {
        match resolved.kind {
            SourceKind::Person => {
                self.person = Some(resolved.clone());
                self.person_at = end;
            }
            SourceKind::Organization | SourceKind::Government | SourceKind::Outlet => {
                self.body = Some(resolved.clone());
                self.group = Some(resolved.clone());
            }
            SourceKind::Document => self.body = Some(resolved.clone()),
            SourceKind::Group => self.group = Some(resolved.clone()),
            SourceKind::Anonymous => {
                self.group = Some(resolved.clone());
                self.anonymous = Some(resolved.clone());
            }
            SourceKind::Unspecified => {}
        }
    }
}

impl Directory {
    pub(crate) fn new(reading: &Reading<'_>) -> Self {
        let mut by_last_word: HashMap<String, Vec<(usize, String)>> = HashMap::new();
        for name in &reading.names {
            let words = name.bare.len();
            if words < 2 {
                continue;
            }
            let last = reading.tokens[name.bare.end - 1].plain.to_string();
            let known = by_last_word.entry(last).or_default();
            let text = reading.words(&name.bare);
            // A few names share a last word at most; more are no help, and would make this slow.
            if known.len() < 20 && !known.iter().any(|(_, earlier)| earlier == text) {
                known.push((name.bare.start, text.to_owned()));
            }
        }
        let mut companies: HashMap<String, String> = HashMap::new();
        for name in reading.names.iter().filter(|name| name.kind == NameKind::Company) {
            let first = reading.tokens[name.bare.start].plain.to_string();
            if !by_last_word.contains_key(&first) {
                companies.entry(first).or_insert_with(|| reading.words(&name.bare).to_owned());
            }
        }
        let mut directory = Self { by_last_word, by_role: HashMap::new(), companies };
        for name in &reading.names {
            let full = directory.full(reading.words(&name.bare), name.bare.start).to_owned();
            let title = reading.plain(&(name.full.start..name.bare.start));
            if !title.is_empty() && lists().kinds.person.contains(title.rsplit(' ').next().unwrap_or_default()) {
                directory.by_role.entry(title).or_insert_with(|| full.clone());
            }
            if let Some(role) = role_before(reading, name).filter(|_| full.contains(' ')) {
                directory.by_role.entry(role).or_insert(full);
            }
        }
        directory
    }

    /// Who the words of a source name.
    pub(crate) fn resolve(&self, reading: &Reading<'_>, source: &Range<usize>, kind: SourceKind, memory: &Memory) -> Resolved {
        if let Some(resolved) = pronoun(reading, source, memory) {
            return self.recent_subject(reading, source, memory).filter(|_| resolved.kind == SourceKind::Person).unwrap_or(resolved);
        }
        if let Some(name) = naming(reading, source) {
            let named = self.named(reading, source, &name);
            return if named.settled { named } else { Resolved { kind, ..named } };
        }
        let phrase = without_article(reading, source);
        let plain = reading.plain(&(phrase.start..head(reading, &phrase) + 1));
        let definite = reading.is(source.start, "the");
        if kind == SourceKind::Person
            && definite
            && let Some(name) = self.by_role.get(&plain)
        {
            return Resolved {
                name: name.clone(),
                kind,
                settled: false,
                role: Some(reading.words(&phrase).to_owned()),
                speaks_for: speaks_for(reading, &phrase),
            };
        }
        if let Some(earlier) = definite.then(|| back_reference(kind, &plain, memory)).flatten() {
            return earlier;
        }
        let role = (kind == SourceKind::Person).then(|| reading.words(&phrase).to_owned());
        Resolved {
            name: reading.words(if definite { &phrase } else { source }).to_owned(),
            kind,
            settled: false,
            speaks_for: speaks_for(reading, &phrase),
            role,
        }
    }

    /// The person who began a sentence of this or the last paragraph, after the last person was heard.
    fn recent_subject(&self, reading: &Reading<'_>, source: &Range<usize>, memory: &Memory) -> Option<Resolved> {
        let paragraph = reading.sentence(source.start).paragraph;
        let next = reading.names.partition_point(|name| name.full.start < source.start);
        let candidates = reading.names[..next].iter().rev().take(24).take_while(|name| name.full.start >= memory.person_at);
        let mut near = candidates.take_while(|name| reading.sentence(name.full.start).paragraph + 1 >= paragraph);
        let subject = near.find(|name| {
            let begins = reading.sentence(name.full.start).tokens.start == name.full.start;
            let acts = reading.token(name.full.end).is_some_and(|token| token.is_word() && !token.is("'s") || token.is(","));
            begins
                && acts
                && reading.quotation(name.full.start).is_none()
                && self.named(reading, &name.full, name).kind == SourceKind::Person
        })?;
        let resolved = self.named(reading, &subject.full, subject);
        (subject.kind == NameKind::Person || resolved.name.contains(' ')).then_some(resolved)
    }

    /// The fullest form of a name that the text gives.
    pub(crate) fn fullest(&self, text: &str, before: usize) -> Option<&str> {
        let candidates = self.by_last_word.get(&text.to_lowercase())?;
        let person = |name: &&(usize, String)| name.1.split(' ').count() <= 4;
        let earlier = candidates.iter().filter(person).rfind(|(place, _)| *place <= before);
        earlier.or_else(|| candidates.iter().find(person)).map(|(_, name)| name.as_str())
    }

    /// A person's name with all the words that the text ever gives it: "Nieto" and "Pena Nieto" are "Enrique Pena Nieto".
    fn full<'d>(&'d self, text: &'d str, before: usize) -> &'d str {
        let last = text.rsplit(' ').next().unwrap_or(text);
        if last == text {
            return self.fullest(text, before).unwrap_or(text);
        }
        let longer = self.by_last_word.get(&last.to_lowercase()).into_iter().flatten();
        longer
            .map(|(_, name)| name.as_str())
            .find(|name| name.len() > text.len() && name.ends_with(text) && name.split(' ').count() <= 4)
            .unwrap_or(text)
    }

    fn named(&self, reading: &Reading<'_>, source: &Range<usize>, name: &Name) -> Resolved {
        let bare = reading.words(&name.bare);
        let article = name.full.start > 0 && reading.is(name.full.start - 1, "the");
        let outlet = lists()
            .outlet(reading.words(&name.full))
            .or_else(|| article.then(|| lists().outlet(&format!("The {bare}"))).flatten())
            .or_else(|| lists().outlet(bare));
        if let Some(outlet) = outlet {
            return Resolved { name: outlet.to_owned(), kind: SourceKind::Outlet, settled: true, role: None, speaks_for: None };
        }
        if let Some(company) = self.companies.get(&reading.plain(&name.bare)).filter(|_| name.kind == NameKind::Unknown) {
            return Resolved { name: company.clone(), kind: SourceKind::Organization, settled: true, role: None, speaks_for: None };
        }
        let full = self.full(bare, name.bare.start);
        if let Some(outlet) = lists().outlet(full) {
            return Resolved { name: outlet.to_owned(), kind: SourceKind::Outlet, settled: true, role: None, speaks_for: None };
        }
        let kind = kind_of_name(reading, name, full);
        let role = (kind == SourceKind::Person).then(|| role(reading, source, name)).flatten();
        let speaks_for = role.as_ref().and_then(|role| speaks_for(reading, role));
        Resolved {
            name: full.trim_start_matches("The ").to_owned(),
            kind,
            settled: name.kind == NameKind::Company,
            role: role.map(|role| reading.words(&role).to_owned()),
            speaks_for,
        }
    }
}

fn pronoun(reading: &Reading<'_>, source: &Range<usize>, memory: &Memory) -> Option<Resolved> {
    if source.len() != 1 {
        return None;
    }
    let plain = &*reading.tokens[source.start].plain;
    let (found, kind) = match plain.split('\'').next().unwrap_or(plain) {
        "he" | "she" | "his" | "her" => (&memory.person, SourceKind::Person),
        "it" | "its" => (&memory.body, SourceKind::Organization),
        "they" | "their" => (&memory.group, SourceKind::Group),
        _ => return None,
    };
    Some(found.clone().unwrap_or_else(|| Resolved {
        name: reading.words(source).to_owned(),
        kind,
        settled: false,
        role: None,
        speaks_for: None,
    }))
}

/// "the company", "the newspaper", "the agency": the last body heard of that kind.
fn back_reference(kind: SourceKind, plain: &str, memory: &Memory) -> Option<Resolved> {
    let bare = !plain.contains(' ');
    let last = match kind {
        SourceKind::Anonymous => &memory.anonymous,
        SourceKind::Person => &memory.person,
        _ => &memory.body,
    };
    last.clone().filter(|last| bare && last.kind == kind)
}

/// The name that names the source: alone between commas, or as the head of the phrase.
fn naming(reading: &Reading<'_>, source: &Range<usize>) -> Option<Name> {
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
                if first || (head_name.is_none() && person && name.full.start == start) {
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
    let name = head_name?;
    let clipped = Name { full: within(&name.full), bare: within(&name.bare), kind: name.kind };
    Some(if clipped.bare.is_empty() { Name { bare: clipped.full.clone(), ..clipped } } else { clipped })
}

/// The words of a source that tell its office: before the name, or in apposition to it.
fn role(reading: &Reading<'_>, source: &Range<usize>, name: &Name) -> Option<Range<usize>> {
    let comma_end = |from: usize| (from..source.end).find(|&at| reading.is(at, ",")).unwrap_or(source.end);
    let before = source.start..name.full.start;
    let before = before.start..if before.len() > 1 && reading.is(before.end - 1, ",") { before.end - 1 } else { before.end };
    let tells = |range: &Range<usize>| range.clone().any(|at| lists().kinds.person.contains(&*reading.tokens[at].plain));
    let title = name.full.start.max(source.start)..name.bare.start;
    let after_start = name.full.end + 1;
    let mut after = after_start.min(source.end)..source.end;
    if after.start < after.end && reading.tokens[after.start].kind == language::TokenKind::Number {
        // An age stands before the office.
        after.start = (comma_end(after.start) + 1).min(source.end);
    }
    let joined = before.start..if title.is_empty() { before.end } else { title.end };
    [joined, before, after, title].into_iter().find(|range| !range.is_empty() && tells(range)).map(|range| without_article(reading, &range))
}

/// The role that stands before a name in apposition: "the Kremlin spokesperson, Dmitry Peskov".
fn role_before(reading: &Reading<'_>, name: &Name) -> Option<String> {
    let comma = name.full.start.checked_sub(1).filter(|&at| reading.is(at, ","));
    let end = comma.unwrap_or(name.bare.start);
    let start = (end.saturating_sub(6)..end).rev().find(|&at| reading.is(at, "the"))? + 1;
    let inside = (start..end).all(|at| reading.tokens[at].is_word());
    let person = end > start && lists().kinds.person.contains(&*reading.tokens[end - 1].plain);
    (inside && person).then(|| reading.plain(&(start..end)))
}

/// Whom a spokesperson speaks for: "Kremlin" of "Kremlin spokesperson" and of "spokesperson for the Kremlin".
fn speaks_for(reading: &Reading<'_>, role: &Range<usize>) -> Option<String> {
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

fn without_article(reading: &Reading<'_>, phrase: &Range<usize>) -> Range<usize> {
    let article = phrase.len() > 1 && matches!(&*reading.tokens[phrase.start].plain, "the" | "a" | "an");
    let start = if article { phrase.start + 1 } else { phrase.start };
    let numeral = phrase.len() > 1 && reading.tokens[start].has(Class::Numeral) && article;
    if numeral { start + 1..phrase.end } else { start..phrase.end }
}
