//! A linear layer in 8 bits: weights by output, activations row by row, sums in 32 bits.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers are brought into the range of 8 bits before they are cast, and sums need no more bits than there are"
)]

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::SimdOp;
use rten_tensor::Matrix;
use rten_vecmath::MinMax;

use crate::Error;
use crate::tensors::Tensors;
use crate::widest::widest;

/// So many rows are taken at once: what becomes of them stays in the processor's cache. No row's result depends on it.
pub(crate) const BLOCK: usize = 64;

/// From here on a number of 32 bits has no fraction, and its last eight bits are what was added.
const ROUNDS: f32 = 12_582_912.0;

/// The product of activations and weights: of the processor's instructions the best, the same each time it is asked for.
type Kernel = GemmExecutor<u8, i8, i32>;

thread_local! {
    /// Once a thread: a virtual machine's processor takes its time to say what it can.
    static KERNEL: Kernel = Kernel::default();
}

/// `y = x · weight + bias`.
pub(crate) struct Linear {
    inputs: usize,
    outputs: usize,
    weight: PackedBMatrix<i8>,
    /// Of each output, the sum of its weights: what an activation's zero adds to it.
    sums: Vec<i32>,
    scale: Vec<f32>,
    bias: Vec<f32>,
    /// The values of an activation: 255, or 127 where sums of two products saturate at 16 bits.
    top: f32,
}

/// Rows of activations in 8 bits, each with its own zero and scale: so a row's result depends on no other row.
struct Rows {
    values: Vec<u8>,
    zeros: Vec<i32>,
    scales: Vec<f32>,
}

impl Linear {
    /// Reads `NAME.weight` [outputs, inputs] in 8 bits, `NAME.scale` and `NAME.bias` [outputs].
    pub(crate) fn new(tensors: &Tensors<'_>, name: &str, inputs: usize, outputs: usize) -> Result<Self, Error> {
        let kernel = Kernel::default();
        let values: Vec<i8> = tensors.signed(&format!("{name}.weight"), inputs * outputs)?.iter().map(|&byte| byte.cast_signed()).collect();
        let weight = kernel.prepack_b(Matrix::from_data([outputs, inputs], values.as_slice()).transposed());
        let sums = values.chunks_exact(inputs).map(|weights| weights.iter().map(|&weight| i32::from(weight)).sum()).collect();
        let scale = tensors.floats(&format!("{name}.scale"), outputs)?;
        let bias = tensors.floats(&format!("{name}.bias"), outputs)?;
        let top = if kernel.may_saturate() { 127.0 } else { 255.0 };
        Ok(Self { inputs, outputs, weight, sums, scale, bias, top })
    }

    /// [rows, outputs] of [rows, inputs].
    pub(crate) fn apply(&self, x: &[f32]) -> Vec<f32> {
        let mut y = vec![0.0; x.len() / self.inputs * self.outputs];
        let mut sums = vec![0; y.len().min(BLOCK * self.outputs)];
        for (x, y) in x.chunks(BLOCK * self.inputs).zip(y.chunks_mut(BLOCK * self.outputs)) {
            let sums = &mut sums[..y.len()];
            let x = Rows::new(x, self.inputs, self.top);
            let a = GemmInputA::Unpacked(Matrix::from_data([x.zeros.len(), self.inputs], x.values.as_slice()));
            // Sizes are those that the matrices were made with, so this cannot fail.
            let done = KERNEL.with(|kernel| kernel.gemm(sums, a, GemmInputB::Packed(&self.weight), GemmOptions::default()));
            debug_assert!(done.is_ok());
            let rows = y.chunks_exact_mut(self.outputs).zip(sums.chunks_exact(self.outputs)).zip(&x.scales).zip(&x.zeros);
            rows.for_each(|(((y, sums), &scale), &zero)| self.scaled(y, sums, scale, zero));
        }
        y
    }

    /// A row's results from its sums of products.
    fn scaled(&self, y: &mut [f32], sums: &[i32], scale: f32, zero: i32) {
        widest(
            #[inline(always)]
            || {
                let columns = y.iter_mut().zip(sums).zip(&self.sums).zip(&self.scale).zip(&self.bias);
                for ((((y, &sum), &weights), &weight), &bias) in columns {
                    *y = (sum - zero * weights) as f32 * (scale * weight) + bias;
                }
            },
        );
    }
}

impl Rows {
    fn new(x: &[f32], size: usize, top: f32) -> Self {
        let count = x.len() / size;
        let mut rows = Self { values: vec![0; x.len()], zeros: Vec::with_capacity(count), scales: Vec::with_capacity(count) };
        for (row, values) in x.chunks_exact(size).zip(rows.values.chunks_exact_mut(size)) {
            let (low, high) = MinMax::new(row).dispatch();
            let (low, high) = (low.min(0.0), high.max(0.0));
            let scale = ((high - low) / top).max(f32::MIN_POSITIVE);
            let zero = (-low / scale).round();
            let factor = scale.recip();
            widest(
                #[inline(always)]
                || {
                    for (value, x) in values.iter_mut().zip(row) {
                        // Rounds to even, in whatever vectors the processor has: a call to do so would take longer than all else here.
                        let rounded = (x * factor + zero).clamp(0.0, top) + ROUNDS;
                        *value = rounded.to_bits() as u8;
                    }
                },
            );
            rows.zeros.push(zero as i32);
            rows.scales.push(scale);
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_agree_with_plain_sums_whatever_the_rows() {
        let (inputs, outputs) = (96, 50);
        let mut state = 7_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let weights: Vec<i8> = (0..inputs * outputs).map(|_| (random() * 127.0) as i8).collect();
        let bias: Vec<f32> = (0..outputs).map(|_| random()).collect();
        let kernel = Kernel::default();
        let layer = Linear {
            inputs,
            outputs,
            weight: kernel.prepack_b(Matrix::from_data([outputs, inputs], weights.as_slice()).transposed()),
            sums: weights.chunks_exact(inputs).map(|weights| weights.iter().map(|&weight| i32::from(weight)).sum()).collect(),
            scale: vec![1.0 / 127.0; outputs],
            bias: bias.clone(),
            top: 127.0,
        };
        for rows in [1, 2, 7, 8, 9, 18, 33] {
            let x: Vec<f32> = (0..rows * inputs).map(|_| random() + 0.3).collect();
            let y = layer.apply(&x);
            for (at, y) in y.iter().enumerate() {
                let (row, column) = (at / outputs, at % outputs);
                let pairs = x[row * inputs..][..inputs].iter().zip(&weights[column * inputs..]);
                let plain = pairs.map(|(x, &weight)| x * f32::from(weight) / 127.0).sum::<f32>() + bias[column];
                assert!((y - plain).abs() < 0.2, "{rows} rows, at {row} {column}: {y} for {plain}");
            }
            assert_eq!(layer.apply(&x[..inputs]), y[..outputs], "a row's result depends on no other row");
        }
    }
}
