//! What an operator does with queues, as cases that every backend must pass; then what only a broker can be asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bus::{Message, Outcome, Queues, QueuesError, Receipt, SetAside};

use crate::broker::{FETCHED, OnBroker, config};
use crate::fixture::{ATTEMPTS, Fixture, Scripted, all_taken, article, consume, publish, until, within};

/// Sets the articles of `numbers` aside, one after the other; what the operator then sees.
async fn set_aside(fixture: &impl Fixture, numbers: &[usize]) -> Vec<SetAside> {
    let consumer = consume(&fixture.bus(), 1, 1, Scripted::new(|_, _| Outcome::Quarantine("too hard".into())));
    for number in numbers {
        all_taken(publish(&fixture.bus(), [*number])).await;
    }
    let queues = fixture.queues().await;
    let seen = within(async {
        loop {
            let seen = queues.quarantined().await.unwrap();
            if seen.len() == numbers.len() {
                return seen;
            }
        }
    })
    .await;
    consumer.stop().await;
    seen
}

fn subjects(messages: &[SetAside]) -> Vec<String> {
    messages.iter().map(|message| message.notice.subject.clone()).collect()
}

pub(crate) async fn looking_at_quarantine_changes_nothing(fixture: &impl Fixture) {
    let seen = set_aside(fixture, &[3, 1, 2]).await;
    assert_eq!(subjects(&seen), [3, 1, 2].map(|number| article(number).subject()), "in the order in which they came");
    assert!(seen.iter().all(|message| message.queue == FETCHED && message.notice.why == "too hard" && message.notice.attempts == 1));
    let queues = fixture.queues().await;
    // More often than the 20 times after which a broker may drop what is handed out and taken back.
    for _ in 0..25 {
        assert_eq!(queues.quarantined().await.unwrap(), seen);
        let (found, body) = queues.find(&seen[1].id).await.unwrap().unwrap();
        assert_eq!(found, seen[1]);
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body, serde_json::to_value(article(1)).unwrap());
        let depth = queues.depths().await.unwrap().remove(0);
        assert_eq!((depth.queue.as_str(), depth.quarantined, depth.oldest_set_aside), (FETCHED, 3, seen[0].moment()));
    }
    assert_eq!(queues.find("000000000000").await.unwrap(), None);
    assert_eq!(fixture.quarantined().await.len(), 3);
}

pub(crate) async fn what_is_replayed_begins_anew_and_the_rest_stays(fixture: &impl Fixture) {
    let mended = Arc::new(AtomicBool::new(false));
    let handler = Scripted::new({
        let mended = mended.clone();
        // Once mended it takes all the attempts that a new message has.
        move |_, tries| {
            let enough = if mended.load(Ordering::SeqCst) { 2 * ATTEMPTS } else { u32::MAX };
            if tries >= enough as usize { Outcome::Done } else { Outcome::RetryLater("busy".into()) }
        }
    });
    let consumer = consume(&fixture.bus(), 2, 1, handler.clone());
    all_taken(publish(&fixture.bus(), [1, 2, 3])).await;
    let queues = fixture.queues().await;
    let mut seen = Vec::new();
    let waited = async {
        while seen.len() < 3 {
            seen = queues.quarantined().await.unwrap();
        }
    };
    within(waited).await;
    mended.store(true, Ordering::SeqCst);
    let subject = article(2).subject();
    let replayed = within(queues.replay(|message| message.notice.subject == subject)).await.unwrap();
    let expected = if fixture.waits_to_the_end() { Receipt::Handled } else { Receipt::Queued };
    assert_eq!(replayed.len(), 1);
    assert_eq!((replayed[0].message.notice.subject.as_str(), replayed[0].outcome.as_ref()), (subject.as_str(), Ok(&expected)));
    until("it was tried as often again", || handler.seen().iter().filter(|number| **number == 2).count() == 2 * ATTEMPTS as usize).await;
    consumer.stop().await;
    seen.retain(|message| message.notice.subject != subject);
    assert_eq!(queues.quarantined().await.unwrap(), seen, "the others stay as they were");
}

pub(crate) async fn what_fails_again_is_set_aside_again(fixture: &impl Fixture) {
    let seen = set_aside(fixture, &[1]).await;
    let consumer = consume(&fixture.bus(), 1, 1, Scripted::new(|_, _| Outcome::Quarantine("still too hard".into())));
    let queues = fixture.queues().await;
    let replayed = within(queues.replay(|_| true)).await.unwrap();
    if fixture.waits_to_the_end() {
        assert_eq!(replayed[0].outcome, Ok(Receipt::Quarantined("still too hard".into())));
    }
    let again = within(async {
        loop {
            if let [again] = &queues.quarantined().await.unwrap()[..]
                && again.notice.why == "still too hard"
            {
                return again.clone();
            }
        }
    })
    .await;
    consumer.stop().await;
    assert_ne!(again.id, seen[0].id, "it is another case");
    assert_eq!(fixture.quarantined().await[0].notice["why"], "still too hard");
}

pub(crate) async fn what_is_discarded_is_gone_and_the_rest_stays(fixture: &impl Fixture) {
    let seen = set_aside(fixture, &[1, 2, 3]).await;
    let queues = fixture.queues().await;
    assert_eq!(queues.discard(|message| message.id == seen[1].id).await.unwrap(), [seen[1].clone()]);
    assert_eq!(queues.quarantined().await.unwrap(), [seen[0].clone(), seen[2].clone()]);
    assert_eq!(queues.discard(|message| message.id == seen[1].id).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_message_keeps_its_passage_and_loses_its_notice() {
    let fixture = OnBroker::start().await;
    set_aside(&fixture, &[1]).await;
    let queues = fixture.queues().await;
    let before = fixture.queues().await.depths().await.unwrap();
    assert_eq!((before[0].waiting, before[0].delayed, before[0].quarantined), (Some(0), Some(0), 1));
    within(queues.replay(|_| true)).await.unwrap();
    let after = queues.depths().await.unwrap();
    assert_eq!((after[0].waiting, after[0].quarantined), (Some(1), 0));
    assert!(after[0].oldest_taken_in.is_some());
    let message = fixture.get(FETCHED).await.unwrap();
    let headers = message.properties.headers().as_ref().unwrap().inner();
    let names: Vec<&str> = headers.keys().map(lapin::types::ShortString::as_str).collect();
    assert!(names.contains(&"gainsay-taken-at"), "{names:?}");
    let left = |name: &&str| ["gainsay-taken-at", "traceparent", "tracestate", "x-delivery-count"].contains(name);
    assert!(names.iter().all(left), "nothing is left of the notice and the broker's history: {names:?}");
    assert_eq!(message.properties.message_id().as_ref().unwrap().as_str(), article(1).subject());
    fixture.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_no_queue_takes_leaves_the_message_where_it_is() {
    let fixture = OnBroker::start().await;
    let seen = set_aside(&fixture, &[1]).await;
    let queues = fixture.queues().await;
    fixture.delete_queue(FETCHED).await;
    let replayed = within(queues.replay(|_| true)).await.unwrap();
    assert!(replayed[0].outcome.as_ref().unwrap_err().contains("is not bound"), "{replayed:?}");
    assert_eq!(queues.quarantined().await.unwrap(), seen);
    assert!(matches!(queues.depths().await.unwrap_err(), QueuesError::Missing { queue, .. } if queue.ends_with(FETCHED)));
    fixture.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_away_or_says_no_is_told_apart() {
    let good = config();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let away = bus::Config { url: format!("amqp://user:secret@127.0.0.1:{port}/%2f"), ..good.clone() };
    let error = within(Queues::on_broker(&away)).await.unwrap_err();
    assert!(matches!(error, QueuesError::Unreachable { .. }) && !error.to_string().contains("secret"), "{error}");
    let host = &good.url[good.url.rfind('@').unwrap() + 1..];
    for url in [format!("amqp://nobody:secret@{host}"), format!("{}-there-is-no-such-vhost", good.url)] {
        let error = within(Queues::on_broker(&bus::Config { url, ..good.clone() })).await.unwrap_err();
        assert!(matches!(error, QueuesError::Denied { .. }) && !error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_examination_finds_what_is_missing_and_what_is_other_and_changes_nothing() {
    let fixture = OnBroker::start().await;
    let broker = within(bus::examine(&fixture.config)).await.unwrap();
    assert!(broker.product.as_deref().unwrap().starts_with("RabbitMQ "), "{broker:?}");
    assert!(broker.wrong.is_empty() && broker.refused.is_empty(), "{broker:?}");
    assert_eq!(broker.queues.len(), 2);
    let other = bus::Config { retry_delay_s: 77.try_into().unwrap(), ..fixture.config.clone() };
    let broker = within(bus::examine(&other)).await.unwrap();
    assert_eq!(broker.wrong.len(), 2, "{broker:?}");
    assert!(broker.wrong.iter().all(|wrong| wrong.contains(".delay") && wrong.contains("x-message-ttl")), "{broker:?}");
    fixture.delete_queue(FETCHED).await;
    for _ in 0..2 {
        let broker = within(bus::examine(&fixture.config)).await.unwrap();
        assert!(matches!(&broker.wrong[..], [wrong] if wrong.contains("article.fetched is not there")), "{broker:?}");
    }
    let empty = within(bus::examine(&config())).await.unwrap();
    assert!(empty.wrong.len() >= 6 && empty.queues.is_empty(), "nothing was declared: {empty:?}");
    fixture.end().await;
}
