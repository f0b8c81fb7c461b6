//! How likely the decisions on a claim are right.

use claims::{Act, Confidence};

use crate::attribution::Attribution;

/// From the scores of the network.
pub(crate) fn confidence(attribution: &Attribution, act: Act) -> Confidence {
    let scores = &attribution.scores;
    let found = (scores.cue + scores.roles).exp();
    Confidence { content: found, source: found, act: scores.acts[act as usize] }
}
