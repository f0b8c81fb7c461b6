//! What an article has named up to some place in it: whom a later mention may stand for, the most recent last.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use claims::SourceKind;
use language::Gender;

use crate::directory::{Directory, Resolved, gender};
use crate::lists::lists;
use crate::reading::Reading;
use crate::roles::about;

/// So many are kept in mind: so time stays linear in the length of a text.
const REACH: usize = 40;

/// So many words of a source may tell who it is.
const ABOUT: usize = 12;

/// Somebody or something that the article named, or let speak.
pub(crate) struct Entity<'t> {
    pub(crate) resolved: Resolved,
    /// Whether a capital letter tells a name: not that of the first word of a sentence.
    pub(crate) capital: bool,
    /// Whether it has a name; else it spoke under its own words.
    pub(crate) named: bool,
    pub(crate) gender: Option<Gender>,
    /// The words about its mentions that may tell its office.
    pub(crate) about: HashSet<&'t str>,
    /// Its titles: "mayor" of "Mayor Mara Lindqvist".
    pub(crate) titles: HashSet<&'t str>,
    /// Its last mention.
    pub(crate) last: Range<usize>,
    /// How often it was named, and let speak.
    pub(crate) times: u32,
    /// Whether it spoke.
    pub(crate) spoke: bool,
}

/// The entities of a text as it is read on.
pub(crate) struct Discourse<'r, 't> {
    reading: &'r Reading<'t>,
    directory: &'r Directory,
    entities: Vec<Entity<'r>>,
    by_name: HashMap<String, usize>,
    /// The last mentioned last.
    recent: VecDeque<usize>,
    /// The next name to take note of.
    next: usize,
    speaker: Option<usize>,
}

impl<'r, 't> Discourse<'r, 't> {
    pub(crate) fn new(reading: &'r Reading<'t>, directory: &'r Directory) -> Self {
        Self { reading, directory, entities: Vec::new(), by_name: HashMap::new(), recent: VecDeque::new(), next: 0, speaker: None }
    }

    /// Takes note of the names that begin before a token.
    pub(crate) fn advance(&mut self, token: usize) {
        while let Some(name) = self.reading.names.get(self.next).filter(|name| name.full.start < token) {
            self.next += 1;
            let resolved = self.directory.named(self.reading, &name.full, name);
            let words: HashSet<&str> = about(self.reading, name).map(|at| &*self.reading.tokens[at].plain).collect();
            let titles = self.reading.tokens[name.full.start..name.bare.start].iter().map(|token| &*token.plain);
            let gender = (resolved.kind == SourceKind::Person).then(|| gender(self.reading, name, &resolved.name, &words)).flatten();
            let capital = name.full.len() > 1 || self.reading.sentence(name.full.start).tokens.start != name.full.start;
            let entity = self.mention(resolved, true, name.full.clone());
            entity.capital |= capital;
            entity.gender = entity.gender.or(gender);
            entity.about.extend(words);
            entity.titles.extend(titles);
            self.document(&name.full);
        }
    }

    /// Takes note of a document that a name tells apart: "a Gazette poll".
    fn document(&mut self, name: &Range<usize>) {
        let head = name.end;
        if !self.reading.token(head).is_some_and(|token| lists().kinds.documents.contains(&*token.plain)) {
            return;
        }
        let joined = |at: usize| matches!(&*self.reading.tokens[at].plain, "/" | "-" | "–");
        let mut start = name.start;
        while start >= 2 && joined(start - 1) {
            start = self.reading.name(start - 2).map_or(start - 2, |before| before.full.start);
        }
        let place = start..head + 1;
        let name = self.reading.words(&place).to_owned();
        let resolved = Resolved { name, kind: SourceKind::Document, settled: true, role: None, speaks_for: None };
        let head = &*self.reading.tokens[head].plain;
        self.mention(resolved, true, place).about.insert(head);
    }

    /// Takes note of who spoke, in what words.
    pub(crate) fn heard(&mut self, resolved: &Resolved, source: Option<&Range<usize>>) {
        if let Some(source) = source {
            self.advance(source.end);
        }
        let last = source.cloned().or_else(|| self.by_name.get(&resolved.name).map(|&number| self.entities[number].last.clone()));
        let reading = self.reading;
        let words = source.map_or(0..0, |source| source.start..source.end.min(source.start + ABOUT));
        let entity = self.mention(resolved.clone(), false, last.unwrap_or_default());
        entity.spoke = true;
        // What the network makes of the words is surer than what a name alone tells.
        entity.resolved.kind = resolved.kind;
        entity.resolved.role = entity.resolved.role.take().or_else(|| resolved.role.clone());
        entity.resolved.speaks_for = entity.resolved.speaks_for.take().or_else(|| resolved.speaks_for.clone());
        entity.about.extend(reading.tokens[words].iter().map(|token| &*token.plain));
        self.speaker = self.by_name.get(&resolved.name).copied();
    }

    fn mention(&mut self, resolved: Resolved, named: bool, place: Range<usize>) -> &mut Entity<'r> {
        let number = *self.by_name.entry(resolved.name.clone()).or_insert(self.entities.len());
        if number == self.entities.len() {
            let (gender, about, titles) = (None, HashSet::new(), HashSet::new());
            self.entities.push(Entity {
                resolved,
                capital: !named,
                named,
                gender,
                about,
                titles,
                last: place.clone(),
                times: 0,
                spoke: false,
            });
        }
        self.recent.retain(|&other| other != number);
        self.recent.push_back(number);
        if self.recent.len() > REACH {
            self.recent.pop_front();
        }
        let entity = &mut self.entities[number];
        entity.times += 1;
        if place.start >= entity.last.start {
            entity.last = place;
        }
        entity.named |= named;
        entity
    }

    /// The entities in mind, the most recent first, each with whether it spoke last.
    pub(crate) fn recent(&self) -> impl Iterator<Item = (&Entity<'r>, bool)> {
        self.recent.iter().rev().map(|&number| (&self.entities[number], self.speaker == Some(number)))
    }

    /// Whether something has this name for sure: not its own words alone, nor those of a sentence's first word.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.by_name.get(name).map(|&number| &self.entities[number]).is_some_and(|entity| entity.named && entity.capital)
    }

    /// Who spoke last.
    pub(crate) fn speaker(&self) -> Option<&Resolved> {
        self.speaker.map(|number| &self.entities[number].resolved)
    }
}
