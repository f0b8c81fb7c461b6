//! How an import shows that it gets on: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use ingest::{ImportObserver, Progress};

use crate::outcome::complain;
use crate::output::counted;

/// How often a line is written where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(10);

const BAR: &str = "{wide_bar} {percent:>3} %  {msg}  {eta} left";
const SPINNER: &str = "{spinner}  {msg}";

/// Shows the progress of one import on standard error.
#[derive(Debug)]
pub struct Shown {
    bar: ProgressBar,
    lines: bool,
    quiet: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// What earlier runs had done when this one began to add to it.
    begun: Option<(Instant, Progress)>,
    line_at: Instant,
}

impl Shown {
    /// For an import that begins now; `quiet` shows failures alone.
    pub fn new(quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if quiet || !terminal { ProgressBar::hidden() } else { ProgressBar::no_length() };
        let state = Mutex::new(State { begun: None, line_at: Instant::now() });
        Self { bar, lines: !quiet && !terminal, quiet, state }
    }

    /// Takes the bar away, so that the summary stands alone.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Says `line` above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| complain(line));
    }
}

impl ImportObserver for Shown {
    fn progress(&self, progress: Progress) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (begun_at, begun) = *state.begun.get_or_insert_with(|| {
            let known = progress.total_bytes > 0;
            if let Ok(style) = ProgressStyle::with_template(if known { BAR } else { SPINNER }) {
                self.bar.set_style(style.progress_chars("━╸─"));
            }
            if known {
                self.bar.set_length(progress.total_bytes);
            }
            self.bar.set_position(progress.bytes);
            self.bar.reset_eta();
            (Instant::now(), progress)
        });
        let seconds = begun_at.elapsed().as_secs_f64();
        let message = format!("{}, {}", counted(progress.records, "article"), rate(progress.records - begun.records, seconds));
        if self.lines && state.line_at.elapsed() >= LINE_EVERY {
            state.line_at = Instant::now();
            complain(&format!("{message}{}", time_left(begun, progress, seconds)));
        }
        self.bar.set_message(message);
        self.bar.set_position(progress.bytes);
    }

    fn failed(&self, line: &str) {
        self.say(line);
    }

    fn done_before(&self, name: &str, records: u64) {
        if !self.quiet {
            self.say(&format!("{name}: {} imported before", counted(records, "article")));
        }
    }
}

/// "212/s".
pub fn rate(count: u64, seconds: f64) -> String {
    // Counts of articles are far below what a double cannot hold.
    #[allow(clippy::cast_precision_loss)]
    let rate = count as f64 / seconds.max(0.001);
    format!("{rate:.0}/s")
}

/// ", 34 %, 12 s left" by the bytes, where those are known.
fn time_left(begun: Progress, now: Progress, seconds: f64) -> String {
    if now.total_bytes == 0 || now.bytes <= begun.bytes || now.bytes > now.total_bytes {
        return String::new();
    }
    #[allow(clippy::cast_precision_loss)]
    let (done, left, total) = ((now.bytes - begun.bytes) as f64, (now.total_bytes - now.bytes) as f64, now.total_bytes as f64);
    format!(", {:.0} %, {:.0} s left", 100.0 * (total - left) / total, seconds * left / done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_from_what_this_run_did() {
        let at = |bytes| Progress { records: 0, bytes, total_bytes: 1_000 };
        assert_eq!(time_left(at(500), at(600), 10.0), ", 60 %, 40 s left");
        assert_eq!(time_left(at(0), Progress { total_bytes: 0, ..at(10) }, 1.0), "");
        assert_eq!(rate(424, 2.0), "212/s");
    }
}
