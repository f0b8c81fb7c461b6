//! The service: from the bus to the ledger, with a database that goes away and comes back.

use std::sync::Arc;
use std::time::Duration;

use bus::{ArticleExtractedV1, Bus, LedgerChangedV1, Receipt};
use claims::{Act, Claim, Confidence, Extraction, Outcome, SourceKind, Stance};
use runtime::ops::Ops;
use store::{Config, Store};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::databases::{Home, config, on_postgres};
use crate::sample::{draft, said, story};

/// A running service with its bus, on which one failure is enough to set a message aside.
struct Service {
    bus: Bus,
    ops: Ops,
    shutdown: CancellationToken,
    running: tokio::task::JoinHandle<anyhow::Result<()>>,
    _quarantine: tempfile::TempDir,
}

impl Service {
    fn start(store: Store) -> Self {
        let (ops, shutdown) = (Ops::default(), CancellationToken::new());
        let quarantine = tempfile::tempdir().unwrap();
        let limits = bus::InProcess {
            capacity: 100,
            retry_delay: Duration::from_millis(50),
            attempts: 1,
            quarantine: Some(quarantine.path().to_owned()),
        };
        let bus = Bus::in_process(limits, &ops.registry).unwrap();
        let run = store::run(
            Config { workers: 2.try_into().unwrap(), batch: 8.try_into().unwrap() },
            bus.clone(),
            store,
            ops.clone(),
            shutdown.clone(),
        );
        Self { bus, ops, shutdown, running: tokio::spawn(run), _quarantine: quarantine }
    }

    async fn publish(&self, message: ArticleExtractedV1) -> Receipt {
        self.bus.publish(&message).await.unwrap()
    }

    fn metric(&self, line: &str) -> String {
        let text = prometheus::TextEncoder::new().encode_to_string(&self.ops.registry.gather()).unwrap();
        let found = text.lines().find_map(|metric| metric.strip_prefix(line)).map(str::trim);
        found.unwrap_or_else(|| panic!("no {line} in {text}")).to_owned()
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.running.await.unwrap().unwrap();
    }
}

pub(crate) async fn extractions_are_committed_and_announced(home: Arc<Home>) {
    let store = home.fresh().await;
    let service = Service::start(store.clone());
    let mut changes = service.bus.subscribe::<LedgerChangedV1>();
    for extraction in story() {
        assert_eq!(service.publish(extraction.into()).await, Receipt::Handled);
    }
    let first = changes.recv().await.unwrap();
    assert_eq!((first.title.as_deref(), first.claims), (Some("Kremlin denies call"), 3));
    for _ in 1..5 {
        changes.recv().await.unwrap();
    }
    assert_eq!(service.publish(story().remove(0).into()).await, Receipt::Handled);
    assert!(changes.try_recv().is_err(), "what changes nothing is not announced");
    assert_eq!(store.ledger.counts().await.unwrap().articles, 5);
    assert_eq!(service.metric("gainsay_store_articles_total{result=\"added\"}"), "5");
    assert_eq!(service.metric("gainsay_store_articles_total{result=\"unchanged\"}"), "1");
    assert_eq!(service.metric("gainsay_store_claims_total"), "9");
    assert_eq!(service.metric("gainsay_store_commit_seconds_count"), "6");
    assert_eq!(service.metric("gainsay_store_taken_total"), "6");
    assert_eq!(service.metric("gainsay_store_in_flight_articles"), "0");
    assert_eq!(service.metric("gainsay_store_commit_failures_total{reason=\"unavailable\"}"), "0");
    let connections = |state: &str| service.metric(&format!("gainsay_store_connections{{state=\"{state}\"}}")).parse::<u32>().unwrap();
    let max: u32 = service.metric("gainsay_store_connections_max").parse().unwrap();
    assert!((4..=5).contains(&max), "{max}");
    assert!((1..=max).contains(&(connections("idle") + connections("in_use"))));
    service.stop().await;
}

pub(crate) async fn the_ledger_is_counted_by_act_stance_and_kind(home: Arc<Home>) {
    let store = home.fresh().await;
    store.ledger.commit(&story()).await.unwrap();
    let service = Service::start(store.clone());
    assert_eq!(service.publish(story().remove(0).into()).await, Receipt::Handled);
    let counted = |line: &str| service.metric(line).parse::<u64>().unwrap();
    until(|| (counted("gainsay_store_database_bytes") > 0).then_some(())).await;
    let counts = store.ledger.counts().await.unwrap();
    assert_eq!(counted("gainsay_store_ledger_articles{reading=\"skipped\"}"), counts.skipped);
    assert_eq!(counted("gainsay_store_ledger_articles{reading=\"read\"}"), counts.articles - counts.skipped);
    let acts: u64 = Act::ALL.iter().map(|act| counted(&format!("gainsay_store_ledger_claims{{act=\"{act}\"}}"))).sum();
    let stances: u64 = Stance::ALL.iter().map(|stance| counted(&format!("gainsay_store_ledger_stances{{stance=\"{stance}\"}}"))).sum();
    assert_eq!((acts, stances), (counts.claims, counts.claims));
    let denials = story().iter().flat_map(|extraction| extraction.claims().to_vec()).filter(|claim| claim.act == Act::Deny).count();
    assert_eq!(counted("gainsay_store_ledger_claims{act=\"deny\"}"), denials as u64);
    let sources: u64 = SourceKind::ALL.iter().map(|kind| counted(&format!("gainsay_store_ledger_sources{{kind=\"{kind}\"}}"))).sum();
    assert_eq!(sources, counts.sources);
    if matches!(*home, Home::Sqlite(_)) {
        assert!(counted("gainsay_store_disk_free_bytes") > 0);
    }
    service.stop().await;
}

pub(crate) async fn one_that_cannot_be_kept_is_set_aside_alone(home: Arc<Home>) {
    let store = home.fresh().await;
    let service = Service::start(store.clone());
    let claim = said("Bo Lee", "Bo Lee", SourceKind::Person, "said", "so", Act::Say);
    let good = |number: u8| ArticleExtractedV1::from(draft(&format!("Bo Lee said so, {number}.")).says(claim).done());

    let mut untrue = good(1);
    untrue.claims[0].content.text = "otherwise".into();
    let unkeepable = {
        let done = draft("Bo Lee said so, 2.").says(claim).done();
        let mut data = done.claims()[0].clone().into_data();
        data.confidence = Confidence { act: f32::INFINITY, ..data.confidence };
        let claims = Claim::all(&done.article, vec![data]).unwrap();
        ArticleExtractedV1::from(Extraction { outcome: Outcome::Claims(claims), ..done })
    };
    let (bad, worse, three, four) =
        tokio::join!(service.publish(untrue), service.publish(unkeepable), service.publish(good(3)), service.publish(good(4)));
    assert!(matches!(&bad, Receipt::Quarantined(why) if why.contains("does not stand at its spans")), "{bad:?}");
    assert!(matches!(&worse, Receipt::Quarantined(why) if why.contains("not a number")), "{worse:?}");
    assert_eq!((three, four), (Receipt::Handled, Receipt::Handled));
    assert_eq!(store.ledger.counts().await.unwrap().articles, 2);
    assert_eq!(service.metric("gainsay_store_articles_total{result=\"refused\"}"), "2");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_costs_nothing_but_time() {
    on_postgres(async |home: Arc<Home>| {
        let url = home.fresh_url().await;
        let mut way = Way::to(&url).await;
        let store = Store::open(&config(&way.url)).await.unwrap();
        let service = Service::start(store.clone());
        let mut set = story().into_iter().map(ArticleExtractedV1::from);
        assert_eq!(service.publish(set.next().unwrap()).await, Receipt::Handled);

        way.close();
        let (bus, next) = (service.bus.clone(), set.next().unwrap());
        let waiting = tokio::spawn(async move { bus.publish(&next).await.unwrap() });
        // Until its first look the service is "starting".
        let missing = until(|| service.ops.readiness.missing().remove("database").filter(|why| why != "starting")).await;
        assert!(missing.contains("postgres://") && missing.contains("cannot be reached"), "{missing}");
        assert_eq!(service.metric("gainsay_store_database_up"), "0");
        until(|| (service.metric("gainsay_store_commit_failures_total{reason=\"unavailable\"}") != "0").then_some(())).await;
        assert!(!waiting.is_finished());

        way.open().await;
        assert_eq!(waiting.await.unwrap(), Receipt::Handled, "one failure would have set it aside");
        until(|| service.ops.readiness.missing().is_empty().then_some(())).await;
        assert_eq!(store.ledger.counts().await.unwrap().articles, 2);

        // A service that is told to stop while the database is away stops.
        way.close();
        let (bus, next) = (service.bus.clone(), set.next().unwrap());
        let given_back = tokio::spawn(async move { bus.publish(&next).await });
        until(|| service.ops.readiness.missing().remove("database")).await;
        tokio::time::timeout(runtime::shutdown::GRACE, service.stop()).await.unwrap();
        assert_ne!(given_back.await.unwrap().ok(), Some(Receipt::Handled), "its publisher knows");
    })
    .await;
}

/// The first value that `look` finds, within half a minute.
async fn until<T>(look: impl Fn() -> Option<T>) -> T {
    for _ in 0..300 {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came");
}

/// A way to a database server that can be closed: a port that passes everything on.
struct Way {
    url: String,
    server: String,
    port: u16,
    open: CancellationToken,
}

impl Way {
    async fn to(url: &str) -> Self {
        let start = url.find('@').map_or(url.find("://").unwrap() + 3, |at| at + 1);
        let server = url[start..].split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Self { url: url.replacen(&server, &format!("127.0.0.1:{port}"), 1), server, port, open: CancellationToken::new() };
        way.pass_on(listener);
        way
    }

    fn close(&mut self) {
        self.open.cancel();
    }

    async fn open(&mut self) {
        self.open = CancellationToken::new();
        self.pass_on(TcpListener::bind(("127.0.0.1", self.port)).await.unwrap());
    }

    fn pass_on(&self, listener: TcpListener) {
        let (server, open) = (self.server.clone(), self.open.clone());
        tokio::spawn(open.clone().run_until_cancelled_owned(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let mut far = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(open.clone().run_until_cancelled_owned(async move {
                    drop(tokio::io::copy_bidirectional(&mut near, &mut far).await);
                }));
            }
        }));
    }
}
