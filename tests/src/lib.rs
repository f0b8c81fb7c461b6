//! What end-to-end tests stand on: private brokers and databases, services as processes of their own, and a ledger to compare with.
//!
//! Run them by `tests/run`, which starts what they need. Everything that a test starts is ended by process id when it is dropped.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::print_stderr,
    reason = "what fails here is a test, and says so by a panic"
)]

mod browser;
mod deployment;
mod embedded;
mod process;
mod prometheus;
mod prover;
mod server;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use browser::{Browser, Screen};
pub use deployment::{Deployment, Stopped, create_database};
pub use embedded::{assert_same, export, export_of, run_embedded};
pub use process::Process;
pub use prometheus::{Prometheus, selectors};
pub use prover::{Posted, Progress, Prover, Verdict, varied};
pub use server::{Server, shared_rabbitmq_metrics, shared_rabbitmqctl};

use claims::{Article, ArticleForm};
use tempfile::TempDir;

/// A folder of the test's own, within that of the whole run.
pub fn folder() -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let parent = std::env::var_os("GAINSAY_TEST_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    // A private PostgreSQL, which is another user, has to pass through to its own folder.
    let others_pass = std::fs::Permissions::from_mode(0o711);
    tempfile::Builder::new().prefix("test-").permissions(others_pass).tempdir_in(parent).expect("a folder can be made")
}

/// The top of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace")
}

/// The sample news that ships with `gainsay`.
pub fn sample_news() -> Vec<Article> {
    articles(&std::fs::read_to_string(root().join("gainsay/demo/news.jsonl")).expect("the sample news can be read"))
}

/// The articles of `text`, one a line in the article form.
pub fn articles(text: &str) -> Vec<Article> {
    let article =
        |line| Article::new(serde_json::from_str::<ArticleForm>(line).expect("a line is an article")).expect("an article is sound");
    text.lines().filter(|line| !line.trim().is_empty()).map(article).collect()
}

/// Asks `answer` again and again until it answers something, for at most `limit`; `what` says in a failure what was waited for.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, limit: Duration, mut answer: impl FnMut() -> F) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = answer().await {
            return answer;
        }
        assert!(begun.elapsed() < limit, "{what}: not within {} s", limit.as_secs());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An HTTP client that speaks to the services of a test.
pub fn http() -> reqwest::Client {
    // Fails when another test of this process was here before.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(Duration::from_mins(1)).no_proxy().build().expect("a client can be made")
}
