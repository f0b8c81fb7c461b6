//! The names of an article, and the fullest that it gives for each: "Roe" is "Jane Roe", "FEMA" the agency it spells out.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use claims::SourceKind;
use language::{Gender, Name, NameKind, gender_of_first_name, is_first_name};

use crate::kinds::kind_of_name;
use crate::lists::lists;
use crate::naming::last_name;
use crate::reading::Reading;
use crate::roles;

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

/// The names of a text by their first and last words, and by their initials.
pub(crate) struct Directory {
    /// Names of two words or more, by their last word in lower case, in the order of the text.
    by_last_word: HashMap<String, Vec<(usize, String)>>,
    /// Names of persons by their first word; none where several share it.
    by_first_word: HashMap<String, Option<String>>,
    /// Names of bodies by their initials: "fema".
    by_initials: HashMap<String, String>,
    /// Companies by their first word, where no person of the text is called so: "Acme" of "Acme Motors".
    companies: HashMap<String, String>,
}

impl Directory {
    pub(crate) fn new(reading: &Reading<'_>) -> Self {
        let mut directory =
            Self { by_last_word: HashMap::new(), by_first_word: HashMap::new(), by_initials: HashMap::new(), companies: HashMap::new() };
        for name in reading.names.iter().filter(|name| name.bare.len() > 1) {
            directory.take(reading, name);
        }
        for name in reading.names.iter().filter(|name| name.bare.len() == 1 && goes_with_title(reading, name)) {
            directory.know(name, reading.words(&(name.bare.start - 1..name.bare.end)));
        }
        for name in reading.names.iter().filter(|name| name.kind == NameKind::Company) {
            let first = reading.tokens[name.bare.start].plain.to_string();
            if !directory.by_last_word.contains_key(&first) {
                directory.companies.entry(first).or_insert_with(|| reading.words(&name.bare).to_owned());
            }
        }
        directory
    }

    fn take(&mut self, reading: &Reading<'_>, name: &Name) {
        let text = reading.words(&name.bare);
        let first = &reading.tokens[name.bare.start].plain;
        self.know(name, text);
        if matches!(name.kind, NameKind::Person | NameKind::Unknown) {
            let same = |known: &Option<String>| {
                known.as_ref().is_some_and(|known| known.ends_with(&format!(" {}", reading.words(&(name.bare.end - 1..name.bare.end)))))
            };
            self.by_first_word
                .entry(first.to_string())
                .and_modify(|known| {
                    if !same(known) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(text.to_owned()));
        }
        if is_first_name(first) {
            return;
        }
        if name.bare.len() > 2
            || !matches!(name.kind, NameKind::Unknown | NameKind::Person)
            || lists().kinds.government_names.contains(text)
        {
            let initials: String = reading.tokens[name.bare.clone()]
                .iter()
                .filter(|token| token.capital)
                .filter_map(|token| token.plain.chars().next())
                .collect();
            self.by_initials.entry(initials).or_insert_with(|| text.to_owned());
        }
    }

    /// Keeps the form that the text gives a name at some place.
    fn know(&mut self, name: &Name, text: &str) {
        // Between the words of a name may stand any blank.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let known = self.by_last_word.entry(last_name(&text).to_lowercase()).or_default();
        // A few names share a last word at most; more are no help, and would make this slow.
        if known.len() < 20 && !known.iter().any(|(_, earlier)| *earlier == text) {
            known.push((name.bare.start, text));
        }
    }

    /// What the article lets one know of the bearer of a name, whose words and those about it are `source`.
    pub(crate) fn named(&self, reading: &Reading<'_>, source: &Range<usize>, name: &Name) -> Resolved {
        let bare = reading.words(&name.bare);
        let article = name.full.start > 0 && reading.is(name.full.start - 1, "the");
        let of = |name: String, kind, settled| Resolved { name, kind, settled, role: None, speaks_for: None };
        let outlet = lists()
            .outlet(reading.words(&name.full))
            .or_else(|| article.then(|| lists().outlet(&format!("The {bare}"))).flatten())
            .or_else(|| lists().outlet(bare));
        if let Some(outlet) = outlet {
            return of(outlet.to_owned(), SourceKind::Outlet, true);
        }
        if let Some(company) = self.companies.get(&reading.plain(&name.bare)).filter(|_| name.kind == NameKind::Unknown) {
            return of(company.clone(), SourceKind::Organization, true);
        }
        let full = self.full(bare, name.bare.start);
        if let Some(outlet) = lists().outlet(full) {
            return of(outlet.to_owned(), SourceKind::Outlet, true);
        }
        let kind = kind_of_name(reading, name, full);
        let role = (kind == SourceKind::Person).then(|| roles::role(reading, source, name)).flatten();
        let speaks_for = role.as_ref().and_then(|role| roles::speaks_for(reading, role));
        Resolved {
            role: role.map(|role| reading.words(&role).to_owned()),
            speaks_for,
            ..of(full.trim_start_matches("The ").to_owned(), kind, name.kind == NameKind::Company)
        }
    }

    /// The fullest form of a name that the text gives.
    pub(crate) fn fullest(&self, text: &str, before: usize) -> Option<&str> {
        let candidates = self.by_last_word.get(&text.to_lowercase())?;
        let capitals = |word: &str| word.len() > 3 && word.chars().all(char::is_uppercase);
        // A headline's capitals may run into a name: "WATCHED Roe".
        let person = |name: &&(usize, String)| name.1.split(' ').count() <= 4 && !name.1.split(' ').any(capitals);
        // "AP Photo McConnell" is no fuller than "Mitch McConnell", whom a first name tells.
        let first_name = |name: &&(usize, String)| is_first_name(&name.1.split(' ').next().unwrap_or_default().to_lowercase());
        let told = candidates.iter().filter(person).filter(first_name);
        if let Some((_, name)) = told.clone().rfind(|(place, _)| *place <= before).or_else(|| told.clone().next()) {
            return Some(name);
        }
        let earlier = candidates.iter().filter(person).rfind(|(place, _)| *place <= before);
        earlier.or_else(|| candidates.iter().find(person)).map(|(_, name)| name.as_str())
    }

    /// A name with all the words that the text ever gives it: "Nieto" and "Pena Nieto" are "Enrique Pena Nieto".
    fn full<'d>(&'d self, text: &'d str, before: usize) -> &'d str {
        let last = last_name(text);
        if last == text {
            return self.fullest(text, before).or_else(|| self.spelled_out(text)).unwrap_or(text);
        }
        let longer = self.by_last_word.get(&last.to_lowercase()).into_iter().flatten();
        longer.map(|(_, name)| name.as_str()).find(|name| name.len() > text.len() && longer_form(name, text)).unwrap_or(text)
    }

    /// The only person whose name begins with a word: a first name, or a family name that comes first.
    pub(crate) fn by_first_word(&self, word: &str) -> Option<&str> {
        self.by_first_word.get(&word.to_lowercase()).and_then(Option::as_deref)
    }

    /// The whole name behind a first name, or behind initials.
    fn spelled_out(&self, text: &str) -> Option<&str> {
        if is_first_name(&text.to_lowercase()) {
            return self.by_first_word(text);
        }
        let letters: String = text.chars().filter(|&c| c != '.').collect();
        let initials = letters.len() > 1 && letters.chars().all(char::is_uppercase);
        self.by_initials.get(&letters.to_lowercase()).filter(|_| initials).map(String::as_str)
    }
}

/// "Pope Francis", of which "Francis" alone would tell too little.
fn goes_with_title(reading: &Reading<'_>, name: &Name) -> bool {
    name.bare.start > name.full.start && lists().kinds.name_titles.contains(&*reading.tokens[name.bare.start - 1].plain)
}

/// "Sarah Jane Roe" is a longer form of "Sarah Roe" and of "Jane Roe".
fn longer_form(long: &str, short: &str) -> bool {
    let (long, short) = (long.to_lowercase(), short.to_lowercase());
    let named = |name: &str| is_first_name(name.split(' ').next().unwrap_or_default());
    // "Year Sarah Roe" is a caption's.
    if named(&short) && !named(&long) {
        return false;
    }
    let first = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
    let same_ends = first(&long) == first(&short) && long.split(' ').count() == short.split(' ').count() + 1;
    long.split(' ').count() <= 4 && (long.ends_with(&format!(" {short}")) || same_ends)
}

/// Whether the words of a name, and those about it, are of a man or a woman.
pub(crate) fn gender(reading: &Reading<'_>, name: &Name, full: &str, about: &HashSet<&str>) -> Option<Gender> {
    let lists = lists();
    let mut titles = reading.tokens[name.full.start..name.bare.start].iter().map(|token| token.plain.trim_end_matches('.'));
    let told: HashSet<Gender> = about.iter().filter_map(|word| lists.genders.of(word)).collect();
    titles
        .find_map(|title| lists.genders.of(title))
        .or_else(|| gender_of_first_name(&full.split(' ').next().unwrap_or_default().to_lowercase()))
        // "the wife of the king, Eva Lind": words of both tell nothing.
        .or_else(|| told.iter().next().copied().filter(|_| told.len() == 1))
}
