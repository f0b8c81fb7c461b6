//! What travels with a message besides its body, and what is counted on the way; for every backend.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use async_trait::async_trait;
use bus::{ArticleExtractedV1, ArticleFetchedV1, Bus, Consumption, Handler, Message, Outcome, Passage};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cases::{Gate, set_aside};
use crate::fixture::{Fixture, all_taken, article, consume, publish, until, within};

pub(crate) async fn a_passage_outlasts_retries_and_is_kept_in_quarantine(fixture: &impl Fixture) {
    traced();
    let notes = Notes::new(|tries| if tries < 2 { Outcome::RetryLater("busy".into()) } else { Outcome::Quarantine("too hard".into()) });
    let consumer = consume(&fixture.bus(), 1, 1, notes.clone());
    let bus = fixture.bus();
    let root = tracing::error_span!("post");
    let trace = trace_of(&root);
    let published = tokio::spawn(async move { bus.publish(&article(1)).await }.instrument(root));
    let kept = set_aside(fixture, 1).await;
    within(published).await.unwrap().unwrap();
    consumer.stop().await;
    let seen = notes.of(&article(1).subject());
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(seen[0], seen[1], "what came back is as it was");
    assert_eq!(kept[0].passage, (seen[0].taken_at, seen[0].trace.traceparent.clone()));
    assert!(kept[0].passage.1.as_ref().unwrap().contains(&trace), "{kept:?} {trace}");
    assert!(seen[0].taken_at.nanosecond().is_multiple_of(1_000_000));
}

pub(crate) async fn each_article_of_a_batch_goes_on_with_its_own_passage(fixture: &impl Fixture) {
    traced();
    let (first, second) = (Notes::new(|_| Outcome::Done), Notes::new(|_| Outcome::Done));
    let (bus, mut traces, mut published) = (fixture.bus(), BTreeMap::new(), Vec::new());
    for number in 0..8 {
        let (bus, root) = (bus.clone(), tracing::error_span!("post"));
        traces.insert(article(number).subject(), trace_of(&root));
        published.push(tokio::spawn(async move { bus.publish(&article(number)).await }.instrument(root)));
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let shutdown = CancellationToken::new();
    let store = tokio::spawn({
        let (bus, second, shutdown) = (bus.clone(), second.clone(), shutdown.clone());
        async move { bus.consume::<ArticleExtractedV1, _>(Consumption { workers: 1, batch: 8 }, second, shutdown).await }
    });
    let consumer = consume(&bus, 1, 8, HandsOn { notes: first.clone(), bus: bus.clone() });
    all_taken(published).await;
    until("all have gone both ways", || second.count() == 8).await;
    consumer.stop().await;
    shutdown.cancel();
    within(store).await.unwrap().unwrap();
    let mut moments = std::collections::BTreeSet::new();
    for (subject, trace) in traces {
        let (before, after) = (first.of(&subject), second.of(&subject));
        assert_eq!(before[0].taken_at, after[0].taken_at);
        let (before, after) = (before[0].clone(), after[0].clone());
        for passage in [&before, &after] {
            assert!(passage.trace.traceparent.as_ref().unwrap().contains(&trace), "{passage:?} is not of {trace}");
        }
        assert_ne!(before.trace, after.trace, "it was published by another span");
        moments.insert(before.taken_at);
    }
    assert_eq!(moments.len(), 8, "each was taken in at its own moment");
}

pub(crate) async fn an_article_that_is_offered_again_was_taken_in_once(fixture: &impl Fixture) {
    let notes = Notes::new(|_| Outcome::Done);
    let consumer = consume(&fixture.bus(), 1, 1, notes.clone());
    let offering = bus::taking_in(async {
        for _ in 0..2 {
            within(fixture.bus().publish(&article(1))).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    offering.await;
    until("both are handled", || notes.count() == 2).await;
    within(fixture.bus().publish(&article(1))).await.unwrap();
    until("the third is handled", || notes.count() == 3).await;
    consumer.stop().await;
    let seen = notes.of(&article(1).subject());
    assert_eq!(seen[0].taken_at, seen[1].taken_at);
    assert!(seen[2].taken_at > seen[1].taken_at, "that was another time");
}

pub(crate) async fn what_becomes_of_messages_is_counted(fixture: &impl Fixture) {
    let gate = Gate::default();
    let consumer = consume(&fixture.bus(), 1, 1, gate.clone());
    let published = publish(&fixture.bus(), 0..5);
    let told = |series: &str| {
        let metrics = fixture.metrics();
        let line = metrics.lines().find_map(|line| line.strip_prefix(series).map(str::trim).map(str::to_owned));
        line.and_then(|value| value.parse::<f64>().ok())
    };
    until("one is begun", || gate.seen().len() == 1).await;
    let of_fetched = |name: &str| told(&format!("gainsay_bus_{name}{{queue=\"article.fetched\"}}"));
    let in_state = |state: &str| told(&format!("gainsay_bus_queue_messages{{queue=\"article.fetched\",state=\"{state}\"}}"));
    until("its age is told", || of_fetched("oldest_message_seconds").unwrap() > 0.5).await;
    until("the others are counted", || in_state("waiting").unwrap_or_default() >= 3.0).await;
    assert_eq!((in_state("delayed"), in_state("quarantined")), (Some(0.0), Some(0.0)));
    assert_eq!(told("gainsay_bus_connected"), Some(1.0));
    assert_eq!(of_fetched("passage_seconds_count"), Some(0.0));
    gate.open.add_permits(100);
    all_taken(published).await;
    until("all are handled", || of_fetched("passage_seconds_count") == Some(5.0)).await;
    until("none is held", || of_fetched("oldest_message_seconds") == Some(0.0)).await;
    assert!(of_fetched("passage_seconds_sum").unwrap() >= 2.5, "each waited for the gate");
    consumer.stop().await;

    let refusing = Notes::new(|_| Outcome::Quarantine("too hard".into()));
    let consumer = consume(&fixture.bus(), 1, 1, refusing);
    all_taken(publish(&fixture.bus(), [9])).await;
    let quarantined = |reason: &str| told(&format!("gainsay_bus_quarantined_total{{queue=\"article.fetched\",reason=\"{reason}\"}}"));
    until("it is set aside", || quarantined("refused") == Some(1.0)).await;
    assert_eq!(quarantined("attempts"), Some(0.0));
    until("it is seen in quarantine", || in_state("quarantined") == Some(1.0)).await;
    consumer.stop().await;
}

/// Notes the passage that each message has while it is handled, and answers by how often it has come.
#[derive(Clone)]
struct Notes {
    seen: Arc<Mutex<Vec<(String, Passage)>>>,
    answer: fn(usize) -> Outcome,
}

impl Notes {
    fn new(answer: fn(usize) -> Outcome) -> Self {
        Self { seen: Arc::default(), answer }
    }

    fn note(&self, subject: &str) -> Outcome {
        let mut seen = self.seen.lock().unwrap();
        seen.push((subject.to_owned(), Passage::of(subject).expect("it is being handled")));
        assert_eq!(Passage::of("another"), None);
        (self.answer)(seen.iter().filter(|(seen, _)| seen == subject).count())
    }

    fn of(&self, subject: &str) -> Vec<Passage> {
        self.seen.lock().unwrap().iter().filter(|(seen, _)| seen == subject).map(|(_, passage)| passage.clone()).collect()
    }

    fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

#[async_trait]
impl<M: bus::Work> Handler<M> for Notes {
    async fn handle(&self, messages: Vec<M>) -> Vec<Outcome> {
        messages.iter().map(|message| self.note(&message.subject())).collect()
    }
}

/// Hands a whole batch on, the last first.
struct HandsOn {
    notes: Notes,
    bus: Bus,
}

#[async_trait]
impl Handler<ArticleFetchedV1> for HandsOn {
    async fn handle(&self, messages: Vec<ArticleFetchedV1>) -> Vec<Outcome> {
        let outcomes = messages.iter().map(|message| self.notes.note(&message.subject())).collect();
        for ArticleFetchedV1 { article } in messages.into_iter().rev() {
            let extracted = ArticleExtractedV1 { article, claims: vec![], skipped: None, extractor: "test".into() };
            self.bus.publish(&extracted).await.unwrap();
        }
        outcomes
    }
}

/// Spans of this process are traced from now on; nobody collects them.
fn traced() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tracer = SdkTracerProvider::builder().build().tracer("conformance");
        tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(tracer)).init();
    });
}

/// The id of a span's trace.
fn trace_of(span: &tracing::Span) -> String {
    use opentelemetry::trace::TraceContextExt;
    use tracing_opentelemetry::OpenTelemetrySpanExt;
    span.context().span().span_context().trace_id().to_string()
}
