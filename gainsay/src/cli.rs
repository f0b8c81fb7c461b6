//! The command line: what every command takes, and which there are.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{add, backup, completions, demo, doctor, extract, import, key, queue, read, reextract, score, search, serve};
use crate::outcome::Done;

const EXAMPLES: &str = "\
Examples:
  gainsay demo                                   sample news in a web page, nothing else needed
  gainsay read article.html                      who claims what in one article
  gainsay import news.jsonl.gz && gainsay serve  an archive as a ledger with pages and API
  gainsay search 'no such call'                  what the ledger holds on it
  gainsay extract < in.jsonl > out.jsonl         claims of many articles, on all cores

Exit status: 0 done, 1 failed, 2 wrong use, 3 done in part (what failed is named on standard error).
Results go to standard output, everything else to standard error.";

/// Reads the news and keeps the ledger of who claims what, on whose word, and who denies it.
#[derive(Debug, Parser)]
#[command(name = "gainsay", version, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub struct Globals {
    /// The folder of the embedded database [default: gainsay in the XDG data folder, ~/.local/share]
    #[arg(long, global = true, value_name = "DIR", display_order = 100)]
    pub data: Option<PathBuf>,
    /// A TOML file that overrides the defaults
    #[arg(long, global = true, value_name = "FILE", display_order = 100)]
    pub config: Option<PathBuf>,
    /// Nothing on standard error but failures
    #[arg(long, short, global = true, display_order = 100)]
    pub quiet: bool,
}

/// Which pipeline an operator's command works on.
#[derive(Clone, Copy, Debug, Args)]
pub struct Where {
    /// Work on the broker and the database of the configuration, not on the embedded data folder
    #[arg(long, global = true, env = "GAINSAY_DEPLOYED", display_order = 99)]
    pub deployed: bool,
}

/// The commands, each in a file of its own.
#[derive(Debug, Subcommand)]
enum Command {
    Read(read::Arguments),
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    Add(add::Arguments),
    Import(import::Arguments),
    Extract(extract::Arguments),
    Search(search::Arguments),
    Score(score::Arguments),
    Key(key::Arguments),
    Queue(queue::Arguments),
    Doctor(doctor::Arguments),
    Reextract(reextract::Arguments),
    Backup(backup::Arguments),
    Completions(completions::Arguments),
}

impl Cli {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<Done> {
        let globals = &self.globals;
        match self.command {
            Command::Read(arguments) => read::run(globals, &arguments),
            Command::Demo(arguments) => demo::run(globals, &arguments),
            Command::Serve(arguments) => serve::run(globals, &arguments),
            Command::Add(arguments) => add::run(globals, &arguments),
            Command::Import(arguments) => import::run(globals, &arguments),
            Command::Extract(arguments) => extract::run(globals, &arguments),
            Command::Search(arguments) => search::run(globals, &arguments),
            Command::Score(arguments) => score::run(globals, &arguments),
            Command::Key(arguments) => key::run(globals, &arguments),
            Command::Queue(arguments) => queue::run(globals, &arguments),
            Command::Doctor(arguments) => doctor::run(globals, &arguments),
            Command::Reextract(arguments) => reextract::run(globals, &arguments),
            Command::Backup(arguments) => backup::run(globals, &arguments),
            Command::Completions(arguments) => completions::run(&arguments),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
