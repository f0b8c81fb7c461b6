//! The one binary: the command line, and all four services in one process.

pub mod article_page;
pub mod claim_table;
pub mod cli;
pub mod commands;
pub mod embedded;
pub mod outcome;
pub mod output;
pub mod progress;
pub mod serving;
pub mod settings;
pub mod table;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command line of this process; the exit status is 0 done, 1 failed, 2 wrong use, 3 done in part.
pub fn main() -> ExitCode {
    match cli::Cli::try_parse() {
        Ok(cli) => outcome::exit_status(cli.run()),
        Err(error) => {
            // Help goes to standard output, complaints to standard error; a closed one is nobody's failure.
            let _printed = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}
