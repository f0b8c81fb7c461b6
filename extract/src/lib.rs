//! Article to claims: [`analyse`] is pure; the service around it is thin.
//!
//! Stages, each in its file: `reading` (what `language` reads), `network` (cues, sources and contents), then `assemble` with
//! `resolve`, `kinds`, `cues`, `acts`, `addressee`, `chain` and `time_and_quantities`. Between them pass the plain data of
//! `attribution`. What was learned stands in `models/`, what is known of English reporting in `rules/` and `lists/`.

mod act_rules;
mod acts;
mod addressee;
mod analysis;
mod assemble;
mod attribution;
mod chain;
mod confidence;
mod config;
mod cues;
mod headline;
mod kinds;
mod lists;
mod metrics;
mod network;
mod phrases;
mod reading;
mod resolve;
mod service;
mod speakers;
mod time_and_quantities;

pub use analysis::{Analysis, EXTRACTOR, analyse};
pub use config::{Config, DEFAULTS};
pub use service::run;
