//! `rules/relies_on.toml`: the words that say on whom a source rests, and whom they name.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use claims::SourceKind;
use language::{Class, NameKind, Token, TokenKind, VerbForm, is_first_name};
use serde::Deserialize;

use crate::attribution::Attribution;
use crate::directory::{Directory, Resolved};
use crate::lists::lists;
use crate::naming::{bare, naming};
use crate::phrases::{begins_phrase, phrase_after};
use crate::reading::Reading;
use crate::speakers::{Speaker, by_name, by_own_words};

/// Words that may say on whom the source of a claim rests.
pub(crate) struct Mention {
    pub(crate) place: Place,
    /// "citing"
    pub(crate) cue: Range<usize>,
    /// "two officials"
    pub(crate) phrase: Range<usize>,
    /// Who that is.
    pub(crate) who: Resolved,
}

/// Where a mention stands to its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// A participle of its own: "said the Echo, citing".
    Beside,
    /// The same, where a clause or an apposition can begin: "the report, based on".
    Clause,
    /// In a relative clause right behind the source: "according to the Gazette, which obtained".
    Relative,
    /// The claim's own cue: "the Courier cited".
    Cue,
    /// The first words of the content: "said he had learned from".
    Opening,
}

/// All mentions of a text outside quotations.
pub(crate) fn mentions(reading: &Reading<'_>, directory: &Directory, attributions: &[Attribution], speakers: &[Speaker]) -> Vec<Mention> {
    let parts = || attributions.iter().flat_map(|attribution| attribution.source.iter().chain(&attribution.cue));
    let parts: HashSet<usize> = parts().map(|range| range.start).collect();
    let speaker = |(attribution, speaker): (&Attribution, &Speaker)| {
        let words = attribution.source.as_ref()?;
        Some((words.start, (words.clone(), speaker.resolved.clone()?)))
    };
    let speakers: HashMap<usize, (Range<usize>, Resolved)> = attributions.iter().zip(speakers).filter_map(speaker).collect();
    let mut found = Vec::new();
    for at in 0..reading.tokens.len() {
        let Some(cues) = RULES.cues.get(&*reading.tokens[at].plain).filter(|_| reading.quotation(at).is_none()) else { continue };
        let fits = |cue: &&Cue| (at + 1..).zip(&cue.rest).all(|(at, word)| reading.is(at, word)) && can_stand(reading, at, cue.place);
        for cue in cues.iter().filter(fits) {
            let words = at..at + 1 + cue.rest.len();
            let ceiling = (words.end + 1..reading.sentence(at).tokens.end).find(|at| parts.contains(at));
            let told = match speakers.get(&words.end) {
                Some((phrase, who)) => told_elsewhere(reading, phrase, who),
                None => phrase(reading, words.end, ceiling).and_then(|phrase| told_here(reading, directory, phrase)),
            };
            // "citing the mayor’s letter" when only the mayor is known
            let whole = |phrase: &Range<usize>| !reading.token(phrase.end).is_some_and(|next| matches!(&*next.plain, "'s" | "’"));
            let fits = |who: &Resolved| cue.kinds.is_empty() || cue.kinds.contains(&who.kind);
            let told = told.filter(|(phrase, who)| whole(phrase) && fits(who));
            found.extend(told.map(|(phrase, who)| Mention { place: cue.place, cue: words, phrase, who }));
        }
    }
    found
}

/// Whether what stands before a cue lets it say on whom a claim rests: not "by citing", not "is based on".
fn can_stand(reading: &Reading<'_>, at: usize, place: Place) -> bool {
    let first = reading.sentence(at).tokens.start == at;
    let Some(before) = at.checked_sub(1).filter(|_| !first).map(|before| &reading.tokens[before]) else { return true };
    let apart = matches!(before.kind, TokenKind::Mark | TokenKind::Sign | TokenKind::LineEnd);
    match place {
        Place::Clause => apart || RULES.kinds.get(&*before.plain) == Some(&SourceKind::Document),
        Place::Beside => !before.has(Class::Preposition) && !before.has(Class::Auxiliary) && !before.has(Class::Determiner),
        Place::Relative => apart,
        Place::Cue => !before.has(Class::Negation),
        Place::Opening => true,
    }
}

/// The noun phrase from a token on; "people familiar", "interviews" run on over a preposition.
fn phrase(reading: &Reading<'_>, start: usize, ceiling: Option<usize>) -> Option<Range<usize>> {
    let end = ceiling.unwrap_or_else(|| reading.sentence(start).tokens.end);
    let begins = |at: usize| reading.token(at).is_some_and(begins_phrase);
    let noun = noun(reading, &(start..end)).filter(|&at| begins(at));
    let after = |at: usize| phrase_after(reading, at, end);
    let mut phrase = noun.and_then(after).or_else(|| after(start).filter(|_| begins(start))).map(|phrase| start..phrase.end)?;
    while let Some(over) = RULES.runs_on(reading, phrase.end, end) {
        phrase.end = match after(over).filter(|_| begins(over)) {
            Some(further) => further.end,
            None => over,
        };
    }
    Some(trimmed(reading, &phrase))
}

/// Where the noun of a phrase begins, behind what describes it: "documents" of "newly leaked documents", but "January" of
/// "a January census" too, as no phrase ends there.
fn noun(reading: &Reading<'_>, phrase: &Range<usize>) -> Option<usize> {
    phrase.clone().find(|&at| {
        let token = &reading.tokens[at];
        let mark = token.kind == TokenKind::Mark;
        !(mark || token.has(Class::Determiner) || token.has(Class::Month) || token.is_adverb() || is_participle(token))
    })
}

fn is_participle(token: &Token) -> bool {
    token.verb == Some(VerbForm::Past) && !token.capital
}

/// A phrase without what only leads on or points back behind it.
fn trimmed(reading: &Reading<'_>, phrase: &Range<usize>) -> Range<usize> {
    let mark = |at: usize| reading.tokens[at].kind == TokenKind::Mark;
    let trails = |at: usize| {
        let token = &reading.tokens[at];
        let closed = [Class::Relative, Class::Preposition, Class::Determiner, Class::Coordinator].iter().any(|&class| token.has(class));
        closed || !(token.is_word() || token.kind == TokenKind::Number || token.is(")"))
    };
    let end = (phrase.start + 1..phrase.end).rev().find(|&at| !trails(at)).map_or(phrase.start + 1, |at| at + 1);
    // A quotation mark that has lost its other one goes too.
    let alone = mark(phrase.start) && end > phrase.start + 1 && !(phrase.start + 1..end).any(mark);
    bare(reading, &(phrase.start + usize::from(alone)..end))
}

/// Somebody who is the source of words elsewhere too.
fn told_elsewhere(reading: &Reading<'_>, phrase: &Range<usize>, who: &Resolved) -> Option<(Range<usize>, Resolved)> {
    let phrase = trimmed(reading, phrase);
    let listed = kind(reading, &phrase);
    if listed.is_none() && naming(reading, &phrase).is_none() {
        return None;
    }
    let kind = if listed == Some(SourceKind::Anonymous) && is_insider(reading, &phrase) { SourceKind::Anonymous } else { who.kind };
    Some((phrase, Resolved { kind, ..who.clone() }))
}

/// Somebody who is named only here, if it can tell anything.
fn told_here(reading: &Reading<'_>, directory: &Directory, phrase: Range<usize>) -> Option<(Range<usize>, Resolved)> {
    if let Some(name) = naming(reading, &phrase) {
        let named = directory.named(reading, &phrase, &name);
        let first_name = || name.bare.clone().any(|at| is_first_name(&reading.tokens[at].plain));
        let known = match named.kind {
            SourceKind::Person => name.kind == NameKind::Person || named.role.is_some() || first_name(),
            SourceKind::Outlet => true,
            _ => named.settled || name.kind != NameKind::Unknown,
        };
        return by_name(reading, directory, &phrase, named.kind).filter(|_| known).map(|who| (phrase, who));
    }
    let kind = kind(reading, &phrase)?;
    let described =
        if kind == SourceKind::Document { (phrase.start..phrase.end - 1).rfind(|&at| is_leading(reading, &phrase, at)) } else { None };
    let who = by_own_words(reading, &(described.map_or(phrase.start, |at| at + 1)..phrase.end), kind);
    Some((phrase, who))
}

/// Whether a token is a participle or adverb before the noun of its phrase.
fn is_leading(reading: &Reading<'_>, phrase: &Range<usize>, at: usize) -> bool {
    let token = &reading.tokens[at];
    (token.is_adverb() || is_participle(token)) && noun(reading, phrase).is_some_and(|noun| at < noun)
}

/// The kind of a phrase without a name, by its head: the last noun before a preposition, a clause or a participle.
fn kind(reading: &Reading<'_>, phrase: &Range<usize>) -> Option<SourceKind> {
    let closes = |at: &usize| {
        let token = &reading.tokens[*at];
        let closed = [Class::Preposition, Class::Relative, Class::Coordinator, Class::Determiner].iter().any(|&class| token.has(class));
        closed || token.is("that") || token.is(",") || token.is("(") || RULES.runs_on(reading, *at, phrase.end).is_some()
    };
    let from = noun(reading, phrase)?;
    let end = (from + 1..phrase.end).find(closes).unwrap_or(phrase.end);
    // "documents obtained", "memos detailing", "a census widely believed": what follows a noun describes it.
    let describes = |at: &usize| {
        let token = &reading.tokens[*at];
        let unlisted = token.plain.ends_with("ing") && !RULES.kinds.contains_key(&*token.plain);
        !token.capital && (token.verb.is_some() || token.is_adverb() || unlisted)
    };
    let head = (phrase.start..end).rev().find(|at| !describes(at))?;
    let kind = *RULES.kinds.get(&*reading.tokens[head].plain)?;
    let people = matches!(kind, SourceKind::Person | SourceKind::Group);
    Some(if people && is_insider(reading, phrase) { SourceKind::Anonymous } else { kind })
}

fn is_insider(reading: &Reading<'_>, phrase: &Range<usize>) -> bool {
    phrase.clone().any(|at| RULES.insiders.contains(&*reading.tokens[at].plain))
}

struct Cue {
    /// The words after the first.
    rest: Vec<String>,
    place: Place,
    /// The kinds that may be named behind it; any where none are given.
    kinds: Vec<SourceKind>,
}

#[derive(Default)]
struct Rules {
    /// By the first word, those of more words first.
    cues: HashMap<String, Vec<Cue>>,
    kinds: HashMap<String, SourceKind>,
    insiders: HashSet<String>,
    runs_on: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct File {
    rule: Vec<Rule>,
    words: HashMap<SourceKind, Vec<String>>,
    insiders: HashSet<String>,
    runs_on: Vec<String>,
}

#[derive(Deserialize)]
struct Rule {
    place: Place,
    #[serde(default)]
    kinds: Vec<SourceKind>,
    cues: Vec<String>,
    #[cfg(test)]
    r#match: Vec<String>,
    #[cfg(test)]
    miss: Vec<String>,
}

const DATA: &str = include_str!("../rules/relies_on.toml");

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::read().unwrap_or_default());

impl Rules {
    fn read() -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(DATA)?;
        let mut cues: HashMap<String, Vec<Cue>> = HashMap::new();
        for rule in file.rule {
            for cue in rule.cues {
                let mut words = cue.split(' ').map(str::to_owned);
                let first = words.next().unwrap_or_default();
                cues.entry(first).or_default().push(Cue { rest: words.collect(), place: rule.place, kinds: rule.kinds.clone() });
            }
        }
        for cues in cues.values_mut() {
            cues.sort_by_key(|cue| usize::MAX - cue.rest.len());
        }
        let listed = &lists().kinds;
        let people = listed.group.iter().map(|word| (word.clone(), SourceKind::Group));
        let mut kinds: HashMap<String, SourceKind> =
            people.chain(listed.person.iter().map(|word| (word.clone(), SourceKind::Person))).collect();
        kinds.extend(file.words.into_iter().flat_map(|(kind, words)| words.into_iter().map(move |word| (word, kind))));
        let runs_on = file.runs_on.iter().map(|words| words.split(' ').map(str::to_owned).collect()).collect();
        Ok(Self { cues, kinds, insiders: file.insiders, runs_on })
    }

    /// One past the words at the end of a phrase, or behind it, over which it runs on.
    fn runs_on(&self, reading: &Reading<'_>, at: usize, end: usize) -> Option<usize> {
        let stands =
            |from: usize, words: &[String]| from + words.len() <= end && (from..).zip(words).all(|(at, word)| reading.is(at, word));
        let over = |words: &Vec<String>| {
            [at, at - 1].into_iter().find(|&from| stands(from, words) && from + words.len() > at).map(|from| from + words.len())
        };
        self.runs_on.iter().find_map(over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a rule's cues find in a sentence.
    fn found(sentence: &str, place: Place) -> Vec<String> {
        let reading = Reading::new(sentence);
        let mentions = mentions(&reading, &Directory::new(&reading), &[], &[]);
        mentions.iter().filter(|mention| mention.place == place).map(|mention| reading.words(&mention.phrase).to_owned()).collect()
    }

    #[test]
    fn every_rule_matches_and_misses_what_it_says() {
        let file: File = toml::from_str(DATA).unwrap();
        let mut wrong = Vec::new();
        for rule in &file.rule {
            assert!(!rule.r#match.is_empty() && !rule.miss.is_empty(), "{:?} has no examples", rule.place);
            for example in &rule.r#match {
                let words = example.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(words, _)| words).unwrap();
                let sentence = example.replace(['[', ']'], "");
                if found(&sentence, rule.place) != [words] {
                    wrong.push(format!("{example} {:?}", found(&sentence, rule.place)));
                }
            }
            for example in &rule.miss {
                if !found(example, rule.place).is_empty() {
                    wrong.push(format!("{example} {:?}", found(example, rule.place)));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
