//! Who may ask what, and how much: what every request passes before it reaches a route.

mod client;
mod gate;
mod keyfile;
mod keys;
mod places;
mod rates;

pub(crate) use client::{Client, Peer};
pub(crate) use gate::{Caller, Gate, admit};
pub use keys::{KeyError, NewKey, Scope};
pub(crate) use places::{Full, Place, Places};
pub(crate) use rates::Rate;
