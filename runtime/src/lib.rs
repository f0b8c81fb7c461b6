//! What each service needs to be one: configuration, logs, metrics, health, shutdown. Knows nothing of claims.

pub mod config;
pub mod health;
pub mod logs;
pub mod metrics;
pub mod ops;
pub mod service;
pub mod shutdown;
pub mod trace;

/// The commented defaults of the sections `[log]`, `[trace]` and `[ops]`.
pub const DEFAULTS: &str = include_str!("../defaults.toml");
