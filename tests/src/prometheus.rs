//! A private Prometheus that scrapes what a test tells it to, and what its expressions ask for.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use url::form_urlencoded;

use crate::{http, root};

/// A running Prometheus; stopped when dropped.
#[derive(Debug)]
pub struct Prometheus {
    script: PathBuf,
    folder: PathBuf,
    url: String,
    client: reqwest::Client,
}

impl Prometheus {
    /// Starts one with the configuration `config`; its data lies in `folder`.
    pub fn start(folder: &Path, config: &Value) -> Self {
        let (script, folder) = (root().join("tests/services/prometheus"), folder.join("prometheus"));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        // JSON is YAML, which is what it reads.
        let file = folder.join("prometheus.yml");
        std::fs::write(&file, config.to_string()).expect("a configuration can be written");
        let started = Command::new(&script).arg("start").arg(&folder).arg(&file).status().expect("a script runs");
        assert!(started.success(), "Prometheus did not start");
        let url = std::fs::read_to_string(folder.join("url")).expect("a server that was started has an address").trim().to_owned();
        Self { script, folder, url, client: http() }
    }

    /// What `expression` comes to now: a number for each series that it finds.
    pub async fn query(&self, expression: &str) -> Vec<f64> {
        let data = self.ask("query", expression).await;
        let number = |sample: &Value| sample[1].as_str().and_then(|number| number.parse().ok()).expect("a sample has a number");
        match data["resultType"].as_str() {
            Some("vector") => data["result"].as_array().expect("a list").iter().map(|series| number(&series["value"])).collect(),
            _ => vec![number(&data["result"])],
        }
    }

    /// The parts of `expression` that ask for metrics, each as an expression of its own.
    pub async fn selectors(&self, expression: &str) -> Vec<String> {
        // As Prometheus itself writes it, so that only one way of writing has to be read.
        let formatted = self.ask("format_query", expression).await;
        selectors(formatted.as_str().expect("an expression is text"))
    }

    /// Every rule that it has loaded.
    pub async fn rules(&self) -> Vec<Value> {
        let groups = self.ask("rules", "").await;
        let groups = groups["groups"].as_array().expect("a list").clone();
        groups.iter().flat_map(|group| group["rules"].as_array().expect("a list").clone()).collect()
    }

    async fn ask(&self, what: &str, expression: &str) -> Value {
        let query: String = form_urlencoded::byte_serialize(expression.as_bytes()).collect();
        let url = format!("{}/api/v1/{what}?query={query}", self.url);
        let answer = self.client.get(url).send().await.expect("Prometheus answers");
        let answer: Value = answer.json().await.expect("Prometheus answers in JSON");
        assert_eq!(answer["status"], "success", "{expression}: {}", answer["error"]);
        answer["data"].clone()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let stopped = Command::new(&self.script).arg("stop").arg(&self.folder).status();
        if !stopped.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be stopped", self.folder.display());
        }
    }
}

/// Words of the language that stand where a metric's name could.
const KEYWORDS: [&str; 14] =
    ["and", "atan2", "bool", "by", "group_left", "group_right", "ignoring", "inf", "nan", "offset", "on", "or", "unless", "without"];

/// Those keywords that labels follow in parentheses.
const BEFORE_LABELS: [&str; 6] = ["by", "group_left", "group_right", "ignoring", "on", "without"];

/// What follows the name of a function or an aggregation.
const CALLS: [&str; 3] = ["(", "by (", "without ("];

/// The names of metrics in `expression` with their matchers, without ranges, each once.
pub fn selectors(expression: &str) -> Vec<String> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_:".contains(letter);
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            rest = after_string(rest);
        } else if first == '[' {
            rest = rest.split_once(']').map_or("", |(_, after)| after);
        } else if is_name(first) {
            let (name, after) = rest.split_at(rest.find(|letter| !is_name(letter)).unwrap_or(rest.len()));
            let next = after.trim_start();
            rest = after;
            if BEFORE_LABELS.contains(&name) {
                rest = next.strip_prefix('(').map_or(after, |labels| labels.split_once(')').map_or("", |(_, after)| after));
            } else if !first.is_ascii_digit() && !KEYWORDS.contains(&name) && !CALLS.iter().any(|call| next.starts_with(call)) {
                let matchers = matchers(after);
                found.push(format!("{name}{matchers}"));
                rest = &after[matchers.len()..];
            }
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    found.sort();
    found.dedup();
    found
}

/// What follows the string that `text` begins with.
fn after_string(text: &str) -> &str {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, letter)| {
        let ends = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    end.map_or("", |(at, _)| &text[at + 1..])
}

/// The matchers in braces that `text` begins with, if it does.
fn matchers(text: &str) -> &str {
    let mut rest = text;
    if !rest.starts_with('{') {
        return "";
    }
    while let Some(at) = rest.find(['"', '}']) {
        if rest[at..].starts_with('}') {
            return &text[..=text.len() - rest.len() + at];
        }
        rest = after_string(&rest[at..]);
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_expression_asks_for_is_found_and_nothing_else() {
        let asked = |expression: &str| selectors(expression).join(" ; ");
        assert_eq!(asked("sum by (queue, reason) (increase(a_total{reason!=\"refused\"}[30m])) > 0"), "a_total{reason!=\"refused\"}");
        assert_eq!(asked("up == 0 or absent(up{service=\"by (x)} \\\" y\"})"), "up ; up{service=\"by (x)} \\\" y\"}");
        assert_eq!(asked("m / on (service) group_left () gainsay:limit > 0.85"), "gainsay:limit ; m");
        assert_eq!(asked("time() - max(seen) > 6 * 3600 and on () max(feeds{state=\"known\"}) > 0"), "feeds{state=\"known\"} ; seen");
        assert_eq!(asked("histogram_quantile(0.95, sum by (le) (rate(s_bucket[5m:10s] offset 1h))) > 1e3"), "s_bucket");
        assert_eq!(asked("vector(1)"), "");
    }
}
