//! How a command ends, and the exit status that says so.

use std::io;
use std::process::ExitCode;

use runtime::config::ConfigError;

use crate::output::ReaderGone;

/// How much of its work a command did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// All of it.
    All,
    /// Some inputs failed, each named on standard error.
    Part,
    /// Every input failed, each named on standard error.
    Nothing,
}

impl Done {
    /// What came of inputs of which so many were `done` and so many `failed`, each named.
    pub fn of(done: u64, failed: u64) -> Self {
        match (done, failed) {
            (_, 0) => Self::All,
            (0, _) => Self::Nothing,
            _ => Self::Part,
        }
    }
}

/// Arguments that parse and yet cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUse(pub String);

/// The exit status of a command; a failure is printed as one line, a reader that went away is none.
pub fn exit_status(ended: anyhow::Result<Done>) -> ExitCode {
    match ended {
        Ok(Done::All) => ExitCode::SUCCESS,
        Ok(Done::Part) => ExitCode::from(3),
        Ok(Done::Nothing) => ExitCode::from(1),
        Err(error) if error.chain().any(is_reader_gone) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            let wrong_use = error.chain().any(|cause| cause.is::<WrongUse>() || cause.is::<ConfigError>());
            ExitCode::from(if wrong_use { 2 } else { 1 })
        }
    }
}

/// Tells the user, on standard error, in one line.
#[allow(clippy::print_stderr, reason = "a command line's words to its user")]
pub fn complain(message: &str) {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    eprintln!("gainsay: {}", without_numbers(&line));
}

/// The system's reasons without their numbers: "Permission denied" for "Permission denied (os error 13)".
fn without_numbers(line: &str) -> String {
    let mut pieces = line.split(" (os error ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |line, piece| {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        // A reason may stand in parentheses of its own, which stay.
        line + rest.strip_prefix(')').unwrap_or(rest)
    })
}

fn is_reader_gone(cause: &(dyn std::error::Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.is_some_and(|inner| inner.downcast_ref::<ReaderGone>().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_lose_their_numbers_alone() {
        assert_eq!(without_numbers("a: Permission denied (os error 13): name another"), "a: Permission denied: name another");
        assert_eq!(without_numbers("refused (Permission denied (os error 13)): x"), "refused (Permission denied): x");
        assert_eq!(without_numbers("x (no (os error"), "x (no (os error");
    }
}
