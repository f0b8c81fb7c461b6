//! RabbitMQ and PostgreSQL for tests: those that the whole run shares, and private ones that a test may stop.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::root;

/// A private RabbitMQ or PostgreSQL; stopped when dropped.
#[derive(Debug)]
pub struct Server {
    script: PathBuf,
    folder: PathBuf,
}

impl Server {
    /// Starts a RabbitMQ whose data lies in `folder`.
    pub fn rabbitmq(folder: &Path) -> Self {
        Self::new("rabbitmq", folder)
    }

    /// Starts a PostgreSQL whose data lies in `folder`.
    pub fn postgres(folder: &Path) -> Self {
        Self::new("postgres", folder)
    }

    fn new(name: &str, folder: &Path) -> Self {
        let server = Self { script: root().join("tests/services").join(name), folder: folder.join(name) };
        server.start();
        server
    }

    /// Where it is reached, with user and password; the same after each start.
    pub fn url(&self) -> String {
        std::fs::read_to_string(self.folder.join("url")).expect("a server that was started has an address").trim().to_owned()
    }

    /// Starts it once more, with the data that it had.
    pub fn start(&self) {
        self.act("start");
    }

    /// Stops it in order.
    pub fn stop(&self) {
        self.act("stop");
    }

    /// Ends it as a crash would.
    pub fn kill(&self) {
        self.act("kill");
    }

    fn act(&self, action: &str) {
        let status = Command::new(&self.script).arg(action).arg(&self.folder).status().expect("a script runs");
        assert!(status.success(), "{} {action} failed", self.script.display());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = Command::new(&self.script).arg("stop").arg(&self.folder).status();
        if !stopped.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be stopped", self.folder.display());
        }
    }
}

/// The RabbitMQ of the whole run.
pub(crate) fn shared_amqp_url() -> String {
    variable("GAINSAY_TEST_AMQP_URL")
}

/// The PostgreSQL of the whole run.
pub(crate) fn shared_postgres_url() -> String {
    variable("GAINSAY_TEST_POSTGRES_URL")
}

fn variable(name: &str) -> String {
    let value = std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run these tests by tests/run"));
    value.into_string().expect("an address is text")
}
