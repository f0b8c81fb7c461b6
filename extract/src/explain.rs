//! What each stage decided for a claim, what else it weighed, and why: what `gainsay read --explain` shows.

use claims::{Act, ClaimData, SourceKind};
use serde::Serialize;

use crate::attribution::Attribution;
use crate::speakers::Speaker;

/// One decision on a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The stage: "quotation", "cue", "source and content", "coreference", "kind", "act", "chain", "relies on", "standing alone",
    /// "own voice".
    pub stage: &'static str,
    /// What was decided.
    pub decided: String,
    /// What was weighed, the likeliest first; empty where there was no choice.
    pub weighed: Vec<Choice>,
}

/// One of the possible decisions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// What would be decided.
    pub what: String,
    /// How likely it is right, from 0 to 1, in the eyes of the stage.
    pub probability: f32,
    /// What speaks for it or against it, with how much of it there is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<(&'static str, f32)>,
}

impl Choice {
    pub(crate) fn new(what: &str, because: Vec<(&'static str, f32)>) -> Self {
        Self { what: what.to_owned(), probability: 0.0, because }
    }
}

/// A choice less likely than this is not told of.
const LEAST: f32 = 0.01;

/// The steps to one claim.
pub(crate) fn steps(attribution: &Attribution, speaker: &Speaker, claim: &ClaimData) -> Vec<Step> {
    let scores = &attribution.scores;
    let found = |score: f32, what: &str| vec![Choice { what: what.to_owned(), probability: score.exp(), because: Vec::new() }];
    let source = claim.source.as_ref();
    let cue = claim.cue.as_ref();
    let mut steps = vec![
        Step { stage: "quotation", decided: format!("{}, {}", claim.quotation.as_str(), claim.rule), weighed: Vec::new() },
        Step {
            stage: "cue",
            decided: cue.map_or_else(|| "none".to_owned(), |cue| cue.lemma.clone()),
            weighed: cue.map(|cue| found(scores.cue, &cue.text)).unwrap_or_default(),
        },
        Step {
            stage: "source and content",
            decided: source.map_or("none", |source| &source.text).to_owned(),
            weighed: found(scores.roles, &claim.content.text),
        },
    ];
    if let Some(form) = speaker.form {
        let decided = format!("{form}: {}", source.map_or("", |source| &source.name));
        steps.push(Step { stage: "coreference", decided, weighed: speaker.choices.clone() });
    }
    steps.push(Step {
        stage: "kind",
        decided: source.map_or("none", |source| source.kind.as_str()).to_owned(),
        weighed: ranked(scores.kinds.iter().zip(SourceKind::ALL).map(|(&score, kind)| (kind.as_str(), score))),
    });
    steps.push(Step {
        stage: "act",
        decided: claim.act.as_str().to_owned(),
        weighed: ranked(scores.acts.iter().zip(Act::ALL).map(|(&score, act)| (act.as_str(), score))),
    });
    let chain: Vec<&str> = claim.chain.iter().map(|link| link.name.as_str()).collect();
    steps.push(Step { stage: "chain", decided: chain.join(" > "), weighed: Vec::new() });
    if let Some(relied) = &claim.relies_on {
        let decided = format!("{}: {}, {}", relied.text, relied.name, relied.kind.as_str());
        steps.push(Step { stage: "relies on", decided, weighed: Vec::new() });
    }
    if let Some(resolved) = &claim.content.resolved {
        steps.push(Step { stage: "standing alone", decided: resolved.clone(), weighed: Vec::new() });
    }
    steps
}

fn ranked<'n>(choices: impl Iterator<Item = (&'n str, f32)>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = choices
        .filter(|&(_, probability)| probability >= LEAST)
        .map(|(what, probability)| Choice { what: what.to_owned(), probability, because: Vec::new() })
        .collect();
    choices.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    choices
}
