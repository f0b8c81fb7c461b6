//! `gainsay doctor`: what is wrong with a pipeline, and what to do about it.

use std::io::Write;
use std::path::Path;

use bus::Queues;
use clap::Args;
use owo_colors::Style;
use runtime::config::ConfigError;
use serde::Serialize;
use store::DatabaseConfig;

use crate::cli::{Globals, Where};
use crate::diagnosis::{self, Finding, State};
use crate::embedded::{LEDGER, QUARANTINE, block_on, data_folder, ledger_url};
use crate::outcome::Done;
use crate::output::{self, Format, counted};
use crate::settings::{self, Logs, Settings};
use crate::table::{Paragraph, write_row};

const EXAMPLES: &str = "\
Examples:
  gainsay doctor
  gainsay doctor --deployed --config gainsay.toml
  gainsay doctor --format json | jq -r '.findings[] | select(.state == \"wrong\").found'

Looks at broker, queues, quarantine, database, migrations, permissions, disk, clock, feeds and configuration, and changes nothing: \
it declares no queue and applies no migration. Each line says what was found and what to do about it. \
Exit status 0: nothing is wrong, though there may be warnings. 1: something is.";

/// Says what is wrong and what to do about it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    place: Where,
    /// How to print [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// All that was found.
#[derive(Serialize)]
struct Report<'f> {
    /// Of the worst of them.
    state: State,
    findings: &'f [Finding],
}

/// Looks at everything and tells of it.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut findings = vec![Finding::ok("version", format!("gainsay {}, extractor {}", env!("CARGO_PKG_VERSION"), ::extract::EXTRACTOR))];
    match settings::load(globals, Logs::Warnings) {
        Ok(settings) => {
            findings.push(configuration(globals, &settings));
            let examined = async {
                if arguments.place.deployed { Ok(deployed(&settings).await) } else { embedded(&data_folder(globals)?, &settings).await }
            };
            findings.extend(block_on(examined)?);
        }
        Err(error) if error.chain().any(<dyn std::error::Error>::is::<ConfigError>) => {
            findings.push(Finding::wrong("configuration", format!("{error:#}"), "correct it; nothing else was looked at"));
        }
        Err(error) => return Err(error),
    }
    print(Format::or_default(arguments.format), &findings)?;
    let wrong = findings.iter().any(|finding| finding.state == State::Wrong);
    Ok(if wrong { Done::Nothing } else { Done::All })
}

fn configuration(globals: &Globals, settings: &Settings) -> Finding {
    let api::Config { listen, keys, .. } = &settings.api;
    if !listen.ip().is_loopback() && keys.is_empty() {
        let found = format!("the api listens at {listen}, beyond this machine, and has no keys file: nobody may post articles");
        return Finding::warning("configuration", found, "if somebody should, make a key by gainsay key and name its file in api.keys");
    }
    let file = globals.config.as_ref().map_or_else(|| "defaults and environment".to_owned(), |file| file.display().to_string());
    Finding::ok("configuration", file)
}

async fn deployed(settings: &Settings) -> Vec<Finding> {
    let (broker, database) = tokio::join!(bus::examine(&settings.bus), store::examine(&settings.database));
    let mut findings = diagnosis::broker(&settings.bus.shown_url(), broker);
    findings.extend(diagnosis::database(&database));
    if let Ok(found) = &database
        && found.pending.is_empty()
        && found.damage.is_empty()
    {
        findings.extend(diagnosis::ledger(found, true));
    }
    findings.push(diagnosis::disk(&std::env::temp_dir()));
    findings
}

async fn embedded(folder: &Path, settings: &Settings) -> anyhow::Result<Vec<Finding>> {
    let ledger = folder.join(LEDGER);
    if !ledger.try_exists().unwrap_or(false) {
        let found = format!("there is no ledger in {}", folder.display());
        return Ok(vec![Finding::wrong("database", found, "fill one with gainsay import FILE, or name its folder by --data DIR")]);
    }
    let config = DatabaseConfig { url: ledger_url(folder)?, connections: settings.database.connections };
    let database = store::examine(&config).await;
    let mut findings = diagnosis::database(&database);
    if let Ok(found) = &database
        && found.pending.is_empty()
        && found.damage.is_empty()
    {
        findings.extend(diagnosis::ledger(found, false));
    }
    findings.extend(diagnosis::writable(folder));
    findings.push(quarantine(folder).await);
    findings.push(diagnosis::clock_of(&ledger));
    findings.push(diagnosis::disk(folder));
    Ok(findings)
}

async fn quarantine(folder: &Path) -> Finding {
    match Queues::in_folder(&folder.join(QUARANTINE), None).quarantined().await {
        Ok(messages) if messages.is_empty() => Finding::ok("quarantine", "nothing is set aside"),
        Ok(messages) => {
            let found = format!("{} set aside", counted(messages.len() as u64, "message"));
            Finding::warning("quarantine", found, "see gainsay queue list, then replay or discard them")
        }
        Err(error) => Finding::wrong("quarantine", error.to_string(), "see that it may be read and holds nothing else"),
    }
}

fn print(format: Format, findings: &[Finding]) -> anyhow::Result<()> {
    let mut out = output::plain();
    match format {
        Format::Table => {
            let mut out = output::styled();
            findings.iter().try_for_each(|finding| write_finding(&mut out, output::width(), finding))?;
            return Ok(out.flush()?);
        }
        Format::Json => {
            let state = findings.iter().map(|finding| finding.state).max().unwrap_or(State::Ok);
            output::write_json(&mut out, &Report { state, findings })?;
        }
        Format::Jsonl => findings.iter().try_for_each(|finding| output::write_json_line(&mut out, finding))?,
    }
    Ok(out.flush()?)
}

fn write_finding(out: &mut impl Write, width: usize, finding: &Finding) -> anyhow::Result<()> {
    let (word, style) = match finding.state {
        State::Ok => ("ok", Style::new().green()),
        State::Warning => ("warning", Style::new().yellow()),
        State::Wrong => ("wrong", Style::new().red()),
    };
    let mut said = vec![Paragraph::new(&finding.found, Style::new())];
    said.extend(finding.to_do.as_ref().map(|to_do| Paragraph::new(&format!("→ {to_do}"), style)));
    let cells = [vec![Paragraph::new(word, style)], vec![Paragraph::new(finding.part, Style::new().dimmed())], said];
    Ok(write_row(out, &[7, 13, width.saturating_sub(24)], &cells)?)
}
