//! Contents made to stand alone: names for pronouns and short names, calendar dates for "on Thursday", no quotation marks.

use std::collections::HashMap;
use std::ops::Range;

use claims::SourceKind;
use language::{Class, DateFound, Name, Precision, TokenKind, VerbForm, is_first_name};

use crate::attribution::Attribution;
use crate::coreference;
use crate::directory::{Directory, Resolved};
use crate::discourse::Discourse;
use crate::naming::bare;
use crate::phrases::{begins_phrase, is_finite};
use crate::pronouns::{Form, Possessive, Pronoun, pronoun, pronouns};
use crate::reading::Reading;
use crate::speakers::Speaker;

/// What follows "her" in "told her a story", "her Monday", "told her it was".
const BEGIN_NO_NOUN: [Class; 3] = [Class::Determiner, Class::Weekday, Class::SubjectPronoun];

/// What follows "I" and is no verb that agrees with it.
const NO_VERBS: [Class; 6] =
    [Class::Auxiliary, Class::Negation, Class::Preposition, Class::Coordinator, Class::Subordinator, Class::Relative];

/// Whom the pronouns in the contents of a text stand for, by token.
pub(crate) struct Standalone(HashMap<usize, String>);

impl Standalone {
    /// Decides on each pronoun of each content, in the order of the text; `speakers` are those of the attributions.
    pub(crate) fn new(reading: &Reading<'_>, directory: &Directory, attributions: &[Attribution], speakers: &[Speaker]) -> Self {
        let mut heard: Vec<(usize, usize)> = attributions.iter().enumerate().map(|(number, one)| (one.heard_at(), number)).collect();
        heard.sort_unstable();
        let mut heard = heard.into_iter().peekable();
        let mut discourse = Discourse::new(reading, directory);
        let mut found = HashMap::new();
        let all = by_token(attributions);
        for around in all.chunk_by(|(a, ..), (b, ..)| a == b) {
            let at = around[0].0;
            let Some((pronoun, _)) = pronoun(&reading.tokens[at].plain) else { continue };
            while let Some((place, number)) = heard.next_if(|&(place, _)| place <= at) {
                discourse.advance(place);
                if let Some(resolved) = &speakers[number].resolved {
                    let source = attributions[number].source.as_ref().map(|source| bare(reading, source));
                    discourse.heard(resolved, source.as_ref());
                }
            }
            discourse.advance(at);
            let numbers = || around.iter().map(|&(_, _, number)| number);
            let resolved = |number: usize| speakers[number].resolved.as_ref();
            // “Lind thinks that I am old,” Brandt said: "I" is whoever is quoted, not who thinks within the quotation.
            let quoted = numbers().find(|&number| is_quoted(reading, &attributions[number], at)).and_then(resolved);
            let begins = around.iter().find_map(|&(_, _, number)| attributions[number].content.iter().find(|range| range.contains(&at)));
            let here = begins.map_or(at, |range| range.start)..at;
            let own_words = numbers().find_map(resolved).filter(|speaker| quoted.is_none_or(|quoted| quoted.name != speaker.name));
            let name = match pronoun.form {
                Form::I => quoted.and_then(itself),
                Form::We => quoted.and_then(body),
                Form::He => coreference::person(reading, &discourse, &here, "he", own_words, quoted),
                Form::She => coreference::person(reading, &discourse, &here, "she", own_words, quoted),
            };
            found.extend(name.map(|name| (at, name)));
        }
        Self(found)
    }

    /// The words of a content made to stand alone; none if there are none.
    pub(crate) fn content(
        &self,
        reading: &Reading<'_>,
        directory: &Directory,
        dates: &[DateFound],
        content: &[Range<usize>],
    ) -> Option<String> {
        let mut written = Written::default();
        // Whoever was named last is meant by the pronouns that follow.
        let mut last = String::new();
        for range in content {
            written.space = true;
            let mut at = range.start;
            while at < range.end {
                let token = &reading.tokens[at];
                written.space |= token.spaced;
                if let Some(date) = date_at(dates, at).filter(|date| date.tokens.end <= range.end && says_when(reading, date)) {
                    written.put(&dated(reading, date));
                    at = date.tokens.end;
                    continue;
                }
                if let Some(name) =
                    reading.name(at).filter(|name| name.bare.start == at && name.bare.end <= range.end && !reading.is(name.bare.end, "["))
                {
                    let full = full_name(reading, directory, name);
                    let known = full.as_ref().is_none_or(|full| *full == last);
                    written.put(full.as_deref().filter(|_| !known).unwrap_or(reading.words(&name.bare)));
                    last = full.unwrap_or(last);
                    at = name.bare.end;
                    continue;
                }
                match pronoun(&token.plain).zip(self.0.get(&at)) {
                    Some(((pronoun, ending), name)) if *name != last || pronoun.form == Form::I => {
                        at = written.name(reading, at, (pronoun, ending, name), range.end);
                        last.clone_from(name);
                        continue;
                    }
                    _ if token.kind == TokenKind::LineEnd => written.space = true,
                    _ if is_mark(reading, at) => {}
                    _ => written.put(reading.words(&(at..at + 1))),
                }
                at += 1;
            }
        }
        let text = written.text.trim_end_matches([',', ';', ':', ' ']);
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// The tokens of all contents in the order of the text, each with the width and number of every attribution that says it,
/// the narrowest first.
fn by_token(attributions: &[Attribution]) -> Vec<(usize, usize, usize)> {
    let mut all = Vec::new();
    for (number, attribution) in attributions.iter().enumerate() {
        let width = attribution.content.iter().map(ExactSizeIterator::len).sum();
        all.extend(attribution.content.iter().flat_map(Clone::clone).map(|at| (at, width, number)));
    }
    all.sort_unstable();
    all
}

/// Whether a token stands in a quotation of what the attribution says.
fn is_quoted(reading: &Reading<'_>, attribution: &Attribution, at: usize) -> bool {
    let says = |quotation: &language::Quotation| attribution.cue.as_ref().is_none_or(|cue| !quotation.tokens.contains(&cue.start));
    reading.quotation(at).is_some_and(says)
}

/// So many words of a source without a name can stand for "I".
const FEW: usize = 6;

/// Whom a source means by "I": not a body, a book or a crowd, nor somebody of whom no more is known than "he".
fn itself(speaker: &Resolved) -> Option<String> {
    let one = matches!(speaker.kind, SourceKind::Person | SourceKind::Anonymous) && speaker.name.split(' ').count() <= FEW;
    let begins = speaker.name.split(' ').next().unwrap_or_default();
    let closed = pronoun(&begins.to_lowercase()).is_some();
    let whole = begins.starts_with(char::is_uppercase) || matches!(begins, "a" | "an" | "one");
    (one && !closed).then(|| if whole { speaker.name.clone() } else { format!("the {}", speaker.name) })
}

/// Whom a source means by "we": the body that it is, or that it speaks for.
fn body(speaker: &Resolved) -> Option<String> {
    let is_one = matches!(speaker.kind, SourceKind::Organization | SourceKind::Government | SourceKind::Outlet);
    let named = is_one && speaker.name.starts_with(char::is_uppercase);
    speaker.speaks_for.clone().or_else(|| named.then(|| speaker.name.clone()))
}

/// The fullest name of a person; none of what is no person for sure.
fn full_name(reading: &Reading<'_>, directory: &Directory, name: &Name) -> Option<String> {
    let resolved = directory.named(reading, &name.full, name);
    let first = resolved.name.split(' ').next().unwrap_or_default().to_lowercase();
    (resolved.kind == SourceKind::Person && is_first_name(&first)).then_some(resolved.name)
}

/// Whether a token is a mark at the edge of an outermost quotation.
fn is_mark(reading: &Reading<'_>, at: usize) -> bool {
    let edge = |quotation: &language::Quotation| quotation.tokens.start == at || quotation.tokens.end == at + 1;
    reading.tokens[at].kind == TokenKind::Mark && reading.quotation(at).is_some_and(edge)
}

fn date_at(dates: &[DateFound], at: usize) -> Option<&DateFound> {
    dates.binary_search_by_key(&at, |found| found.tokens.start).ok().map(|number| &dates[number])
}

/// Whether a date's words need the calendar: not where they have the year, nor where they are a span of days.
fn says_when(reading: &Reading<'_>, date: &DateFound) -> bool {
    let year = date.date.year().to_string();
    let plain = |at: usize| &*reading.tokens[at].plain;
    !date.tokens.clone().any(|at| plain(at).contains(&year) || matches!(plain(at), "and" | "to" | "-" | "–"))
}

/// A date as written in full, with a preposition where its words have none: "on 14 November 2024".
fn dated(reading: &Reading<'_>, date: &DateFound) -> String {
    let (year, month, day) = (date.date.year(), date.date.month(), date.date.day());
    let (preposition, written) = match date.precision {
        Precision::Day => ("on", format!("{day} {month} {year}")),
        Precision::Month => ("in", format!("{month} {year}")),
        Precision::Year => ("in", year.to_string()),
    };
    let before = date.tokens.start.checked_sub(1).map(|before| &reading.tokens[before]);
    let has = |class| before.is_some_and(|before| before.has(class));
    let introduced = [Class::Preposition, Class::Determiner, Class::Subordinator].into_iter().any(has);
    let begins = before.is_none_or(|before| !before.is_word()) || has(Class::Coordinator);
    // "Today is a day of joy", "Thursday's vote"
    let noun = reading.token(date.tokens.end).is_some_and(|next| next.is("'s") || begins && is_finite(next));
    if introduced || noun { written } else { format!("{preposition} {written}") }
}

/// Text on its way.
#[derive(Default)]
struct Written {
    text: String,
    /// Whether white space stands before what comes next.
    space: bool,
}

impl Written {
    fn put(&mut self, words: &str) {
        if self.space && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(words);
        self.space = false;
    }

    /// A name in the place of the pronoun at a token, and the verb behind "I" that agrees with it; where to go on.
    fn name(&mut self, reading: &Reading<'_>, at: usize, (pronoun, ending, name): (&Pronoun, &str, &str), end: usize) -> usize {
        let next = reading.token(at + 1).filter(|_| at + 1 < end);
        let noun = next.is_some_and(|next| begins_phrase(next) && !BEGIN_NO_NOUN.into_iter().any(|class| next.has(class)));
        self.put(name);
        match pronoun.possessive {
            Some(Possessive::Always) => self.text.push_str("’s"),
            Some(Possessive::BeforeANoun) if noun => self.text.push_str("’s"),
            _ => {}
        }
        if !ending.is_empty() {
            let long = pronouns().contractions.get(ending).map_or(ending, String::as_str);
            let long = if pronoun.form == Form::I { pronouns().agreement.get(long).map_or(long, String::as_str) } else { long };
            self.space = !long.starts_with('\'');
            self.put(long);
            return at + 1;
        }
        // "do I know": the verb before it agrees.
        let asked = at > 0 && reading.tokens[at - 1].has(Class::Auxiliary);
        if &*reading.tokens[at].plain != "i" || asked {
            return at + 1;
        }
        let verb = (at + 1..end.min(at + 4)).find(|&after| !reading.tokens[after].is_adverb()).filter(|&verb| verb < end);
        let Some((verb, third)) = verb.and_then(|verb| Some((verb, third_person(reading, verb)?))) else { return at + 1 };
        for adverb in at + 1..verb {
            self.space = reading.tokens[adverb].spaced;
            self.put(reading.words(&(adverb..adverb + 1)));
        }
        self.space = true;
        self.put(&third);
        verb + 1
    }
}

/// The verb at a token as it follows a name, where it is in the form that follows "I".
fn third_person(reading: &Reading<'_>, at: usize) -> Option<String> {
    let token = &reading.tokens[at];
    let listed = pronouns().agreement.get(&*token.plain).cloned();
    let inflected = || {
        let forms = language::forms(&token.plain);
        forms.into_iter().find(|(_, form)| *form == VerbForm::Third).map(|(word, _)| word)
    };
    let base = matches!(token.verb, Some(VerbForm::Base)) || token.verb.is_none() && !token.plain.ends_with("ed");
    let verb = base && token.kind == TokenKind::Word && !token.capital && !NO_VERBS.into_iter().any(|class| token.has(class));
    listed.or_else(|| verb.then(inflected).flatten())
}
