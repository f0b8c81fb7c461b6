//! The built binary, as a person or a script meets it: results, messages, exit statuses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod add;
mod bad_input;
mod completions;
mod extract;
mod harness;
mod help;
mod import;
mod read;
mod search;
mod serve;
