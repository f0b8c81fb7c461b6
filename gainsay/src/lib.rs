//! The one binary: the command line, and all four services in one process.

pub mod article_page;
pub mod claim_table;
pub mod cli;
pub mod commands;
pub mod diagnosis;
pub mod embedded;
pub mod kept;
pub mod outcome;
pub mod output;
pub mod progress;
pub mod score;
pub mod serving;
pub mod settings;
pub mod table;
pub mod warnings;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

/// Runs the command line of this process; the exit status is 0 done, 1 failed, 2 wrong use, 3 done in part.
pub fn main() -> ExitCode {
    match cli::Cli::try_parse() {
        Ok(cli) => outcome::exit_status(cli.run()),
        Err(error) if is_help(error.kind()) => {
            // A closed output is nobody's failure.
            let _printed = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
        Err(error) => {
            outcome::complain(&in_one_line(&error.to_string()));
            ExitCode::from(2)
        }
    }
}

fn is_help(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand)
}

/// The parser's paragraphs (what is wrong, a tip, the usage, where to find more) as one sentence each of one line.
fn in_one_line(message: &str) -> String {
    let message = message.trim().strip_prefix("error: ").unwrap_or(message.trim());
    let sentence = |paragraph: &str| {
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        line.trim_end_matches('.').replace("Usage: ", "usage: ").replace("For more", "for more")
    };
    message.split("\n\n").map(sentence).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_one_line() {
        let message =
            "error: unexpected argument '--x' found\n\n  tip: try '--y'\n\nUsage: gainsay read\n\nFor more information, try '--help'.\n";
        assert_eq!(
            in_one_line(message),
            "unexpected argument '--x' found; tip: try '--y'; usage: gainsay read; for more information, try '--help'"
        );
    }
}
