//! RabbitMQ and PostgreSQL for tests: those that the whole run shares, and private ones that a test may stop.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sqlx::{Connection, Executor, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{eventually, root};

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

    /// Makes it hang: it takes connections and answers nothing, until [`Server::thaw`].
    pub fn freeze(&self) {
        self.act("freeze");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.act("thaw");
    }

    /// Waits until it answers whoever connects; when that was.
    pub async fn answers(&self) -> Instant {
        eventually(&self.folder.display().to_string(), Duration::from_mins(2), || async {
            let answered = if self.folder.ends_with("rabbitmq") { greets(&self.url()).await } else { reads(&self.url()).await };
            answered.then(Instant::now)
        })
        .await
    }

    /// Runs rabbitmqctl against it.
    pub fn ctl(&self, arguments: &[&str]) {
        let mut command = Command::new(&self.script);
        let status = command.arg("ctl").arg(&self.folder).args(arguments).status().expect("a script runs");
        assert!(status.success(), "rabbitmqctl {} failed", arguments.join(" "));
    }

    fn act(&self, action: &str) {
        let status = Command::new(&self.script).arg(action).arg(&self.folder).status().expect("a script runs");
        assert!(status.success(), "{} {action} failed", self.script.display());
    }
}

/// Whether a broker answers the first bytes of a client.
async fn greets(url: &str) -> bool {
    let address = url.split(['@', '/']).nth(3).expect("an address has a host");
    let greeting = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
        stream.read_u8().await
    };
    tokio::time::timeout(Duration::from_millis(500), greeting).await.is_ok_and(|answered| answered.is_ok())
}

/// Whether a database answers a statement.
async fn reads(url: &str) -> bool {
    let reading = async { PgConnection::connect(url).await?.execute("SELECT 1").await };
    tokio::time::timeout(Duration::from_millis(500), reading).await.is_ok_and(|answered| answered.is_ok())
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that hangs does not stop.
        let _gone_already = Command::new(&self.script).arg("thaw").arg(&self.folder).status();
        let stopped = Command::new(&self.script).arg("stop").arg(&self.folder).status();
        if !stopped.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be stopped", self.folder.display());
        }
    }
}

/// Runs rabbitmqctl against the RabbitMQ of the whole run.
pub fn shared_rabbitmqctl(arguments: &[&str]) {
    let command = variable("GAINSAY_TEST_RABBITMQCTL");
    let status = Command::new("bash").arg("-c").arg(format!("{command} \"$@\"")).arg("bash").args(arguments).status().expect("bash runs");
    assert!(status.success(), "rabbitmqctl {} failed", arguments.join(" "));
}

/// The RabbitMQ of the whole run.
pub(crate) fn shared_amqp_url() -> String {
    variable("GAINSAY_TEST_AMQP_URL")
}

/// Where the RabbitMQ of the whole run serves its metrics: host and port.
pub fn shared_rabbitmq_metrics() -> String {
    variable("GAINSAY_TEST_RABBITMQ_METRICS")
}

/// The PostgreSQL of the whole run.
pub(crate) fn shared_postgres_url() -> String {
    variable("GAINSAY_TEST_POSTGRES_URL")
}

fn variable(name: &str) -> String {
    let value = std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run these tests by tests/run"));
    value.into_string().expect("an address is text")
}
