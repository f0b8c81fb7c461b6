//! The frame of a service, from outside: its layers of configuration, what it serves, how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

#[test]
fn metrics_and_health_are_served() {
    let service = Service::start(&[]);
    let (head, body) = service.get("/health/live");
    assert!(head.starts_with("HTTP/1.1 200") && body == r#"{"status":"live"}"#, "{head}\n{body}");
    let (head, body) = service.get("/health/ready");
    assert!(head.starts_with("HTTP/1.1 200") && body == r#"{"status":"ready"}"#, "{head}\n{body}");
    let (head, body) = service.get("/metrics");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/plain; version=0.0.4"), "{head}");
    assert!(body.lines().any(|line| line.starts_with("process_resident_memory_bytes ")), "{body}");
    assert!(service.get("/").0.starts_with("HTTP/1.1 404"));

    let waiting = Service::start(&[("GAINSAY_EXTRACT__READY", "false")]);
    assert!(waiting.get("/health/live").0.starts_with("HTTP/1.1 200"));
    let (head, body) = waiting.get("/health/ready");
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    assert_eq!(body, r#"{"missing":{"leisure":"starting"},"status":"not ready"}"#);
}

#[test]
fn what_was_begun_is_finished_on_sigterm() {
    let service = Service::start(&[]);
    let (status, lines, took) = service.stop("TERM");
    assert_eq!(status.code(), Some(0));
    assert!(lines.contains("stopping") && lines.contains("its work is finished"), "{lines}");
    assert!((Duration::from_millis(300)..Duration::from_secs(5)).contains(&took), "{took:?}");
}

#[test]
fn what_does_not_finish_within_the_grace_period_is_cut_off_with_status_1() {
    let service = Service::start(&[("GAINSAY_EXTRACT__LASTS_MS", "60000")]);
    let (status, lines, took) = service.stop("INT");
    assert_eq!(status.code(), Some(1));
    assert!(lines.contains("leisurely: stopped after 10 s with work unfinished"), "{lines}");
    assert!(!lines.contains("its work is finished"), "{lines}");
    assert!((Duration::from_secs(10)..Duration::from_secs(13)).contains(&took), "{took:?}");
}

#[test]
fn the_environment_overrides_the_file_and_the_file_the_defaults() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[extract]\nlasts_ms = 7\nready = false\n").unwrap();
    let path = file.path().to_str().unwrap();
    let configured = |file: &[&str], environment: &[(&str, &str)]| {
        let service = Service::start_with(file, environment);
        (service.configured["lasts_ms"].as_u64().unwrap(), service.configured["ready"].as_bool().unwrap())
    };
    assert_eq!(configured(&[], &[]), (300, true));
    assert_eq!(configured(&["--config", path], &[]), (7, false));
    assert_eq!(configured(&["--config", path], &[("GAINSAY_EXTRACT__LASTS_MS", "8")]), (8, false));
    let others = [("GAINSAY_DATA", "/x"), ("GAINSAYEXTRACT__READY", "x"), ("GAINSAY_EXTRACT__READY", "true")];
    assert_eq!(configured(&["--config", path], &others), (7, true));
}

#[test]
fn what_it_cannot_use_keeps_it_from_starting_and_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let cases: [(&str, &str, i32, &[&str]); 8] = [
        ("GAINSAY_EXTRACT__LASTS_MS", "soon", 2, &["extract.lasts_ms", "environment", "\"soon\""]),
        ("GAINSAY_EXTRACT__LAST_MS", "1", 2, &["last_ms", "lasts_ms"]),
        ("GAINSAY_EXTRAKT__LASTS_MS", "1", 2, &["[extrakt]", "no such section"]),
        ("GAINSAY_LOG__FORMAT", "xml", 2, &["log.format", "xml", "json"]),
        ("GAINSAY_LOG__FILTER", "lots=of=noise", 2, &["log.filter", "lots=of=noise"]),
        ("GAINSAY_LOG__FILTER", "", 2, &["log.filter", "empty"]),
        ("GAINSAY_OPS__LISTEN", "localhost", 2, &["ops.listen"]),
        ("GAINSAY_OPS__LISTEN", &address, 1, &["cannot listen on", &address, "in use"]),
    ];
    for (variable, value, status, told) in cases {
        let output = run(&[], &[(variable, value)]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{variable}={value}: {error}");
        assert!(error.starts_with("leisurely: ") && error.lines().count() == 1, "{variable}={value}: {error}");
        assert!(told.iter().all(|word| error.contains(word)), "{variable}={value}: {error}");
    }
    let unknown = run(&["--verbose"], &[]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn the_printed_defaults_are_a_file_to_begin_from() {
    let printed = run(&["--print-defaults"], &[]);
    assert_eq!(printed.status.code(), Some(0));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &printed.stdout).unwrap();
    let service = Service::start_with(&["--config", file.path().to_str().unwrap()], &[]);
    assert_eq!(service.configured["lasts_ms"], 300);
    assert!(String::from_utf8(printed.stdout).unwrap().contains("[ops]"));
}

/// A running service. Killed where a test forgets it.
struct Service {
    process: Child,
    lines: BufReader<ChildStderr>,
    address: String,
    /// The line that tells its configuration.
    configured: Value,
}

impl Service {
    fn start(environment: &[(&str, &str)]) -> Self {
        Self::start_with(&[], environment)
    }

    /// Waits until it has told its address and configuration.
    fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut process = command(arguments, environment).env("GAINSAY_LOG__FORMAT", "json").spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let mut told = || {
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            serde_json::from_str::<Value>(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
        };
        let started = told();
        let mut configured = told();
        while configured.get("lasts_ms").is_none() {
            configured = told();
        }
        let address = started["address"].as_str().unwrap().to_owned();
        Self { process, lines, address, configured }
    }

    /// Head and body of an answer.
    fn get(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    /// Its status, what it said from here on, and how long it took.
    fn stop(mut self, signal: &str) -> (ExitStatus, String, Duration) {
        let begun = Instant::now();
        let sent = Command::new("kill").args([&format!("-{signal}"), &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut said = String::new();
        self.lines.read_to_string(&mut said).unwrap();
        (self.process.wait().unwrap(), said, begun.elapsed())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.process.kill();
        let _status = self.process.wait();
    }
}

/// What came of a start that is to end by itself.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut process = command(arguments, environment).stdout(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while process.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(20) {
            process.kill().unwrap();
            panic!("it runs in spite of {arguments:?} {environment:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    process.wait_with_output().unwrap()
}

/// The service as cargo built it beside this test.
fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let deps: PathBuf = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let program = deps.parent().unwrap().join("examples/leisurely");
    assert!(program.exists(), "{} is not built: test the whole package, not this target alone", program.display());
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(environment.iter().copied()).stderr(Stdio::piped());
    command
}
