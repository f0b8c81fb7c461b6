//! Article to claims: [`analyse`] is pure; the service around it is thin.

mod analysis;

pub use analysis::{Analysis, EXTRACTOR, analyse};
