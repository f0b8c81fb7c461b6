//! The commands.

pub mod add;
pub mod completions;
pub mod demo;
pub mod extract;
pub mod import;
pub mod key;
pub mod read;
pub mod search;
pub mod serve;
