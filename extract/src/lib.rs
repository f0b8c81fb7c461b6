//! Article to claims: [`analyse`] is pure; the service around it is thin.
//!
//! Stages, each in its file: `reading` (what `language` reads), `cues`, `sources`, `contents`, `runs` (quotations without a
//! cue), then `assemble` with `resolve`, `kinds`, `acts`, `chain` and `time_and_quantities`. Between them pass the plain
//! data of `attribution`. What is known of English reporting stands in `rules/` and `lists/`.

mod act_rules;
mod acts;
mod analysis;
mod assemble;
mod attribution;
mod chain;
mod config;
mod contents;
mod cues;
mod headline;
mod kinds;
mod lists;
mod metrics;
mod phrases;
mod reading;
mod resolve;
mod rules;
mod runs;
mod service;
mod sources;
mod time_and_quantities;

pub use analysis::{Analysis, EXTRACTOR, analyse};
pub use config::{Config, DEFAULTS};
pub use service::run;
