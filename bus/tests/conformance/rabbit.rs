//! What only the RabbitMQ backend can be asked.

use std::time::{Duration, Instant};

use bus::{Bus, BusError, Config, Consumption, PublishError};
use prometheus::Registry;
use tokio_util::sync::CancellationToken;

use crate::broker::{FETCHED, OnBroker, bus, config, connected};
use crate::fixture::{Fixture, Kept, Scripted, article, consume, publish, until, within};

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_decoded_or_is_of_another_type_is_set_aside_unread() {
    let fixture = OnBroker::start().await;
    let handler = Scripted::done();
    let consumer = consume(&fixture.bus(), 1, 10, handler.clone());
    fixture.put("ArticleFetchedV1", b"{\"article\": {}}").await;
    fixture.put("ArticleFetchedV9", b"{}").await;
    let altered = serde_json::to_string(&article(1)).unwrap().replace("Article number 1.", "Article number 2.");
    fixture.put("ArticleFetchedV1", altered.as_bytes()).await;
    let mut kept: Vec<Kept> = Vec::new();
    let waited = async {
        while kept.len() < 3 {
            kept.extend(fixture.quarantined().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(waited).await;
    consumer.stop().await;
    let mut reasons: Vec<&str> = kept.iter().map(|kept| kept.notice["why"].as_str()).collect();
    reasons.sort_unstable();
    assert!(reasons[0].starts_with("it cannot be decoded as ArticleFetchedV1: article "), "{reasons:?}");
    assert!(reasons[0].contains("was altered"), "{reasons:?}");
    assert!(reasons[1].starts_with("it cannot be decoded as ArticleFetchedV1: missing field"), "{reasons:?}");
    assert_eq!(reasons[2], "its type is ArticleFetchedV9, where ArticleFetchedV1 is handled");
    assert!(handler.seen().is_empty());
    fixture.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_no_queue_takes_is_an_error_and_the_others_are_not() {
    let fixture = OnBroker::start().await;
    let bus = fixture.bus();
    fixture.delete_queue(FETCHED).await;
    // Messages for a queue that is there travel between those for the one that is not.
    let extracted = |number| {
        let bus = bus.clone();
        let article = article(number).article;
        tokio::spawn(async move {
            bus.publish(&bus::ArticleExtractedV1 { article, claims: vec![], skipped: None, extractor: "test".into() }).await
        })
    };
    let (mut routable, mut unroutable) = (Vec::new(), Vec::new());
    for number in 0..2_000 {
        routable.push(extracted(number));
        unroutable.extend(publish(&bus, [number]));
    }
    // The first that comes back has the topology declared again; what was confirmed after that is in the queue.
    let (mut refused, mut queued) = (0, Vec::new());
    for (number, one) in unroutable.into_iter().enumerate() {
        match within(one).await.unwrap() {
            Ok(_) => queued.push(number),
            Err(error) => {
                assert!(matches!(&error, PublishError::Unroutable { queue } if queue.ends_with(FETCHED)), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0);
    for one in routable {
        within(one).await.unwrap().unwrap();
    }
    let handler = Scripted::done();
    let consumer = consume(&bus, 1, 1, handler.clone());
    let published = async { while bus.publish(&article(1)).await.is_err() {} };
    within(published).await;
    until("all that was confirmed arrives", || {
        let seen: std::collections::BTreeSet<usize> = handler.seen().into_iter().collect();
        seen.contains(&1) && queued.iter().all(|number| seen.contains(number))
    })
    .await;
    consumer.stop().await;
    fixture.end().await;
}

#[tokio::test]
async fn an_address_that_cannot_be_one_is_refused_without_its_password() {
    for url in ["http://user:secret@broker", "amqp//user:secret@broker", "user:secret@broker:5672", "amqp:secret@broker"] {
        let error = Bus::rabbit(&Config { url: url.into(), ..config() }, "test", &Registry::new()).unwrap_err();
        assert!(matches!(error, BusError::BadAddress(..)), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_prefix_that_cannot_begin_a_name_is_refused() {
    for prefix in [String::new(), "a b".into(), "a".repeat(300)] {
        let error = Bus::rabbit(&Config { prefix, ..config() }, "test", &Registry::new()).unwrap_err();
        assert!(matches!(error, BusError::BadPrefix(_)), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_takes_no_more_and_keeps_what_it_has() {
    let fixture = OnBroker::start_with_queues_of(10).await;
    let (bus, mut taken) = (fixture.bus(), 0);
    let error = loop {
        match within(bus.publish(&article(taken))).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 1_000, "the queue never fills");
    };
    assert!(matches!(&error, PublishError::Unavailable(why) if why.ends_with("article.fetched is full")), "{error}");
    assert!(taken >= 10);
    let handler = Scripted::done();
    let consumer = consume(&bus, 1, 8, handler.clone());
    until("it is empty again", || handler.seen() == (0..taken).collect::<Vec<_>>()).await;
    within(bus.publish(&article(taken))).await.unwrap();
    consumer.stop().await;
    fixture.end().await;
}

#[tokio::test]
async fn without_a_broker_publishing_waits_and_then_says_so() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("amqp://user:secret@127.0.0.1:{port}/%2f");
    let bus = Bus::rabbit(&Config { url, confirm_timeout_s: 1.try_into().unwrap(), ..config() }, "test", &Registry::new()).unwrap();
    let begun = Instant::now();
    let error = bus.publish(&article(1)).await.unwrap_err();
    assert!(matches!(error, PublishError::Unavailable(_)), "{error}");
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let said = error.to_string();
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("refused") && !said.contains("secret"), "{said}");
    assert!(bus.state().borrow().as_ref().unwrap_err().contains("cannot be reached"));
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    within(bus.consume(Consumption { workers: 1, batch: 1 }, Scripted::done(), shutdown)).await.unwrap();
    within(bus.close()).await;
}

#[tokio::test]
async fn a_queue_with_other_properties_is_named() {
    let fixture = OnBroker::start().await;
    let other = bus(&Config { retry_delay_s: 77.try_into().unwrap(), ..fixture.config.clone() });
    let consumed = other.consume(Consumption { workers: 1, batch: 1 }, Scripted::done(), CancellationToken::new());
    let error = within(consumed).await.unwrap_err();
    assert!(matches!(&error, BusError::Topology { queue, why } if queue.contains(".delay") && why.contains("x-message-ttl")), "{error}");
    within(other.close()).await;
    fixture.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_its_consumers_is_set_aside_in_the_end() {
    let fixture = OnBroker::start().await;
    within(fixture.bus().publish(&article(1))).await.unwrap();
    // As a message does that ends whoever handles it. Five such ends count as one attempt.
    let mut begun = 0;
    let kept = loop {
        let handler = crate::cases::Gate::default();
        let consumer = consume(&fixture.bus(), 1, 1, handler.clone());
        let ended = tokio::time::timeout(Duration::from_secs(3), async {
            while handler.seen().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        let died = ended.await.is_ok();
        begun += usize::from(died);
        consumer.task.abort();
        let _ended = consumer.task.await;
        if !died {
            break fixture.quarantined().await;
        }
    };
    assert_eq!(kept.len(), 1);
    let why = "given up after 3 attempts; the last: 5 consumers went away without an answer while they held it";
    assert_eq!(kept[0].notice["why"], why);
    assert_eq!(kept[0].notice["attempts"], "3");
    assert_eq!(begun, 15, "three attempts of five deliveries");
    fixture.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_bus_leaves_the_broker() {
    let fixture = OnBroker::start().await;
    let other = bus(&fixture.config);
    connected(&other).await;
    let state = other.state();
    let consumer = consume(&other, 1, 1, Scripted::done());
    consumer.stop().await;
    drop(other);
    until("it is closed", || state.borrow().is_err()).await;
    fixture.end().await;
}
