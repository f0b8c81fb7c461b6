//! The built binary, as a person or a script meets it: results, messages, exit statuses.

mod completions;
mod extract;
mod harness;
mod help;
