//! Loops for the widest vectors that the processor has.

use rten_simd::{Isa, SimdOp};

/// Does `work` as compiled for those vectors. It has to be marked `#[inline(always)]`, as has what it calls.
///
/// What it computes does not depend on them: the compiler neither fuses nor reorders operations on floats.
pub(crate) fn widest(work: impl FnOnce()) {
    Widest(work).dispatch();
}

struct Widest<W>(W);

impl<W: FnOnce()> SimdOp for Widest<W> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "only what is inlined here is compiled for those vectors")]
    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        (self.0)();
    }
}
