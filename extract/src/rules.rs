//! The rule files of `rules/`, read once: reporting verbs, refusals, nouns, prepositions, adverbs, confidences.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use claims::{Act, Confidence};
use language::VerbForm;
use serde::Deserialize;

use crate::attribution::Construction;

/// All rules, ready to be looked up.
#[derive(Default)]
pub(crate) struct Rules {
    /// Verbs by the first word of each form.
    pub(crate) verbs: HashMap<String, Vec<VerbEntry>>,
    /// Forms that are nouns as well.
    pub(crate) nouns_as_well: HashSet<String>,
    /// Nouns before a participle that do not speak themselves.
    pub(crate) statements: HashSet<String>,
    /// Where something is said: "statement".
    pub(crate) venues: HashSet<String>,
    /// Refusals by their first word, the negated ones apart.
    pub(crate) refusals: HashMap<String, Vec<Pattern>>,
    pub(crate) negated_refusals: HashMap<String, Vec<Pattern>>,
    pub(crate) nouns: HashMap<String, NounEntry>,
    /// Each as its words.
    pub(crate) prepositions: Vec<Vec<String>>,
    /// What follows them where it names no source.
    pub(crate) never_sources: HashSet<String>,
    pub(crate) adverbs: HashMap<String, Act>,
    /// Participles that attribute after "is" and before "to", with lemma and act.
    pub(crate) passives: HashMap<String, (String, Act)>,
    confidences: BTreeMap<String, ConfidenceEntry>,
}

/// One form of one reporting verb.
#[derive(Clone, Debug)]
pub(crate) struct VerbEntry {
    /// The words after the first.
    pub(crate) rest: Vec<String>,
    pub(crate) form: VerbForm,
    pub(crate) lemma: String,
    pub(crate) act: Act,
    pub(crate) negated: Act,
    pub(crate) frames: Frames,
    pub(crate) addressee: bool,
    /// Whether its subject may follow it ("said X").
    pub(crate) inverts: bool,
}

/// What the content of a verb may be.
#[allow(clippy::struct_excessive_bools, reason = "a set of independent frames, named as in the rule files")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frames {
    pub(crate) quote: bool,
    pub(crate) that: bool,
    pub(crate) clause: bool,
    pub(crate) wh: bool,
    pub(crate) to: bool,
    pub(crate) noun: bool,
    pub(crate) label: bool,
    pub(crate) object_to: bool,
}

/// A refusal: what follows its first word.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) lemma: String,
    pub(crate) rest: Vec<Step>,
}

/// One step of a pattern.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// One of these words.
    Word(Vec<String>),
    /// Up to three words.
    Gap,
}

/// What a noun that attributes takes.
#[derive(Clone, Debug)]
pub(crate) struct NounEntry {
    pub(crate) act: Act,
    pub(crate) frames: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct ConfidenceEntry {
    content: f32,
    source: f32,
    act: f32,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::read().unwrap_or_default());

/// The rules.
pub(crate) fn rules() -> &'static Rules {
    &RULES
}

impl Rules {
    /// How far the decisions of a construction are to be trusted.
    pub(crate) fn confidence(&self, construction: Construction) -> Confidence {
        let entry = self.confidences.get(construction.name());
        let entry = entry.copied().unwrap_or(ConfidenceEntry { content: 0.5, source: 0.5, act: 0.5 });
        Confidence { content: entry.content, source: entry.source, act: entry.act }
    }

    fn read() -> Result<Self, toml::de::Error> {
        let verbs: VerbFile = toml::from_str(include_str!("../rules/verbs.toml"))?;
        let refusals: RefusalFile = toml::from_str(include_str!("../rules/no_comment.toml"))?;
        let nouns: NounFile = toml::from_str(include_str!("../rules/nouns.toml"))?;
        let prepositions: PrepositionFile = toml::from_str(include_str!("../rules/according_to.toml"))?;
        let adverbs: AdverbFile = toml::from_str(include_str!("../rules/adverbs.toml"))?;
        let noun_entry = |rule: &NounRule| NounEntry { act: rule.act, frames: rule.frames.clone() };
        Ok(Self {
            verbs: verb_entries(&verbs),
            nouns_as_well: verbs.nouns_as_well,
            statements: verbs.statements,
            venues: verbs.venues,
            refusals: patterns(&refusals.patterns),
            negated_refusals: patterns(&refusals.negated),
            nouns: nouns.rule.iter().flat_map(|rule| rule.nouns.iter().map(move |noun| (noun.clone(), noun_entry(rule)))).collect(),
            prepositions: prepositions.cues.iter().map(|cue| words(cue)).collect(),
            never_sources: prepositions.never,
            adverbs: adverbs.rule.iter().flat_map(|rule| rule.adverbs.iter().map(move |adverb| (adverb.clone(), rule.act))).collect(),
            passives: passives(&adverbs),
            confidences: toml::from_str(include_str!("../rules/confidence.toml"))?,
        })
    }
}

#[derive(Deserialize)]
struct VerbFile {
    nouns_as_well: HashSet<String>,
    statements: HashSet<String>,
    venues: HashSet<String>,
    rule: Vec<VerbRule>,
}

#[derive(Deserialize)]
struct VerbRule {
    act: Act,
    negated: Option<Act>,
    frames: Vec<String>,
    #[serde(default)]
    addressee: bool,
    inverts: Option<bool>,
    verbs: Vec<String>,
}

#[derive(Deserialize)]
struct RefusalFile {
    patterns: Vec<String>,
    negated: Vec<String>,
}

#[derive(Deserialize)]
struct NounFile {
    rule: Vec<NounRule>,
}

#[derive(Deserialize)]
struct NounRule {
    act: Act,
    frames: Vec<String>,
    nouns: Vec<String>,
}

#[derive(Deserialize)]
struct PrepositionFile {
    cues: Vec<String>,
    never: HashSet<String>,
}

#[derive(Deserialize)]
struct AdverbFile {
    rule: Vec<AdverbRule>,
}

#[derive(Deserialize)]
struct AdverbRule {
    act: Act,
    adverbs: Vec<String>,
    passives: Vec<String>,
}

fn verb_entries(file: &VerbFile) -> HashMap<String, Vec<VerbEntry>> {
    let mut entries: HashMap<String, Vec<VerbEntry>> = HashMap::new();
    for rule in &file.rule {
        let has = |frame: &str| rule.frames.iter().any(|listed| listed == frame);
        let frames = Frames {
            quote: has("quote"),
            that: has("that"),
            clause: has("clause"),
            wh: has("wh"),
            to: has("to"),
            noun: has("noun"),
            label: has("label"),
            object_to: has("object_to"),
        };
        for (verb, (form, verb_form)) in rule.verbs.iter().flat_map(|verb| language::forms(verb).into_iter().map(move |form| (verb, form)))
        {
            let mut rest = words(&form);
            let first = rest.remove(0);
            let entry = VerbEntry {
                rest,
                form: verb_form,
                lemma: verb.clone(),
                act: rule.act,
                negated: rule.negated.unwrap_or(rule.act),
                frames,
                addressee: rule.addressee,
                inverts: rule.inverts.unwrap_or(true),
            };
            entries.entry(first).or_default().push(entry);
        }
    }
    for forms in entries.values_mut() {
        // The longest first, so that "call for" is not read as "call".
        forms.sort_by_key(|entry| usize::MAX - entry.rest.len());
    }
    entries
}

fn passives(file: &AdverbFile) -> HashMap<String, (String, Act)> {
    let participle = |form: VerbForm| matches!(form, VerbForm::Past | VerbForm::Participle);
    let verbs = file.rule.iter().flat_map(|rule| rule.passives.iter().map(move |verb| (verb, rule.act)));
    let forms = verbs.flat_map(|(verb, act)| language::forms(verb).into_iter().map(move |form| (form, verb.clone(), act)));
    forms.filter(|((_, form), ..)| participle(*form)).map(|((word, _), verb, act)| (word, (verb, act))).collect()
}

fn patterns(lines: &[String]) -> HashMap<String, Vec<Pattern>> {
    let mut found: HashMap<String, Vec<Pattern>> = HashMap::new();
    for line in lines {
        let mut steps = words(line);
        let first = steps.remove(0);
        let rest: Vec<Step> = steps.iter().map(|step| if step == "*" { Step::Gap } else { Step::Word(alternatives(step)) }).collect();
        for first in alternatives(&first) {
            for (form, _) in language::forms(&first) {
                found.entry(form).or_default().push(Pattern { lemma: first.clone(), rest: rest.clone() });
            }
        }
    }
    for patterns in found.values_mut() {
        patterns.sort_by_key(|pattern| usize::MAX - pattern.rest.len());
    }
    found
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn alternatives(step: &str) -> Vec<String> {
    step.split('|').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_well_formed() {
        let rules = Rules::read().unwrap();
        assert!(rules.verbs["denied"].iter().any(|entry| entry.act == Act::Deny));
        assert_eq!(rules.verbs["called"][0].rest.len(), 1, "the longest come first");
        assert!(rules.refusals.contains_key("declined"));
    }

    #[test]
    fn frames_are_spelled_as_known() {
        let verbs: VerbFile = toml::from_str(include_str!("../rules/verbs.toml")).unwrap();
        let nouns: NounFile = toml::from_str(include_str!("../rules/nouns.toml")).unwrap();
        for frame in verbs.rule.iter().flat_map(|rule| &rule.frames) {
            assert!(["quote", "that", "clause", "wh", "to", "noun", "label", "object_to"].contains(&frame.as_str()), "{frame}");
        }
        for frame in nouns.rule.iter().flat_map(|rule| &rule.frames) {
            assert!(["that", "of", "to", "for"].contains(&frame.as_str()), "{frame}");
        }
    }

    #[test]
    fn every_construction_has_a_confidence() {
        let names: Vec<String> = Rules::read().unwrap().confidences.into_keys().collect();
        assert_eq!(names.len(), 18);
    }
}
