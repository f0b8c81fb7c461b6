//! The four services as they are deployed: a process each, over RabbitMQ and PostgreSQL.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use claims::{Article, ArticleId};
use reqwest::StatusCode;
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::server::{shared_amqp_url, shared_postgres_url};
use crate::{Process, eventually, folder, http};

/// The services, in the order of an article's way.
pub(crate) const SERVICES: [&str; 4] = ["ingest", "extract", "store", "api"];

/// Posts that are under way at once.
const POSTS: usize = 16;

/// A deployment with queues and a database of its own; ended when dropped.
#[derive(Debug)]
pub struct Deployment {
    environment: Vec<(&'static str, String)>,
    processes: BTreeMap<&'static str, Process>,
    client: reqwest::Client,
    folder: TempDir,
}

/// How a service ended.
#[derive(Debug)]
pub struct Stopped {
    /// Which service.
    pub service: &'static str,
    /// Its exit status.
    pub status: ExitStatus,
    /// How long it took from the signal on.
    pub took: Duration,
    /// All that it had written.
    pub log: String,
}

impl Stopped {
    /// Fails unless it ended in order and in time.
    pub fn assert_in_order(&self) {
        let Self { service, status, took, log } = self;
        assert_eq!(status.code(), Some(0), "{service} ended with {status}:\n{log}");
        assert!(*took < Duration::from_secs(10), "{service} took {took:?}:\n{log}");
    }
}

impl Deployment {
    /// Starts the four services over the broker and the database server of the whole run, and waits until all are ready.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// As [`Deployment::start`], with more `settings`: variables and their values.
    pub async fn start_with(settings: &[(&'static str, &str)]) -> Self {
        let database = create_database(&shared_postgres_url()).await;
        let mut deployment = Self::over(&shared_amqp_url(), &database, settings).started();
        deployment.wait_until_ready().await;
        deployment
    }

    /// Starts the four services over `amqp_url` and the database at `postgres_url`, which need not be there yet.
    pub fn start_over(amqp_url: &str, postgres_url: &str) -> Self {
        Self::over(amqp_url, postgres_url, &[]).started()
    }

    /// A deployment over `amqp_url` and the database at `postgres_url` of which nothing is started yet; `settings` are variables of
    /// the environment besides those that every test sets.
    pub fn over(amqp_url: &str, postgres_url: &str, settings: &[(&'static str, &str)]) -> Self {
        let folder = folder();
        let mut environment = vec![
            ("GAINSAY_BUS__URL", amqp_url.to_owned()),
            ("GAINSAY_BUS__PREFIX", unique(&folder)),
            // A test does not wait half a minute for the second attempt.
            ("GAINSAY_BUS__RETRY_DELAY_S", "1".to_owned()),
            ("GAINSAY_BUS__CONFIRM_TIMEOUT_S", "3".to_owned()),
            ("GAINSAY_DATABASE__URL", postgres_url.to_owned()),
            ("GAINSAY_API__LISTEN", "127.0.0.1:0".to_owned()),
            ("GAINSAY_OPS__LISTEN", "127.0.0.1:0".to_owned()),
        ];
        environment.extend(settings.iter().map(|(variable, value)| (*variable, (*value).to_owned())));
        Self { environment, processes: BTreeMap::new(), client: http(), folder }
    }

    fn started(mut self) -> Self {
        for service in SERVICES {
            self.start_service(service);
        }
        self
    }

    /// Starts a service, once more if it ran before.
    pub fn start_service(&mut self, service: &'static str) {
        let process = Process::start(&format!("gainsay-{service}"), &[], &self.environment, self.folder.path());
        self.processes.insert(service, process);
    }

    /// Starts a service whose binary lies in the folder `binaries`, of another version.
    pub fn start_service_of(&mut self, binaries: &Path, service: &'static str) {
        let process = Process::start_of(binaries, &format!("gainsay-{service}"), &[], &self.environment, self.folder.path());
        self.processes.insert(service, process);
    }

    /// Asks a service to stop; how it ended.
    pub async fn stop_service(&mut self, service: &'static str) -> Stopped {
        let process = self.processes.remove(service).expect("the service was started");
        let (status, took, log) = process.terminate().await;
        Stopped { service, status, took, log }
    }

    /// Where the api is, from now on for each time that it is started.
    pub async fn api_address(&mut self) -> String {
        let base = self.process("api").address("pages and API at").await;
        let listen = self.environment.iter_mut().find(|(variable, _)| *variable == "GAINSAY_API__LISTEN");
        base.trim_start_matches("http://").clone_into(&mut listen.expect("every deployment has an api").1);
        base
    }

    /// What the names of its queues begin with.
    pub fn prefix(&self) -> &str {
        self.setting("GAINSAY_BUS__PREFIX")
    }

    /// Kills a service, as a crash would.
    pub fn kill_service(&mut self, service: &str) {
        self.process(service).kill();
    }

    /// The process of a service.
    pub fn process(&mut self, service: &str) -> &mut Process {
        self.processes.get_mut(service).expect("the service was started")
    }

    /// Asks every service to stop, all at once; how each ended.
    pub async fn stop(mut self) -> Vec<Stopped> {
        let mut stops = JoinSet::new();
        for (service, process) in std::mem::take(&mut self.processes) {
            stops.spawn(async move {
                let (status, took, log) = process.terminate().await;
                Stopped { service, status, took, log }
            });
        }
        stops.join_all().await
    }

    /// Runs `gainsay` to its end with `arguments`, on this deployment; `settings` are set instead of the deployment's own.
    pub fn gainsay(&self, arguments: &[&str], settings: &[(&'static str, String)]) -> std::process::Output {
        let environment: Vec<_> = self.environment.iter().chain(settings).cloned().collect();
        let command = || Process::command("gainsay", arguments, &environment).env("GAINSAY_DEPLOYED", "true").output();
        tokio::task::block_in_place(command).expect("gainsay is built")
    }

    /// Where the database is.
    pub fn database_url(&self) -> &str {
        self.setting("GAINSAY_DATABASE__URL")
    }

    /// Names another database, for services that are started from now on.
    pub fn use_database(&mut self, url: &str) {
        let set = self.environment.iter_mut().find(|(name, _)| *name == "GAINSAY_DATABASE__URL");
        url.clone_into(&mut set.expect("every deployment has a database").1);
    }

    /// What the environment `variable` says to every service.
    pub fn setting(&self, variable: &str) -> &str {
        let set = self.environment.iter().find(|(name, _)| *name == variable);
        &set.unwrap_or_else(|| panic!("{variable} is not set")).1
    }

    /// Where a service serves its metrics and health, such as `http://127.0.0.1:4711`.
    pub async fn ops_address(&mut self, service: &str) -> String {
        self.process(service).address("metrics and health at").await
    }

    /// What a service answers at `path` among its metrics and health: status and text.
    pub async fn ops(&mut self, service: &str, path: &str) -> (StatusCode, String) {
        let base = self.ops_address(service).await;
        self.get(&format!("{base}{path}")).await
    }

    /// What the api answers at `path`: status and text.
    pub async fn api(&mut self, path: &str) -> (StatusCode, String) {
        let base = self.process("api").address("pages and API at").await;
        self.get(&format!("{base}{path}")).await
    }

    async fn get(&self, url: &str) -> (StatusCode, String) {
        let answer = self.client.get(url).send().await.unwrap_or_else(|error| panic!("{url} does not answer: {error:?}"));
        (answer.status(), answer.text().await.expect("an answer is text"))
    }

    /// Waits until every service says that it is ready.
    pub async fn wait_until_ready(&mut self) {
        for service in SERVICES {
            let ready = |status, _: &str| status == StatusCode::OK;
            self.wait_for_readiness(service, "being ready", Duration::from_secs(30), ready).await;
        }
    }

    /// Waits until a service says that it is not ready for want of `need`.
    pub async fn wait_until_missing(&mut self, service: &str, need: &str, limit: Duration) {
        let want = format!("\"{need}\":");
        let missing = |status, answer: &str| status == StatusCode::SERVICE_UNAVAILABLE && answer.contains(&want);
        self.wait_for_readiness(service, &format!("missing the {need}"), limit, missing).await;
    }

    async fn wait_for_readiness(&mut self, service: &str, what: &str, limit: Duration, is_so: impl Fn(StatusCode, &str) -> bool) {
        let base = self.process(service).address("metrics and health at").await;
        let (client, url, is_so) = (&self.client, format!("{base}/health/ready"), &is_so);
        eventually(&format!("{service} {what}"), limit, || async {
            let answer = client.get(&url).send().await.ok()?;
            let status = answer.status();
            is_so(status, &answer.text().await.ok()?).then_some(())
        })
        .await;
    }

    /// Posts an article to the api: status and answer.
    pub async fn post(&mut self, article: &Article) -> (StatusCode, String) {
        let base = self.process("api").address("pages and API at").await;
        post(&self.client, &base, article).await
    }

    /// Posts all of `articles`, several at once; each must be taken.
    pub async fn post_all(&mut self, articles: &[Article]) {
        let base = self.process("api").address("pages and API at").await;
        let mut posts = JoinSet::new();
        for article in articles {
            if posts.len() >= POSTS {
                posts.join_next().await.expect("some are under way").expect("a post is taken");
            }
            let (client, base, article) = (self.client.clone(), base.clone(), article.clone());
            posts.spawn(async move {
                let (status, answer) = post(&client, &base, &article).await;
                assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
                assert!(answer.contains(&article.id().to_string()), "{answer}");
            });
        }
        posts.join_all().await;
    }

    /// Waits until the api shows each of `ids`, for at most `limit` in all.
    pub async fn wait_until_queryable(&mut self, ids: &[ArticleId], limit: Duration) {
        let base = self.process("api").address("pages and API at").await;
        let client = &self.client;
        let waited = async {
            for id in ids {
                let url = format!("{base}/v1/articles/{id}");
                eventually(&format!("article {id}"), limit, || async {
                    let answer = client.get(&url).send().await.ok()?;
                    (answer.status() == StatusCode::OK).then_some(())
                })
                .await;
            }
        };
        tokio::time::timeout(limit, waited)
            .await
            .unwrap_or_else(|_| panic!("not all articles were queryable within {} s", limit.as_secs()));
    }
}

async fn post(client: &reqwest::Client, base: &str, article: &Article) -> (StatusCode, String) {
    let form: &claims::ArticleForm = article;
    let answer = client.post(format!("{base}/v1/articles")).json(form).send().await.expect("the api answers");
    (answer.status(), answer.text().await.expect("an answer is text"))
}

/// Creates a database of its own on the server at `url`; its address.
pub async fn create_database(url: &str) -> String {
    let name = unique(&folder());
    let mut connection = PgConnection::connect(url).await.expect("the database server answers");
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database can be created");
    let (server, _) = url.rsplit_once('/').expect("an address names a database");
    format!("{server}/{name}")
}

/// A name that nobody else has, made of small letters and digits.
fn unique(folder: &TempDir) -> String {
    let random = folder.path().file_name().expect("a folder has a name").to_string_lossy().to_lowercase();
    random.chars().filter(char::is_ascii_alphanumeric).collect()
}
