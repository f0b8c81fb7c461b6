//! The service that answers over HTTP.
fn main() {}
