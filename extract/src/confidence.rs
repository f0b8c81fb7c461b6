//! How likely the decisions on a claim are right: logistic regressions over what the stages made of it (`models/confidence.toml`).

use std::sync::LazyLock;

use claims::{Act, Confidence};
use serde::Deserialize;

use crate::attribution::Attribution;
use crate::speakers::Speaker;

#[derive(Default, Deserialize)]
struct Weights {
    content: ContentWeights,
    source: SourceWeights,
    act: ActWeights,
}

#[derive(Default, Deserialize)]
struct ContentWeights {
    constant: f32,
    cue: f32,
    roles: f32,
}

#[derive(Default, Deserialize)]
struct SourceWeights {
    constant: f32,
    roles: f32,
    coreference: f32,
}

#[derive(Default, Deserialize)]
struct ActWeights {
    constant: f32,
    act: f32,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| toml::from_str(include_str!("../models/confidence.toml")).unwrap_or_default());

/// How likely the content, the source and the act are right; fitted, and measured, by `training/confidence.py`.
pub(crate) fn confidence(attribution: &Attribution, speaker: &Speaker, act: Act) -> Confidence {
    let scores = &attribution.scores;
    let roles = odds(scores.roles.exp());
    let cue = odds(if attribution.cue.is_some() { scores.cue.exp() } else { 1.0 });
    let coreference = odds(speaker.choices.first().map_or(1.0, |choice| choice.probability));
    let Weights { content, source, act: of_act } = &*WEIGHTS;
    Confidence {
        content: likely(content.constant + content.cue * cue + content.roles * roles),
        source: likely(source.constant + source.roles * roles + source.coreference * coreference),
        act: likely(of_act.constant + of_act.act * odds(scores.acts[act as usize])),
    }
}

/// Log odds, kept within what a probability of a few digits can tell.
fn odds(probability: f32) -> f32 {
    let bounded = probability.clamp(0.001, 0.999);
    (bounded / (1.0 - bounded)).ln()
}

fn likely(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_well_formed_and_more_evidence_is_more_confidence() {
        let weights: Weights = toml::from_str(include_str!("../models/confidence.toml")).unwrap();
        assert!(weights.content.roles > 0.0 && weights.source.roles > 0.0 && weights.act.act > 0.0);
        assert!(likely(odds(0.9)) > 0.89 && likely(odds(0.9)) < 0.91);
    }
}
