//! Who speaks in each attribution: sources resolved in the order of the text, each with the kind that all its mentions make likeliest.

use std::collections::HashMap;
use std::ops::Range;

use claims::SourceKind;

use crate::attribution::{Attribution, likeliest};
use crate::coreference::{self, Mention};
use crate::directory::{Directory, Resolved};
use crate::discourse::Discourse;
use crate::explain::Choice;
use crate::naming::{bare, naming, own_words, parts};
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
    let place = |number: usize| attributions[number].source.as_ref().map_or(attributions[number].start(), |source| source.start);
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
            speaker.resolved = source.as_ref().map(|source| by_own_words(reading, source, kind)).or_else(|| discourse.speaker().cloned());
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
    let one = |source: &Range<usize>| naming(reading, source).map(|name| directory.named(reading, source, &name));
    if let Some(several) = parts(reading, source).and_then(|parts| parts.iter().map(one).collect::<Option<Vec<Resolved>>>())
        && let Some((last, first)) = several.split_last()
    {
        let first: Vec<&str> = first.iter().map(|one| one.name.as_str()).collect();
        let name = format!("{} and {}", first.join(", "), last.name);
        return Some(Resolved { name, kind, settled: false, role: None, speaks_for: None });
    }
    let Some(named) = one(source) else { return within(reading, directory, source, kind) };
    let begins = directory.by_first_word(&named.name).filter(|_| kind == SourceKind::Person && !named.settled).map(str::to_owned);
    let named = Resolved { name: begins.unwrap_or(named.name), ..named };
    Some(if named.settled { named } else { Resolved { kind, ..named } })
}

/// The body that speaks through its words or its people: "a Halden spokesperson", "an article in the Gazette".
fn within(reading: &Reading<'_>, directory: &Directory, source: &Range<usize>, kind: SourceKind) -> Option<Resolved> {
    if !matches!(kind, SourceKind::Organization | SourceKind::Government | SourceKind::Outlet) {
        return None;
    }
    let names = source.clone().filter_map(|at| reading.name(at).filter(|name| name.full.start == at && name.full.end <= source.end));
    names.map(|name| directory.named(reading, &name.full, name)).find(|resolved| resolved.kind == kind)
}

/// A source that nothing names: filed under its own words.
pub(crate) fn by_own_words(reading: &Reading<'_>, source: &Range<usize>, kind: SourceKind) -> Resolved {
    let phrase = without_article(reading, source);
    Resolved {
        name: own_words(reading, source, kind).to_owned(),
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
