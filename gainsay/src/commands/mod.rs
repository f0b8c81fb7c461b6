//! The commands.

pub mod completions;
pub mod extract;
