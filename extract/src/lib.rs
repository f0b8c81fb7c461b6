//! Article to claims: [`analyse`] is pure; the service around it is thin.
//!
//! Stages, each in its file: `reading` (what `language` reads), `network` (cues, sources and contents), `boundaries`, then `assemble`
//! with `speakers` (`directory`, `naming`, `roles`; `coreference` with `misfits` over the `discourse`; `antecedent`), `own_voice` with `remark_rules` (what the
//! outlet says itself), `kinds`, `cues`, `acts`, `addressee`, `chain`, `relies_on` with `reliance_rules`, `time_and_quantities` and
//! `standalone`; `marked` runs those after the network alone. Between them pass the plain data of `attribution`; `explain` tells what each decided. What was learned stands in
//! `models/`, what is known of English reporting in `rules/` and `lists/`.

mod act_rules;
mod acts;
mod addressee;
mod analysis;
mod antecedent;
mod assemble;
mod attribution;
mod boundaries;
mod chain;
mod confidence;
mod config;
mod coreference;
mod cues;
mod directory;
mod discourse;
mod explain;
mod headline;
mod kinds;
mod lists;
mod marked;
mod metrics;
mod misfits;
mod naming;
mod network;
mod own_voice;
mod phrases;
mod pronouns;
mod reading;
mod reliance_rules;
mod relies_on;
mod remark_rules;
mod roles;
mod service;
mod speakers;
mod standalone;
mod time_and_quantities;

pub use analysis::{Analysis, EXTRACTOR, analyse, explain};
pub use config::{Config, DEFAULTS};
pub use explain::{Choice, Step};
pub use marked::{Labels, Marked, label};
pub use service::run;
