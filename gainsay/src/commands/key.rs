//! `gainsay key`: a new API key, for its holder, and the line that makes it one, for the keys file.

use std::io::Write;

use anyhow::Context;
use api::{KeyError, NewKey, Scope};
use clap::Args;

use crate::cli::Globals;
use crate::outcome::{Done, WrongUse, complain};
use crate::output;

const EXAMPLES: &str = "\
Examples:
  gainsay key newsroom --scope write >> keys             a line more in the keys file, the key on the terminal
  gainsay key prometheus --scope operate >> keys
  gainsay key bot --scope write --quiet >> keys 2> key   each in a file of its own, for a script

The line for the file that keys of [api] names goes to standard output: name, scopes, and a hash that gives nothing away. The key \
goes to standard error, this once: it is kept nowhere. Its holder sends it as Authorization: Bearer KEY. With --quiet nothing but \
the key goes there. A running api takes the line up within two seconds. To change a key, add a new line of the same name, give out \
the new key, and delete the old line; to withdraw one, delete its line.

Scopes: write posts articles; operate reads /metrics on the api's port.";

/// Makes an API key: the line for the keys file and the key itself
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Whose key it is, as logs and metrics will call it
    name: String,
    /// What it allows, besides reading
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',', value_parser = scope)]
    scopes: Vec<Scope>,
}

/// Makes it.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let made = NewKey::make(&arguments.name, &arguments.scopes);
    let NewKey { secret, line } = made.map_err(|error| match error {
        KeyError::Random(_) => anyhow::Error::new(error),
        _ => WrongUse(error.to_string()).into(),
    })?;
    // The line first: a key that no file takes is of no use.
    let mut out = output::plain();
    writeln!(out, "{line}")?;
    out.flush()?;
    if !globals.quiet {
        complain("the line on standard output is for the keys file; this is the key, shown this once:");
    }
    writeln!(std::io::stderr(), "{secret}").context("the key cannot be shown, so take the line out of the keys file again")?;
    Ok(Done::All)
}

fn scope(text: &str) -> Result<Scope, KeyError> {
    text.parse()
}
