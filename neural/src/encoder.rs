//! The encoder: the six layers of `MiniLM`, self-attention over the pieces of one window.

#![allow(clippy::cast_precision_loss, reason = "sizes of layers")]

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::Matrix;
use rten_vecmath::{Gelu, Softmax};

use crate::Error;
use crate::linear::{BLOCK, Linear};
use crate::pieces::Piece;
use crate::tensors::Tensors;
use crate::widest::widest;
use crate::windows::{Features, WIDEST};

/// Width of a piece's state.
pub(crate) const SIZE: usize = 384;
const LAYERS: usize = 6;
const HEADS: usize = 12;
const HEAD: usize = SIZE / HEADS;
const INNER: usize = 4 * SIZE;
const EPSILON: f32 = 1e-12;
/// The marks around a window.
const BEGIN: u32 = 101;
const END: u32 = 102;
/// How many pieces there are.
pub(crate) const VOCABULARY: usize = 30_522;
const CASES: usize = 3;
const QUOTED: usize = 2;
const GAPS: usize = 3;

/// The encoder's weights.
pub(crate) struct Encoder {
    words: Vec<i8>,
    word_scales: Vec<f32>,
    places: Vec<f32>,
    case: Vec<f32>,
    quoted: Vec<f32>,
    gap: Vec<f32>,
    marks: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    attend: Linear,
    attended: Linear,
    norm: Norm,
    inner: Linear,
    outer: Linear,
    last_norm: Norm,
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Encoder {
    pub(crate) fn new(tensors: &Tensors<'_>) -> Result<Self, Error> {
        Ok(Self {
            words: tensors.signed("words.weight", VOCABULARY * SIZE)?.iter().map(|&byte| byte.cast_signed()).collect(),
            word_scales: tensors.floats("words.scale", VOCABULARY)?,
            places: tensors.floats("places", (WIDEST + 2) * SIZE)?,
            case: tensors.floats("case", CASES * SIZE)?,
            quoted: tensors.floats("quoted", QUOTED * SIZE)?,
            gap: tensors.floats("gap", GAPS * SIZE)?,
            marks: tensors.floats("marks", SIZE)?,
            norm: Norm::new(tensors, "norm")?,
            layers: (0..LAYERS).map(|number| Layer::new(tensors, number)).collect::<Result<_, _>>()?,
        })
    }

    /// States [pieces, `SIZE`] of a window.
    pub(crate) fn encode(&self, pieces: &[Piece], features: &[Features]) -> Vec<f32> {
        let mut x = self.embed(pieces, features);
        for layer in &self.layers {
            let context = Self::attention(&layer.attend.apply(&x));
            // From here on no piece asks for another.
            for (x, context) in x.chunks_mut(BLOCK * SIZE).zip(context.chunks(BLOCK * SIZE)) {
                layer.norm.add(x, &layer.attended.apply(context));
                let mut inner = layer.inner.apply(x);
                Gelu {}.map_mut(&mut inner);
                layer.last_norm.add(x, &layer.outer.apply(&inner));
            }
        }
        // Without the marks.
        x.truncate(x.len() - SIZE);
        x.drain(..SIZE);
        x
    }

    /// Sums of the vectors of a piece, its place and its features.
    fn embed(&self, pieces: &[Piece], features: &[Features]) -> Vec<f32> {
        let none = Features::default();
        let ids = std::iter::once(BEGIN).chain(pieces.iter().map(|piece| piece.id)).chain([END]);
        let features = std::iter::once(&none).chain(features).chain([&none]);
        let mut x = Vec::with_capacity((pieces.len() + 2) * SIZE);
        for ((id, features), place) in ids.zip(features).zip(self.places.chunks_exact(SIZE)) {
            let row = |at: usize| at * SIZE..(at + 1) * SIZE;
            let case = &self.case[row(features.case.into())];
            let quoted = &self.quoted[row(features.quoted.into())];
            let gap = &self.gap[row(features.gap.into())];
            let id = id as usize;
            let scale = self.word_scales[id];
            let sums = self.words[row(id)].iter().zip(place).zip(case).zip(quoted).zip(gap).zip(&self.marks);
            x.extend(
                sums.map(|(((((&word, place), case), quoted), gap), mark)| f32::from(word) * scale + place + case + quoted + gap + mark),
            );
        }
        self.norm.apply(&mut x);
        x
    }

    /// The values that each piece attends to, of [pieces, query key value].
    fn attention(attend: &[f32]) -> Vec<f32> {
        let kernel = GemmExecutor::<f32>::default();
        let pieces = attend.len() / (3 * SIZE);
        let all = Matrix::from_data([pieces, 3 * SIZE], attend);
        let mut context = vec![0.0; pieces * SIZE];
        let mut weights = vec![0.0; pieces * pieces];
        let mut seen = vec![0.0; pieces * HEAD];
        for head in 0..HEADS {
            let part = |number: usize| {
                let from = number * SIZE + head * HEAD;
                all.slice((.., from..from + HEAD))
            };
            let scaled = GemmOptions { alpha: (HEAD as f32).sqrt().recip(), ..GemmOptions::default() };
            // Sizes fit by construction, here and below.
            let done = kernel.gemm(&mut weights, GemmInputA::Unpacked(part(0)), GemmInputB::Unpacked(part(1).transposed()), scaled);
            debug_assert!(done.is_ok());
            for row in weights.chunks_exact_mut(pieces) {
                Softmax::new_mut(row).dispatch();
            }
            let weights = Matrix::from_data([pieces, pieces], weights.as_slice());
            let done = kernel.gemm(&mut seen, GemmInputA::Unpacked(weights), GemmInputB::Unpacked(part(2)), GemmOptions::default());
            debug_assert!(done.is_ok());
            for (context, seen) in context.chunks_exact_mut(SIZE).zip(seen.chunks_exact(HEAD)) {
                context[head * HEAD..(head + 1) * HEAD].copy_from_slice(seen);
            }
        }
        context
    }
}

impl Layer {
    fn new(tensors: &Tensors<'_>, number: usize) -> Result<Self, Error> {
        let name = |part: &str| format!("layers.{number}.{part}");
        Ok(Self {
            attend: Linear::new(tensors, &name("attend"), SIZE, 3 * SIZE)?,
            attended: Linear::new(tensors, &name("attended"), SIZE, SIZE)?,
            norm: Norm::new(tensors, &name("norm"))?,
            inner: Linear::new(tensors, &name("inner"), SIZE, INNER)?,
            outer: Linear::new(tensors, &name("outer"), INNER, SIZE)?,
            last_norm: Norm::new(tensors, &name("last_norm"))?,
        })
    }
}

impl Norm {
    fn new(tensors: &Tensors<'_>, name: &str) -> Result<Self, Error> {
        let read = |part: &str| tensors.floats(&format!("{name}.{part}"), SIZE);
        Ok(Self { weight: read("weight")?, bias: read("bias")? })
    }

    /// Adds, and brings each row to mean 0 and variance 1, then to the layer's own.
    fn add(&self, x: &mut [f32], more: &[f32]) {
        for (x, more) in x.iter_mut().zip(more) {
            *x += more;
        }
        self.apply(x);
    }

    fn apply(&self, x: &mut [f32]) {
        widest(
            #[inline(always)]
            || {
                for row in x.chunks_exact_mut(SIZE) {
                    let mean = sum(row, |x| x) / SIZE as f32;
                    let variance = sum(row, |x| (x - mean) * (x - mean)) / SIZE as f32;
                    let scale = (variance + EPSILON).sqrt().recip();
                    for ((x, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                        *x = (*x - mean) * scale * weight + bias;
                    }
                }
            },
        );
    }
}

/// A sum over a row in eight lanes, always in the same order.
#[allow(clippy::inline_always, reason = "else it is compiled for the least of vectors")]
#[inline(always)]
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; 8];
    for eight in row.as_chunks::<8>().0 {
        for (lane, &x) in lanes.iter_mut().zip(eight) {
            *lane += of(x);
        }
    }
    lanes.iter().sum()
}
