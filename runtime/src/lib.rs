//! What each service needs to be one: configuration, logs, metrics, health, shutdown. Knows nothing of claims.

pub mod config;
pub mod health;
pub mod logs;
pub mod ops;
pub mod service;
pub mod shutdown;

/// The commented defaults of the sections `[log]` and `[ops]`.
pub const DEFAULTS: &str = include_str!("../defaults.toml");
