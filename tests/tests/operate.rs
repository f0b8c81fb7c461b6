//! What an operator does to a deployment by the command: look what is wrong, look at what was set aside, have articles read again.

#![allow(clippy::panic, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::collections::BTreeSet;
use std::process::Output;
use std::time::Duration;

use bus::{ArticleExtractedV1, Bus, Receipt};
use claims::{Article, Claim, ClaimData, Extraction};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::{DatabaseConfig, Store};
use tests::{Deployment, assert_same, create_database, eventually, export, folder, run_embedded, sample_news, shared_rabbitmqctl};

fn json(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {output:?}"))
}

/// The findings of one state, as "part: what was found"; each must say what to do.
fn found(output: &Output, state: &str) -> Vec<String> {
    let report = json(output);
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["state"] == state);
    let line = |finding: &Value| {
        assert!(state == "ok" || finding["to_do"].as_str().is_some_and(|to_do| !to_do.is_empty()), "{finding}");
        format!("{}: {}", finding["part"].as_str().unwrap(), finding["found"].as_str().unwrap())
    };
    findings.map(line).collect()
}

/// Checks that exactly one thing is wrong and that its line holds all of `words` and no password; nothing else is said.
fn one_thing_is_wrong(output: &Output, words: &[&str]) {
    let wrong = found(output, "wrong");
    assert_eq!((output.status.code(), wrong.len()), (Some(1), 1), "{wrong:#?} {output:?}");
    assert!(words.iter().all(|word| wrong[0].contains(word)), "{words:?} in {wrong:#?}");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("secret") && output.stderr.is_empty(), "{said}");
}

async fn sql(url: &str, statement: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}

async fn store_of(url: &str) -> Store {
    Store::open(&DatabaseConfig { url: url.to_owned(), connections: 4.try_into().unwrap() }).await.unwrap()
}

/// `url` with the user and password of somebody else, or at another host.
fn altered(url: &str, user: Option<&str>, host: Option<&str>) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (before, after) = rest.rsplit_once('@').unwrap();
    let (address, name) = after.split_once('/').unwrap();
    format!("{scheme}://{}@{}/{name}", user.unwrap_or(before), host.unwrap_or(address))
}

/// A port of this machine where nobody listens.
fn nowhere() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_what_is_wrong_with_a_deployment_and_changes_nothing() {
    let mut deployment = Deployment::start().await;
    let doctor = |settings: &[(&'static str, String)]| deployment.gainsay(&["doctor"], settings);
    let well = doctor(&[]);
    assert_eq!((well.status.code(), found(&well, "wrong").len(), found(&well, "warning").len()), (Some(0), 0, 0), "{well:?}");
    let parts: BTreeSet<String> = found(&well, "ok").iter().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    for part in ["version", "configuration", "broker", "queues", "database", "migrations", "clock", "ledger", "feeds", "disk"] {
        assert!(parts.contains(part), "{part} in {parts:?}");
    }

    let (amqp, postgres) = (deployment.setting("GAINSAY_BUS__URL").to_owned(), deployment.database_url().to_owned());
    let broker = |url: String| doctor(&[("GAINSAY_BUS__URL", url)]);
    one_thing_is_wrong(&broker(altered(&amqp, None, Some(&nowhere()))), &["broker: ", "cannot be reached", "refused"]);
    one_thing_is_wrong(&broker(altered(&amqp, Some("gainsay:secret"), None)), &["broker: ", "refuses"]);
    one_thing_is_wrong(&broker(format!("{amqp}-no-such")), &["broker: ", "refuses"]);
    let database = |url: String| doctor(&[("GAINSAY_DATABASE__URL", url)]);
    one_thing_is_wrong(&database(altered(&postgres, None, Some(&nowhere()))), &["database: ", "cannot be reached"]);
    one_thing_is_wrong(&database(altered(&postgres, Some("gainsay:secret"), None)), &["database: ", "password"]);
    one_thing_is_wrong(&database(format!("{postgres}_none")), &["database: ", "does not exist"]);

    let other = doctor(&[("GAINSAY_BUS__RETRY_DELAY_S", "77".into())]);
    let wrong = found(&other, "wrong");
    assert_eq!((other.status.code(), wrong.len()), (Some(1), 2), "{wrong:#?}");
    assert!(wrong.iter().all(|line| line.contains(".delay has other properties") && line.contains("x-message-ttl")), "{wrong:#?}");
    let nothing = doctor(&[("GAINSAY_BUS__PREFIX", "there-is-no-such-prefix".into())]);
    one_thing_is_wrong(&nothing, &["queues: ", "none of this deployment's queues is there"]);
    assert_eq!(nothing.stdout, doctor(&[("GAINSAY_BUS__PREFIX", "there-is-no-such-prefix".into())]).stdout, "nothing was declared");

    let empty = create_database(&postgres).await;
    for _ in 0..2 {
        let pending = database(empty.clone());
        assert_eq!(pending.status.code(), Some(0), "{pending:?}");
        assert!(found(&pending, "warning").iter().any(|line| line.starts_with("migrations: not applied yet: ")), "{pending:?}");
    }
    let role = empty.rsplit_once('/').unwrap().1.to_owned();
    drop(store_of(&empty).await);
    sql(&empty, format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")).await;
    let barred = database(altered(&empty, Some(&format!("{role}:secret")), None));
    sql(&empty, format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    let wrong = found(&barred, "wrong");
    assert!(wrong.iter().any(|line| line == "permissions: its user has no right to articles: INSERT"), "{wrong:#?}");
    sql(
        &empty,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, '', true, '', 0)".into(),
    )
    .await;
    let newer = database(empty.clone());
    assert_eq!(newer.status.code(), Some(0), "{newer:?}");
    assert!(found(&newer, "warning").iter().any(|line| line.contains("newer one: migration 9999")), "{newer:?}");
    sql(&empty, "DROP INDEX claims_content_words".into()).await;
    one_thing_is_wrong(&database(empty.clone()), &["database: ", "claims_content_words is gone"]);

    // Nobody consumes a delay queue; whoever counts its messages misses it and has it declared again.
    let delay = format!("{}.article.fetched.delay", deployment.prefix());
    shared_rabbitmqctl(&["delete_queue", &delay]);
    let well_again = || async { (deployment.gainsay(&["doctor"], &[]).status.code() == Some(0)).then_some(()) };
    eventually("the queue is declared again", Duration::from_mins(1), well_again).await;
    for service in ["ingest", "extract", "store", "api"] {
        deployment.stop_service(service).await.assert_in_order();
    }
    shared_rabbitmqctl(&["delete_queue", &delay]);
    let idle = deployment.gainsay(&["doctor"], &[]);
    one_thing_is_wrong(&idle, &["queues: ", &delay, "is not there"]);
    assert!(found(&idle, "warning").iter().any(|line| line.contains("article.fetched") && line.contains("0 consumers")), "{idle:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_set_aside_is_listed_shown_replayed_and_discarded() {
    let deployment = Deployment::start().await;
    let news = sample_news();
    // The claims of one article do not stand in another: store refuses that for good.
    let strange = ArticleExtractedV1 {
        article: news[0].clone(),
        claims: extract::analyse(&news[1]).into_extraction(news[1].clone()).claims().iter().map(|claim| (**claim).clone()).collect(),
        skipped: None,
        extractor: extract::EXTRACTOR.to_owned(),
    };
    let config = bus::Config {
        url: deployment.setting("GAINSAY_BUS__URL").to_owned(),
        prefix: deployment.prefix().to_owned(),
        retry_delay_s: 1.try_into().unwrap(),
        attempts: 5.try_into().unwrap(),
        confirm_timeout_s: 10.try_into().unwrap(),
    };
    let bus = Bus::rabbit(&config, "test", &runtime::ops::Ops::new().unwrap().registry).unwrap();
    assert_eq!(bus.publish(&strange).await.unwrap(), Receipt::Queued);
    let queue = |arguments: &[&str]| deployment.gainsay(&[&["queue"], arguments].concat(), &[]);
    let first = eventually("it is set aside", Duration::from_secs(20), || async {
        json(&queue(&["list", "article.extracted"])).as_array().unwrap().first().cloned()
    })
    .await;
    assert!(first["why"].as_str().unwrap().contains("of article"), "{first}");
    assert_eq!((first["subject"].as_str(), first["who"].as_str()), (Some(&*news[0].id().to_string()), Some("store")));
    let id = first["id"].as_str().unwrap();
    let overview = json(&queue(&[]));
    assert_eq!((&overview[1]["queue"], &overview[1]["quarantined"]), (&"article.extracted".into(), &1.into()), "{overview}");
    let as_sent: Value = serde_json::from_str(&serde_json::to_string(&strange).unwrap()).unwrap();
    assert!(json(&queue(&["show", id]))["message"] == as_sent, "it is shown as it was sent");
    let warned = deployment.gainsay(&["doctor"], &[]);
    assert!(found(&warned, "warning").iter().any(|line| line.contains("article.extracted: 1 message set aside")), "{warned:?}");

    let replayed = queue(&["replay", id]);
    assert!(String::from_utf8_lossy(&replayed.stdout).contains("1 message given to the services"), "{replayed:?}");
    let again = eventually("it is set aside again", Duration::from_secs(20), || async {
        let listed = json(&queue(&["list"]));
        let one = listed.as_array().unwrap().first().cloned()?;
        (one["id"] != first["id"]).then_some(one)
    })
    .await;
    assert_eq!(again["attempts"], 1, "its attempts began anew");
    assert_eq!(queue(&["discard", id, "--yes"]).status.code(), Some(1), "it is another case now");
    assert_eq!(queue(&["discard", again["id"].as_str().unwrap(), "--yes"]).status.code(), Some(0));
    assert_eq!(json(&queue(&["list"])), Value::Array(Vec::new()));
    bus.close().await;
    deployment.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_of_another_version_is_read_again_by_the_services() {
    let mut deployment = Deployment::start().await;
    let news = sample_news();
    deployment.post_all(&news).await;
    let ids: Vec<_> = news.iter().map(Article::id).collect();
    deployment.wait_until_queryable(&ids, Duration::from_mins(1)).await;
    let store = store_of(deployment.database_url()).await;
    for record in store.ledger.export(None, 100).await.unwrap() {
        let article = record.article;
        let claims = record.claims.into_iter().skip(1).map(|claim| {
            let data = ClaimData { extractor: "gainsay 0.0.1".into(), version: 1, ..claim.data };
            Claim::new(&article, data).unwrap()
        });
        let outcome = record.skipped.map_or_else(|| claims::Outcome::Claims(claims.collect()), claims::Outcome::Skipped);
        store.ledger.commit(&[Extraction { article, outcome, extractor: "gainsay 0.0.1".into() }]).await.unwrap();
    }
    let said = deployment.gainsay(&["reextract"], &[]);
    assert!(said.status.success() && said.stderr.is_empty(), "{said:?}");
    let words = String::from_utf8_lossy(&said.stdout);
    assert!(words.starts_with(&format!("{} articles read again", news.len())) && words.contains("with other claims"), "{words}");
    assert_same(&export(&store).await, &run_embedded(&news, folder().path()).await);
    let nothing = deployment.gainsay(&["reextract"], &[]);
    assert!(String::from_utf8_lossy(&nothing.stdout).starts_with("nothing to read again"), "{nothing:?}");
    deployment.stop().await;
}
