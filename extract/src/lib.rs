//! Article to claims: [`analyse`] is pure; the service around it is thin.

mod analysis;
mod config;
mod metrics;
mod service;

pub use analysis::{Analysis, EXTRACTOR, analyse};
pub use config::{Config, DEFAULTS};
pub use service::run;
