//! The built binary, as a person or a script meets it: results, messages, exit statuses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod add;
mod backup;
mod bad_input;
mod completions;
mod doctor;
mod extract;
mod harness;
mod help;
mod import;
mod key;
mod queue;
mod read;
mod reextract;
mod score;
mod search;
mod serve;
