//! Predicted attributions against annotated ones: what is counted, the figures, and the mistakes one by one.
//!
//! Everything but [`annotated`], which reads files, is a function of its arguments.

pub mod annotated;
pub mod compare;
pub mod figures;
pub mod labels;
pub mod letters;
pub mod linking;
pub mod mistakes;
pub mod page;
pub mod predict;
pub mod table;
