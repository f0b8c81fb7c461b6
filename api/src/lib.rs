//! HTTP and web pages over the ledger: the only crate that knows HTTP.

mod assets;
mod config;
mod filters;
mod headers;
mod metrics;
mod pages;
mod parameters;
mod problem;
mod server;
mod v1;

pub use config::{Config, DEFAULTS};
pub use problem::Problem;
pub use server::{Api, answer_meanwhile, router, run};
pub use v1::openapi;
