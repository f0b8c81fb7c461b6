//! The broker is there and of no use: it falls silent, or takes nothing.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use bus::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::watch;

use crate::broker::{FETCHED, OnBroker, bus, connected, rabbitmqctl};
use crate::fixture::{Fixture, Scripted, all_taken, article, consume, publish, until, within};

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_falls_silent_is_noticed_and_found_again() {
    let fixture = OnBroker::start().await;
    let way = Way::to_broker(&fixture.config.url).await;
    let bus = bus(&Config { url: format!("{}?heartbeat=1", way.url), ..fixture.config.clone() });
    connected(&bus).await;
    let handler = Scripted::done();
    let consumer = consume(&bus, 1, 4, handler.clone());
    all_taken(publish(&bus, [1])).await;
    until("it is handled", || handler.seen() == [1]).await;

    way.silent.send_replace(true);
    let begun = Instant::now();
    let waiting = publish(&bus, [2]);
    let mut state = bus.state();
    let why = within(state.wait_for(Result::is_err)).await.unwrap().clone().unwrap_err();
    assert!(why.contains("was lost") && why.to_lowercase().contains("heartbeat"), "{why}");
    assert!(begun.elapsed() < Duration::from_secs(5), "noticed only after {:?}", begun.elapsed());
    assert!(!waiting[0].is_finished(), "publishing waits for the broker");

    way.silent.send_replace(false);
    all_taken(waiting).await;
    until("it is handled", || handler.seen().contains(&2)).await;
    connected(&bus).await;
    consumer.stop().await;
    within(bus.close()).await;
    fixture.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_short_of_memory_takes_no_messages_but_acknowledgements() {
    let fixture = OnBroker::start_alone().await;
    let bus = fixture.bus();
    all_taken(publish(&bus, 0..20)).await;
    let shortage = Shortage::begin();
    let waiting = publish(&bus, [20]);
    let mut state = bus.state();
    let why = within(state.wait_for(Result::is_err)).await.unwrap().clone().unwrap_err();
    assert!(why.contains("takes no messages now") && why.contains("memory"), "{why}");

    let handler = Scripted::done();
    let consumer = consume(&bus, 2, 4, handler.clone());
    until("all that it has is handled", || handler.seen().len() == 20).await;
    consumer.stop().await;
    assert!(fixture.get(FETCHED).await.is_none(), "what was handled is acknowledged");
    assert!(!waiting[0].is_finished());

    drop(shortage);
    all_taken(waiting).await;
    connected(&bus).await;
    let consumer = consume(&bus, 1, 1, handler.clone());
    until("it goes on", || handler.seen().contains(&20)).await;
    consumer.stop().await;
    assert_eq!(bus.publish(&article(21)).await.unwrap(), bus::Receipt::Queued);
    fixture.end().await;
}

/// The broker believes that it has no memory left, until this is dropped.
struct Shortage;

impl Shortage {
    fn begin() -> Self {
        rabbitmqctl(&["set_vm_memory_high_watermark", "0"]);
        Self
    }
}

impl Drop for Shortage {
    fn drop(&mut self) {
        rabbitmqctl(&["set_vm_memory_high_watermark", "0.4"]);
    }
}

/// A way to the broker that can fall silent: its connections stay open, and nothing comes through.
struct Way {
    url: String,
    silent: watch::Sender<bool>,
}

impl Way {
    async fn to_broker(url: &str) -> Self {
        let (start, rest) = url.rsplit_once('@').unwrap();
        let (broker, vhost) = rest.split_once('/').unwrap();
        let (broker, listener) = (broker.to_owned(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let url = format!("{start}@{}/{vhost}", listener.local_addr().unwrap());
        let silent = watch::Sender::new(false);
        let follow = silent.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (near, far) = (near.into_split(), TcpStream::connect(&broker).await.unwrap().into_split());
                tokio::spawn(pass_on(near.0, far.1, follow.subscribe()));
                tokio::spawn(pass_on(far.0, near.1, follow.subscribe()));
            }
        });
        Self { url, silent }
    }
}

/// Passes everything on until an end closes; holds it back while there is to be silence.
async fn pass_on(mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf, mut silent: watch::Receiver<bool>) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).await;
        if silent.wait_for(|silent| !silent).await.is_err() {
            return;
        }
        let written = match read {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(length) => to.write_all(&buffer[..length]).await,
            Err(error) => Err(error),
        };
        if written.is_err() {
            return;
        }
    }
}
