//! The commands.

pub mod add;
pub mod backup;
pub mod completions;
pub mod demo;
pub mod doctor;
pub mod extract;
pub mod import;
pub mod key;
pub mod queue;
pub mod read;
pub mod reextract;
pub mod score;
pub mod search;
pub mod serve;
