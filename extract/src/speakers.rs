//! Who speaks in each attribution: sources resolved in the order of the text, each with the kind that all its mentions make likeliest.

use std::collections::HashMap;
use std::ops::Range;

use claims::SourceKind;
use language::Name;

use crate::antecedent::antecedent;
use crate::attribution::{Attribution, likeliest};
use crate::coreference::{self, Mention};
use crate::directory::{Directory, Resolved};
use crate::discourse::Discourse;
use crate::explain::Choice;
use crate::kinds::{head, kind_of_name};
use crate::lists::lists;
use crate::naming::{attributive, bare, last_name, naming, of_somebody, own_words, parts};
use crate::pronouns::{Form, Pronoun, pronoun};
use crate::reading::Reading;
use crate::roles::{speaks_for, without_article};

/// So that no single mention rules a kind out.
const LEAST: f32 = 0.01;

/// Who speaks, and what was weighed where the words alone do not tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Speaker {
    pub(crate) resolved: Option<Resolved>,
    /// The form of what was resolved: "he", "the person".
    pub(crate) form: Option<&'static str>,
    pub(crate) choices: Vec<Choice>,
}

/// The speaker of each attribution; `around` are those that each stands in, outermost first.
pub(crate) fn speakers(reading: &Reading<'_>, directory: &Directory, attributions: &[Attribution], around: &[Vec<usize>]) -> Vec<Speaker> {
    let place = |number: usize| attributions[number].heard_at();
    let mut order: Vec<usize> = (0..attributions.len()).collect();
    order.sort_by_key(|&number| place(number));
    let mut discourse = Discourse::new(reading, directory);
    let mut speakers: Vec<Speaker> = vec![Speaker::default(); attributions.len()];
    let mut own_voice = Vec::new();
    for number in order {
        let attribution = &attributions[number];
        let kind = likeliest(&attribution.scores.kinds).map_or(SourceKind::Person, |number| SourceKind::ALL[number]);
        let source = attribution.source.as_ref().map(|source| bare(reading, source));
        if source.is_none() && attribution.cue.is_some() && kind == SourceKind::Unspecified {
            continue;
        }
        discourse.advance(place(number));
        let refers_to = source.clone().filter(|source| coreference::form(reading, source, kind) == Some("who"));
        let source = refers_to.and_then(|pronoun| antecedent(reading, pronoun.start)).filter(|found| fits(reading, found, kind)).or(source);
        let named = source.as_ref().and_then(|source| by_name(reading, directory, source, kind));
        let form = match (&source, &named) {
            (_, Some(_)) => None,
            (None, None) => Some("no words"),
            (Some(source), None) => coreference::form(reading, source, kind),
        };
        if matches!(form, Some("I" | "we")) {
            // Whoever says "I" is known when all that is not said in quotations is.
            own_voice.push(number);
            continue;
        }
        let mut speaker = Speaker { resolved: named, form, choices: Vec::new() };
        if let Some(form) = form {
            let around = around[number].iter().rev().find_map(|&outer| speakers[outer].resolved.as_ref());
            let at = place(number);
            let place = source.clone().unwrap_or(at..at);
            let mention = Mention { form, place, kinds: attribution.scores.kinds, around };
            let (found, choices) = coreference::resolve(reading, &discourse, &mention);
            speaker.resolved = found.cloned();
            speaker.choices = choices;
        }
        if speaker.resolved.is_none() {
            let own = source.as_ref().map(|source| {
                let own = by_own_words(reading, source, kind);
                Resolved { name: by_owner(reading, &discourse, source, kind).unwrap_or(own.name), ..own }
            });
            speaker.resolved = own.or_else(|| discourse.speaker().cloned());
        }
        if let Some(resolved) = &speaker.resolved {
            discourse.heard(resolved, source.as_ref());
        }
        speakers[number] = speaker;
    }
    for number in own_voice {
        let outer = around[number].iter().rev().find_map(|&outer| speakers[outer].resolved.clone());
        let source = bare(reading, attributions[number].source.as_ref().unwrap_or(&(0..0)));
        let itself = || by_own_words(reading, &source, SourceKind::Person);
        speakers[number].resolved = Some(outer.unwrap_or_else(itself));
    }
    agree(&mut speakers, attributions);
    speakers
}

/// Who the words of a source name.
pub(crate) fn by_name(reading: &Reading<'_>, directory: &Directory, source: &Range<usize>, kind: SourceKind) -> Option<Resolved> {
    let crowd = kind == SourceKind::Group;
    let end = source.clone().find(|&at| crowd && reading.is(at, ",")).unwrap_or(source.end);
    // "voters in places like Arden, Bray and Coll": what follows a crowd's comma does not name it.
    let source = &(source.start..end);
    if names_some_of(reading, source) {
        let name = reading.words(&without_article(reading, source)).to_owned();
        return Some(Resolved { name, kind, settled: false, role: None, speaks_for: None });
    }
    if let Some(several) = several(reading, directory, source, kind) {
        return Some(several);
    }
    let named = naming(reading, source).map(|name| directory.named(reading, source, &name));
    let Some(named) = named else { return within(reading, directory, source, kind) };
    let begins = directory.by_first_word(&named.name).filter(|_| kind == SourceKind::Person && !named.settled).map(str::to_owned);
    let named = Resolved { name: begins.unwrap_or(named.name), ..named };
    Some(if named.settled { named } else { Resolved { kind, ..named } })
}

/// The sources of one claim, all by name: "Ann Lee and Paul Ryde".
fn several(reading: &Reading<'_>, directory: &Directory, source: &Range<usize>, kind: SourceKind) -> Option<Resolved> {
    let one = |part: &Range<usize>| naming(reading, part).map(|name| directory.named(reading, part, &name).name);
    let names = parts(reading, source)?.iter().map(one).collect::<Option<Vec<String>>>()?;
    let (last, first) = names.split_last()?;
    Some(Resolved { name: format!("{} and {last}", first.join(", ")), kind, settled: false, role: None, speaks_for: None })
}

/// Whether a phrase may be of somebody of this kind: a person is no body's name.
fn fits(reading: &Reading<'_>, phrase: &Range<usize>, kind: SourceKind) -> bool {
    let body = |name: Name| kind_of_name(reading, &name, reading.words(&name.bare)) != SourceKind::Person;
    kind != SourceKind::Person || !naming(reading, phrase).is_some_and(body)
}

/// "Halden, Bray and other towns": a list that names only some of those who speak.
fn names_some_of(reading: &Reading<'_>, source: &Range<usize>) -> bool {
    let open = |at: usize| reading.token(at + 1).is_some_and(|next| lists().kinds.open_ends.contains(&*next.plain));
    (source.start + 1..source.end.saturating_sub(1)).any(|at| reading.is(at, "and") && open(at))
}

/// The body that speaks through its words or its people: "a Halden spokesperson", "an article in the Gazette". But not "the Halden
/// government", "a Gazette poll".
fn within(reading: &Reading<'_>, directory: &Directory, source: &Range<usize>, kind: SourceKind) -> Option<Resolved> {
    let own = lists().kinds.own_names.contains(&*reading.tokens[head(reading, source)].plain);
    if own || !matches!(kind, SourceKind::Organization | SourceKind::Government | SourceKind::Outlet) {
        return None;
    }
    let names = source.clone().filter_map(|at| reading.name(at).filter(|name| name.full.start == at && name.full.end <= source.end));
    let mut bodies = names.map(|name| (name.full.start, directory.named(reading, &name.full, name)));
    let (start, body) = bodies.find(|(_, resolved)| resolved.kind == kind)?;
    // "reports by the Gazette and the Tribune"
    Some(several(reading, directory, &(start..source.end), kind).unwrap_or(body))
}

/// Somebody known by whom it belongs to: "Mara Lindqvist’s lawyer" of "her lawyer".
fn by_owner(reading: &Reading<'_>, discourse: &Discourse<'_, '_>, source: &Range<usize>, kind: SourceKind) -> Option<String> {
    let one = matches!(kind, SourceKind::Person | SourceKind::Organization | SourceKind::Government);
    let here = source.start..source.start;
    let owner = match pronoun(&reading.tokens[source.start].plain).filter(|_| one && source.len() > 1)?.0 {
        Pronoun { form: Form::He, possessive: Some(_) } => coreference::person(reading, discourse, &here, "he", None, None),
        Pronoun { form: Form::She, possessive: Some(_) } => coreference::person(reading, discourse, &here, "she", None, None),
        _ => None,
    }?;
    let rest = source.start + 1..source.end;
    Some(match attributive(reading, &rest) {
        Some(body) => format!("{} {body}", last_name(&owner)),
        None => format!("{owner}’s {}", own_words(reading, &rest, kind)),
    })
}

/// A source that nothing names: filed under its own words.
pub(crate) fn by_own_words(reading: &Reading<'_>, source: &Range<usize>, kind: SourceKind) -> Resolved {
    let phrase = without_article(reading, source);
    Resolved {
        name: of_somebody(reading, source).unwrap_or_else(|| own_words(reading, source, kind).to_owned()),
        kind,
        settled: false,
        role: (kind == SourceKind::Person).then(|| reading.words(&phrase).to_owned()),
        speaks_for: speaks_for(reading, &phrase),
    }
}

/// Gives all mentions of one source the kind that is likeliest of them together.
fn agree(speakers: &mut [Speaker], attributions: &[Attribution]) {
    let mut kinds: HashMap<String, [f32; SourceKind::ALL.len()]> = HashMap::new();
    for (speaker, attribution) in speakers.iter().zip(attributions) {
        let Some(speaker) = &speaker.resolved else { continue };
        let sums = kinds.entry(speaker.name.clone()).or_default();
        for (sum, kind) in sums.iter_mut().zip(attribution.scores.kinds) {
            *sum += (kind + LEAST).ln();
        }
    }
    for speaker in speakers.iter_mut().filter_map(|speaker| speaker.resolved.as_mut()).filter(|speaker| !speaker.settled) {
        if let Some(number) = kinds.get(&speaker.name).and_then(|sums| likeliest(sums)) {
            speaker.kind = SourceKind::ALL[number];
        }
    }
}
