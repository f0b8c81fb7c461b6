//! Where results go: a table on a terminal, JSON into a pipe or a file.

use std::io::{self, BufWriter, IsTerminal, Write};

use claims::{Stance, Timestamp};
use clap::ValueEnum;
use owo_colors::Style;
use serde::Serialize;
use time::macros::format_description;

/// The columns of a terminal whose width is unknown, and of tables that do not go to a terminal.
const USUAL_WIDTH: usize = 80;

/// Lines longer than this are hard to read, however wide the terminal.
const MAX_WIDTH: usize = 140;

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// What was asked for; else a table on a terminal, JSON otherwise.
    pub fn or_default(asked: Option<Self>) -> Self {
        asked.unwrap_or(if io::stdout().is_terminal() { Self::Table } else { Self::Json })
    }
}

/// Standard output for tables: styles are kept on a terminal that shows them, and left out elsewhere or where `NO_COLOR` is set.
pub fn styled() -> impl Write {
    BufWriter::new(Output(anstream::stdout().lock()))
}

/// Standard output for everything else.
pub fn plain() -> impl Write {
    BufWriter::new(Output(io::stdout().lock()))
}

/// Whoever read our output has enough: no failure.
#[derive(Debug, thiserror::Error)]
#[error("standard output was closed")]
pub struct ReaderGone;

/// Standard output, whose failures name it, and whose broken pipe can be told from any other.
struct Output<W>(W);

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(tell_apart)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(tell_apart)
    }
}

fn tell_apart(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => io::Error::new(error.kind(), ReaderGone),
        // Writers try again by themselves.
        io::ErrorKind::Interrupted => error,
        kind => io::Error::new(kind, format!("standard output cannot be written: {error}")),
    }
}

/// The columns that a table may fill.
pub fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal.map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0).clamp(40, MAX_WIDTH))
}

/// Writes `value` as one line of JSON.
pub fn write_json_line(out: &mut impl Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// Writes `value` as an indented JSON document.
pub fn write_json(out: &mut impl Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// The colour of a stance.
pub fn stance_style(stance: Stance) -> Style {
    match stance {
        Stance::Support => Style::new(),
        Stance::Deny => Style::new().red(),
        Stance::NoComment => Style::new().yellow(),
        Stance::Query => Style::new().cyan(),
    }
}

/// A stance as people read it.
pub fn stance_words(stance: Stance) -> &'static str {
    if stance == Stance::NoComment { "no comment" } else { stance.as_str() }
}

/// "3 March 2026", or "3 March 2026, 09:40 UTC" where the time of day is known.
pub fn readable(timestamp: Timestamp) -> String {
    let day = format_description!("[day padding:none] [month repr:long] [year]");
    let moment = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    let written = match timestamp {
        Timestamp::Day(date) => date.format(day),
        Timestamp::Moment(at) => at.format(moment),
    };
    written.unwrap_or_else(|_| timestamp.to_string())
}

/// "1 claim", "2 claims", "1,204 claims".
pub fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// "1,204".
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_dates_read_well() {
        assert_eq!(counted(1, "claim"), "1 claim");
        assert_eq!(counted(0, "article"), "0 articles");
        assert_eq!(counted(1_234_567, "claim"), "1,234,567 claims");
        assert_eq!(readable("2026-03-03".parse().unwrap()), "3 March 2026");
        assert_eq!(readable("2026-03-03T09:40:00Z".parse().unwrap()), "3 March 2026, 09:40 UTC");
    }
}
