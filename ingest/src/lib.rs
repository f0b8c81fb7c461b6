//! The outside world to articles: files, pages, feeds.

pub mod fetch;
mod input;
mod overrides;
pub mod page;
pub mod records;

pub use input::{Input, InputError};
pub use overrides::Overrides;
