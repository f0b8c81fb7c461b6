//! What an operator should know: findings about the parts of a pipeline, each with what to do about it.

use std::path::Path;

use bus::{Broker, QueueState, QueuesError};
use serde::Serialize;
use store::{Condition, StoreError};
use time::{Duration, OffsetDateTime};

use crate::output::{counted, grouped};

/// The oldest versions that are known to do what is asked of them.
const OLDEST_RABBITMQ: (u32, u32) = (3, 10);
const OLDEST_POSTGRES: (u32, u32) = (15, 0);

/// A clock this far off shifts ages and dates; one much further off is wrong.
const SKEW: (Duration, Duration) = (Duration::seconds(2), Duration::minutes(1));

/// Free bytes below which there is something to do, and below which writing is about to fail.
const FREE: (u64, u64) = (2 * 1024 * 1024 * 1024, 256 * 1024 * 1024);

/// Feeds that are named one by one.
const NAMED: usize = 5;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and somebody should look.
    Warning,
    /// It does not work.
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub state: State,
    /// What was looked at: broker, queues, database, …
    pub part: &'static str,
    /// What was found.
    pub found: String,
    /// What to do about it, where there is something.
    pub to_do: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(part: &'static str, found: impl Into<String>) -> Self {
        Self { state: State::Ok, part, found: found.into(), to_do: None }
    }

    /// It works, and somebody should look.
    pub fn warning(part: &'static str, found: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self { state: State::Warning, part, found: found.into(), to_do: Some(to_do.into()) }
    }

    /// It does not work.
    pub fn wrong(part: &'static str, found: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self { state: State::Wrong, part, found: found.into(), to_do: Some(to_do.into()) }
    }
}

/// Of the broker and its queues.
pub fn broker(address: &str, examined: Result<Broker, QueuesError>) -> Vec<Finding> {
    let broker = match examined {
        Ok(broker) => broker,
        Err(error @ QueuesError::Unreachable { .. }) => {
            return vec![Finding::wrong("broker", error.to_string(), "start RabbitMQ, or correct host and port in bus.url")];
        }
        Err(QueuesError::Denied { why, .. }) => {
            let found = format!("the message broker {address} refuses: {why}");
            return vec![Finding::wrong("broker", found, "check user, password and vhost in bus.url, and the user's permissions there")];
        }
        Err(error) => return vec![Finding::wrong("broker", error.to_string(), "correct section [bus]")],
    };
    let product = broker.product.as_deref().unwrap_or("a broker of unknown version");
    let version = product.rsplit_once(' ').and_then(|(_, version)| parsed(version));
    let mut findings = vec![match version {
        Some(version) if version < OLDEST_RABBITMQ => Finding::wrong(
            "broker",
            format!("{product} at {address}"),
            "use RabbitMQ 3.10 or newer: older ones lose messages that come back",
        ),
        _ => Finding::ok("broker", format!("{product} at {address}")),
    }];
    if let Some(why) = &broker.blocked {
        findings.push(Finding::wrong("broker", format!("it takes no messages now: {why}"), "give it memory or disk space"));
    }
    for refused in &broker.refused {
        let to_do = "give its user the permissions configure, write and read for names that begin with bus.prefix";
        findings.push(Finding::wrong("permissions", refused, to_do));
    }
    if broker.queues.is_empty() && broker.wrong.iter().all(|wrong| wrong.ends_with("is not there")) {
        let to_do = "start a service, which declares them; if services run, set bus.prefix as they have it";
        findings.push(Finding::wrong(
            "queues",
            format!("none of this deployment's queues is there, such as: {}", broker.wrong.join(", ")),
            to_do,
        ));
        return findings;
    }
    for wrong in &broker.wrong {
        let to_do = if wrong.ends_with("is not there") {
            "start or restart a service, which declares it; if services run, check bus.prefix"
        } else {
            "set bus.retry_delay_s as the services have it; else drain and delete it, and restart a service"
        };
        findings.push(Finding::wrong("queues", wrong, to_do));
    }
    findings.extend(broker.queues.iter().flat_map(queue));
    findings
}

fn queue(state: &QueueState) -> Vec<Finding> {
    let QueueState { queue, waiting, delayed, quarantined, consumers, most } = state;
    let count = |count: &u32| grouped(u64::from(*count));
    let found = format!("{queue}: {} waiting, {} delayed, {}", count(waiting), count(delayed), counted(u64::from(*consumers), "consumer"));
    let service = if queue == "article.fetched" { "extract" } else { "store" };
    let mut findings = vec![if *consumers == 0 {
        Finding::warning("queues", found, format!("nobody takes from it: start {service}"))
    } else if *waiting >= most / 10 * 9 {
        Finding::warning(
            "queues",
            found,
            format!("it is nearly full, and what comes in is slowed: run more of {service}, or see what holds it up"),
        )
    } else {
        Finding::ok("queues", found)
    }];
    if *quarantined > 0 {
        let found = format!("{queue}: {} set aside", counted(u64::from(*quarantined), "message"));
        let to_do = "see gainsay queue list --deployed, then replay or discard them";
        findings.push(Finding::warning("quarantine", found, to_do));
    }
    findings
}

/// Of the database.
pub fn database(examined: &Result<Condition, StoreError>) -> Vec<Finding> {
    let found = match examined {
        Ok(found) => found,
        Err(error @ StoreError::Unavailable { .. }) => {
            return vec![Finding::wrong("database", error.to_string(), "start it, or correct host and port in database.url")];
        }
        Err(error) => return vec![Finding::wrong("database", error.to_string(), "mend that, or correct database.url")],
    };
    let Condition { name, version, bytes, .. } = found;
    let mut findings = Vec::new();
    let what = format!("{version} at {name}, {}", size(*bytes));
    let number = version.strip_prefix("PostgreSQL ").and_then(parsed);
    findings.push(match number {
        Some(number) if number < OLDEST_POSTGRES => Finding::wrong("database", what, "use PostgreSQL 15 or newer"),
        _ => Finding::ok("database", what),
    });
    findings.extend(schema(found));
    for refused in &found.refused {
        findings.push(Finding::wrong("permissions", refused, "give its user the right to read and write there"));
    }
    for damage in &found.damage {
        findings.push(Finding::wrong("database", damage, "restore it from a backup; an index alone can be built anew by REINDEX"));
    }
    findings.extend(clock(found.clock_ahead));
    findings
}

fn schema(found: &Condition) -> Option<Finding> {
    let list = |versions: &[i64]| {
        let numbers = versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if versions.len() == 1 { format!("migration {numbers}") } else { format!("migrations {numbers}") }
    };
    let damaged = !found.damage.is_empty() && found.applied == 0 && found.pending.is_empty();
    if damaged {
        return None;
    }
    Some(if !found.altered.is_empty() {
        let what = format!("other than this version has, or broken off: {}", list(&found.altered));
        Finding::wrong("migrations", what, "use the build that made this database, or another database")
    } else if !found.unknown.is_empty() {
        let what = format!("unknown to this version, so the schema is of a newer one: {}", list(&found.unknown));
        Finding::warning("migrations", what, "finish the upgrade: run that version everywhere, this command too")
    } else if !found.pending.is_empty() {
        let what = format!("not applied yet: {}", list(&found.pending));
        Finding::warning("migrations", what, "a service of this version applies it when it starts")
    } else {
        Finding::ok("migrations", format!("all {} applied", found.applied))
    })
}

fn clock(ahead: Option<Duration>) -> Option<Finding> {
    let ahead = ahead?;
    let seconds = ahead.as_seconds_f64();
    let found = format!("the database's clock is {:.1} s {}", seconds.abs(), if seconds < 0.0 { "behind" } else { "ahead" });
    let to_do = "let NTP set both machines' clocks: ages, feeds and dates go by them";
    Some(match ahead.abs() {
        off if off > SKEW.1 => Finding::wrong("clock", found, to_do),
        off if off > SKEW.0 => Finding::warning("clock", found, to_do),
        _ => Finding::ok("clock", "as the database's"),
    })
}

/// Of what the ledger holds.
pub fn ledger(found: &Condition, deployed: bool) -> Vec<Finding> {
    let flag = if deployed { " --deployed" } else { "" };
    let all: u64 = found.extractors.iter().map(|(_, articles)| articles).sum();
    let mine = ::extract::EXTRACTOR;
    let others: Vec<_> = found.extractors.iter().filter(|(extractor, _)| extractor != mine).collect();
    let mut findings = Vec::new();
    if others.is_empty() {
        findings.push(Finding::ok("ledger", format!("{}, read by {mine}", counted(all, "article"))));
    } else {
        let by = others.iter().map(|(extractor, articles)| format!("{} by {extractor}", grouped(*articles)));
        let what = format!("{}, of which were read {}; this is {mine}", counted(all, "article"), by.collect::<Vec<_>>().join(", "));
        findings.push(Finding::warning("ledger", what, format!("read them again: gainsay reextract{flag}")));
    }
    let failing = &found.failing;
    for feed in failing.iter().take(NAMED) {
        let what = format!("{} failed {}: {}", feed.url, counted(u64::try_from(feed.failures).unwrap_or(0), "time"), feed.why);
        findings.push(Finding::warning("feeds", what, "see whether it has moved; it is asked again, ever more rarely"));
    }
    if failing.len() > NAMED {
        let what = format!("{} more feeds fail", failing.len() - NAMED);
        findings.push(Finding::warning("feeds", what, "if all fail, this machine may not reach the network"));
    }
    if failing.is_empty() {
        findings.push(Finding::ok("feeds", format!("{}, none fails", counted(found.feeds, "feed"))));
    }
    findings
}

/// Of the disk that `folder` is on.
pub fn disk(folder: &Path) -> Finding {
    let shown = folder.display();
    let usage = match rustix::fs::statvfs(folder) {
        Ok(usage) => usage,
        Err(error) => return Finding::wrong("disk", format!("{shown} cannot be looked at: {error}"), "see that it is there"),
    };
    let free = usage.f_bavail.saturating_mul(usage.f_frsize);
    let found = format!("{} free in {shown}", size(free));
    match free {
        free if free < FREE.1 => Finding::wrong("disk", found, "make room"),
        free if free < FREE.0 => Finding::warning("disk", found, "make room"),
        _ => Finding::ok("disk", found),
    }
}

/// Whether what is in `folder` may be changed.
pub fn writable(folder: &Path) -> Option<Finding> {
    let access = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK);
    let why = access.err()?;
    let found = format!("the data folder {} may not be written: {why}", folder.display());
    Some(Finding::wrong("permissions", found, "change its owner or permissions, or name another by --data DIR"))
}

/// Whether the clock has gone back behind what was written.
pub fn clock_of(file: &Path) -> Finding {
    let written = std::fs::metadata(file).and_then(|found| found.modified()).map(OffsetDateTime::from);
    let now = OffsetDateTime::now_utc();
    match written {
        Ok(written) if written - now > SKEW.1 => {
            let found = format!("the ledger was last written {:.0} s from now", (written - now).as_seconds_f64());
            Finding::warning("clock", found, "let NTP set this machine's clock: ages, feeds and dates go by it")
        }
        _ => Finding::ok("clock", "not behind what was written last"),
    }
}

/// "4.1 GiB".
fn size(bytes: u64) -> String {
    // No disk is so large that it matters what a double cannot hold.
    #[allow(clippy::cast_precision_loss)]
    let mib = bytes as f64 / (1024.0 * 1024.0);
    if mib < 1024.0 { format!("{mib:.1} MiB") } else { format!("{:.1} GiB", mib / 1024.0) }
}

/// Major and minor of a version.
fn parsed(version: &str) -> Option<(u32, u32)> {
    // "18beta1" has no second part.
    let number = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    let mut parts = version.split('.');
    Some((number(parts.next()?)?, parts.next().and_then(number).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(parsed("3.13.7"), Some((3, 13)));
        assert!(parsed("3.9.1") < Some(OLDEST_RABBITMQ) && parsed("4.0.2") > Some(OLDEST_RABBITMQ));
        assert_eq!(parsed("15"), Some((15, 0)));
        assert_eq!(parsed("18beta1"), Some((18, 0)));
    }

    #[test]
    fn a_clock_that_is_off_is_told_of() {
        let state = |seconds| clock(Some(Duration::seconds(seconds))).map(|finding| finding.state);
        assert_eq!((state(0), state(-10), state(3_600)), (Some(State::Ok), Some(State::Warning), Some(State::Wrong)));
        assert_eq!(clock(None), None);
    }
}
