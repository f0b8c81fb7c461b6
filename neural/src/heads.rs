//! What is read off the states: cues, the roles of all pieces to each cue, its act and the kind of its source.

#![allow(clippy::cast_precision_loss, reason = "sizes of layers, and distances within a window")]

use rten_simd::SimdUnaryOp;
use rten_vecmath::Gelu;

use crate::encoder::SIZE;
use crate::linear::Linear;
use crate::tensors::Tensors;
use crate::{ACTS, Error, KINDS};

pub(crate) const CUE_TAGS: usize = 4;
pub(crate) const ROLE_TAGS: usize = 5;
const WIDE: usize = 192;
const NARROW: usize = 96;
/// Steps of distance either way of a cue.
const STEPS: usize = 16;
const QUERIES: usize = 6;
const QUERY: usize = SIZE / QUERIES;
const HIDDEN: usize = 384;
/// The cue itself, beside the roles.
const CUE_ROLE: usize = ROLE_TAGS;

pub(crate) struct Heads {
    /// Of a piece: part and factor for its role to a cue, key and value for acts.
    piece: Linear,
    /// Of a cue: the same, and the query for acts.
    anchor: Linear,
    cue: Small,
    distance: Vec<f32>,
    role: Small,
    role_weight: Vec<f32>,
    role_value: Vec<f32>,
    what: Linear,
    what_last: Small,
}

/// What is computed once for all cues of a window.
pub(crate) struct Pieces {
    rows: Vec<f32>,
    states: Vec<f32>,
}

const PIECE: usize = WIDE + NARROW + 2 * SIZE;
const ANCHOR: usize = WIDE + NARROW + SIZE;

/// A layer of few outputs, in 32 bits.
struct Small {
    inputs: usize,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

/// Where a cue stands: first and last piece.
pub(crate) type Place = (usize, usize);

impl Heads {
    pub(crate) fn new(tensors: &Tensors<'_>) -> Result<Self, Error> {
        Ok(Self {
            piece: Linear::new(tensors, "piece", SIZE, PIECE)?,
            anchor: Linear::new(tensors, "anchor", 2 * SIZE, ANCHOR)?,
            cue: Small::new(tensors, "cue", SIZE, CUE_TAGS)?,
            distance: tensors.floats("distance", (2 * STEPS + 1) * WIDE)?,
            role: Small::new(tensors, "role", WIDE + NARROW, ROLE_TAGS)?,
            role_weight: tensors.floats("role_weight", (ROLE_TAGS + 1) * QUERIES)?,
            role_value: tensors.floats("role_value", (ROLE_TAGS + 1) * SIZE)?,
            what: Linear::new(tensors, "what", 5 * SIZE, HIDDEN)?,
            what_last: Small::new(tensors, "what_last", HIDDEN, ACTS.len() + KINDS.len())?,
        })
    }

    /// Log probabilities of the cue tags of each piece.
    pub(crate) fn cues(&self, states: &[f32]) -> Vec<[f32; CUE_TAGS]> {
        states.chunks_exact(SIZE).map(|state| log_softmax(self.cue.apply(state))).collect()
    }

    pub(crate) fn pieces(&self, states: Vec<f32>) -> Pieces {
        Pieces { rows: self.piece.apply(&states), states }
    }

    /// What each cue brings to a comparison with the pieces [`ANCHOR`].
    pub(crate) fn anchors(&self, pieces: &Pieces, places: &[Place]) -> Vec<f32> {
        self.anchor.apply(&places.iter().flat_map(|&place| pieces.ends(place)).collect::<Vec<_>>())
    }

    /// Log probabilities of the role of each piece to a cue.
    pub(crate) fn roles(&self, pieces: &Pieces, (first, _): Place, anchor: &[f32]) -> Vec<[f32; ROLE_TAGS]> {
        let (part, factor) = (&anchor[..WIDE], &anchor[WIDE..WIDE + NARROW]);
        let count = pieces.states.len() / SIZE;
        let mut parts = Vec::with_capacity(count * WIDE);
        for (at, row) in pieces.rows.chunks_exact(PIECE).enumerate() {
            let distance = bucket(at, first) * WIDE;
            let sums = row[..WIDE].iter().zip(part).zip(&self.distance[distance..distance + WIDE]);
            parts.extend(sums.map(|((row, part), distance)| row + part + distance));
        }
        Gelu {}.map_mut(&mut parts);
        let mut joined = [0.0; WIDE + NARROW];
        let rows = pieces.rows.chunks_exact(PIECE).zip(parts.chunks_exact(WIDE));
        rows.map(|(row, part)| {
            joined[..WIDE].copy_from_slice(part);
            for ((joined, row), factor) in joined[WIDE..].iter_mut().zip(&row[WIDE..]).zip(factor) {
                *joined = row * factor;
            }
            log_softmax(self.role.apply(&joined))
        })
        .collect()
    }

    /// Scores of acts and kinds of a cue, given the role of each piece.
    pub(crate) fn acts_and_kinds(
        &self,
        pieces: &Pieces,
        place: Place,
        anchor: &[f32],
        roles: &[usize],
    ) -> ([f32; ACTS.len()], [f32; KINDS.len()]) {
        let query = &anchor[WIDE + NARROW..];
        let role = |at: usize| if (place.0..=place.1).contains(&at) { CUE_ROLE } else { roles[at] };
        let mut seen = vec![0.0; SIZE];
        for head in 0..QUERIES {
            let within = head * QUERY..(head + 1) * QUERY;
            let key = |row: &'_ [f32]| dot(&row[WIDE + NARROW..][within.clone()], &query[within.clone()]);
            let mut weights: Vec<f32> = pieces
                .rows
                .chunks_exact(PIECE)
                .enumerate()
                .map(|(at, row)| key(row) * (QUERY as f32).sqrt().recip() + self.role_weight[role(at) * QUERIES + head])
                .collect();
            softmax(&mut weights);
            for (at, (row, weight)) in pieces.rows.chunks_exact(PIECE).zip(&weights).enumerate() {
                let value = &row[WIDE + NARROW + SIZE..][within.clone()];
                let of_role = &self.role_value[role(at) * SIZE..][within.clone()];
                for ((seen, value), of_role) in seen[within.clone()].iter_mut().zip(value).zip(of_role) {
                    *seen += weight * (value + of_role);
                }
            }
        }
        let mut x = pieces.ends(place);
        x.extend(seen);
        for begin in [1, 3] {
            x.extend(pieces.mean(|at| [begin, begin + 1].contains(&role(at))));
        }
        let mut hidden = self.what.apply(&x);
        Gelu {}.map_mut(&mut hidden);
        let scores: [f32; ACTS.len() + KINDS.len()] = self.what_last.apply(&hidden);
        let (mut acts, mut kinds) = ([0.0; ACTS.len()], [0.0; KINDS.len()]);
        acts.copy_from_slice(&scores[..ACTS.len()]);
        kinds.copy_from_slice(&scores[ACTS.len()..]);
        softmax(&mut acts);
        softmax(&mut kinds);
        (acts, kinds)
    }
}

impl Pieces {
    fn state(&self, at: usize) -> &[f32] {
        &self.states[at * SIZE..(at + 1) * SIZE]
    }

    /// The states of a cue's first and last piece.
    fn ends(&self, (first, last): Place) -> Vec<f32> {
        [self.state(first), self.state(last)].concat()
    }

    /// The mean state of the chosen pieces, zero where there are none.
    fn mean(&self, chosen: impl Fn(usize) -> bool) -> Vec<f32> {
        let mut mean = vec![0.0; SIZE];
        let mut count = 0.0_f32;
        for (_, state) in self.states.chunks_exact(SIZE).enumerate().filter(|&(at, _)| chosen(at)) {
            count += 1.0;
            for (mean, x) in mean.iter_mut().zip(state) {
                *mean += x;
            }
        }
        for mean in &mut mean {
            *mean /= count.max(1.0);
        }
        mean
    }
}

impl Small {
    fn new(tensors: &Tensors<'_>, name: &str, inputs: usize, outputs: usize) -> Result<Self, Error> {
        let weight = tensors.floats(&format!("{name}.weight"), inputs * outputs)?;
        Ok(Self { inputs, weight, bias: tensors.floats(&format!("{name}.bias"), outputs)? })
    }

    fn apply<const OUTPUTS: usize>(&self, x: &[f32]) -> [f32; OUTPUTS] {
        let mut y = [0.0; OUTPUTS];
        for ((y, weight), bias) in y.iter_mut().zip(self.weight.chunks_exact(self.inputs)).zip(&self.bias) {
            *y = dot(weight, x) + bias;
        }
        y
    }
}

/// Which row of the table of distances: a row for every factor of the square root of two, either way of the cue's.
fn bucket(at: usize, cue: usize) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 16")]
    let steps = ((at.abs_diff(cue) as f32 + 1.0).log2() * 2.0).floor().min(STEPS as f32) as usize;
    if at < cue { STEPS - steps } else { STEPS + steps }
}

/// In eight lanes, always in the same order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

fn softmax(scores: &mut [f32]) {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - top).exp();
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}

fn log_softmax<const TAGS: usize>(mut scores: [f32; TAGS]) -> [f32; TAGS] {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum = scores.iter().map(|score| (score - top).exp()).sum::<f32>().ln();
    for score in &mut scores {
        *score -= top + sum;
    }
    scores
}
