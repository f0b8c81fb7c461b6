//! The commands.

pub mod completions;
pub mod extract;
pub mod read;
pub mod search;
