//! The outside world to articles: files, pages, feeds.

mod config;
pub mod feeds;
pub mod fetch;
mod import;
mod input;
mod metrics;
mod overrides;
pub mod page;
mod publish;
pub mod records;
mod service;
mod source;

pub use config::{Config, DEFAULTS};
pub use import::{ImportError, ImportObserver, ImportSummary, Progress, import};
pub use input::{Input, InputError};
pub use overrides::Overrides;
pub use publish::{Handed, hand_over};
pub use service::run;
pub use source::{Source, sources};
