//! HTTP and web pages over the ledger: the only crate that knows HTTP.

mod access;
mod assets;
mod config;
mod connections;
mod filters;
mod front;
mod headers;
mod metrics;
mod pages;
mod parameters;
mod problem;
mod server;
mod stalls;
mod v1;

pub use access::{KeyError, NewKey, Scope};
pub use config::{Config, DEFAULTS};
pub use front::Front;
pub use problem::Problem;
pub use server::run;
pub use v1::openapi;
