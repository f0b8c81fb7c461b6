//! Feeds, entries seen, imports.

use std::sync::Arc;

use store::{Feed, FeedPoll, ImportProgress};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::databases::Home;

const NOW: OffsetDateTime = datetime!(2024-11-11 12:00:00.25 UTC);

pub(crate) async fn a_feed_is_polled_by_one(home: Arc<Home>) {
    let intake = home.fresh().await.intake;
    let urls: Vec<String> = (0..20).map(|number| format!("https://outlet.example/{number:02}.xml")).collect();
    for (url, minute) in urls.iter().zip(0..) {
        assert!(intake.add_feed(url, NOW - Duration::minutes(minute)).await.unwrap());
    }
    assert!(!intake.add_feed(&urls[0], NOW).await.unwrap(), "it was there");
    let listed: Vec<String> = intake.feeds().await.unwrap().into_iter().map(|feed| feed.url).collect();
    assert_eq!(listed, urls);

    let lease = Duration::minutes(5);
    let longest_due = intake.take_due_feeds(NOW, lease, 2).await.unwrap();
    assert_eq!(longest_due.iter().map(|feed| &feed.url).collect::<Vec<_>>(), [&urls[19], &urls[18]]);
    assert_eq!(longest_due[0].next_poll_at, NOW + lease);

    let takers: Vec<_> = (0..4)
        .map(|_| {
            let intake = Arc::clone(&intake);
            tokio::spawn(async move {
                let mut taken = Vec::new();
                for _ in 0..6 {
                    taken.extend(intake.take_due_feeds(NOW, lease, 3).await.unwrap().into_iter().map(|feed| feed.url));
                }
                taken
            })
        })
        .collect();
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    taken.sort();
    assert_eq!(taken, urls[..18], "each feed went to one taker");
    assert_eq!(intake.take_due_feeds(NOW, lease, 100).await.unwrap(), []);
    assert_eq!(intake.take_due_feeds(NOW + lease, lease, 100).await.unwrap().len(), 20, "a lease runs out");

    let feed = Feed {
        url: urls[3].clone(),
        title: Some("The\0 Outlet".into()),
        etag: Some("\"abc\"".into()),
        last_modified: Some("Mon, 11 Nov 2024 12:00:00 GMT".into()),
        failures: 3,
        last_error: Some("timed out".into()),
        next_poll_at: NOW + Duration::hours(1),
    };
    intake.record_poll(&FeedPoll { feed: feed.clone(), polled_at: NOW }).await.unwrap();
    let kept = intake.feeds().await.unwrap().remove(3);
    assert_eq!(kept, Feed { title: Some("The Outlet".into()), ..feed });
    let counts = intake.feed_counts(NOW).await.unwrap();
    assert_eq!((counts.known, counts.failing), (urls.len() as u64, 1));
    assert_eq!(intake.feed_counts(NOW + Duration::days(1)).await.unwrap().due, counts.known);
}

pub(crate) async fn entries_are_seen_once(home: Arc<Home>) {
    let intake = home.fresh().await.intake;
    let (one, other) = ("https://outlet.example/a.xml", "https://outlet.example/b.xml");
    let keys: Vec<String> = (0..2_500).rev().map(|number| format!("{}-{number}", "k".repeat(3_000))).collect();
    assert_eq!(intake.unseen(one, &keys).await.unwrap(), keys);
    intake.mark_seen(one, &keys[1]).await.unwrap();
    intake.mark_seen(one, &keys[1]).await.unwrap();
    intake.mark_seen(one, &keys[2_400]).await.unwrap();
    let mut rest = keys.clone();
    rest.remove(2_400);
    rest.remove(1);
    assert_eq!(intake.unseen(one, &keys).await.unwrap(), rest, "in their order");
    assert_eq!(intake.unseen(other, &keys[..3]).await.unwrap(), keys[..3], "each feed has its own");
    assert_eq!(intake.unseen(one, &[]).await.unwrap(), [""; 0]);
}

pub(crate) async fn an_import_goes_on_where_it_was(home: Arc<Home>) {
    let intake = home.fresh().await.intake;
    let input = format!("/archive/{}.jsonl.gz", "n".repeat(4_000));
    assert_eq!(intake.import_progress(&input).await.unwrap(), None);
    for settled in [10, 20] {
        let progress = ImportProgress { settled, failed: 1, finished: settled == 20 };
        intake.save_import_progress(&input, progress).await.unwrap();
        assert_eq!(intake.import_progress(&input).await.unwrap(), Some(progress));
    }
    assert_eq!(intake.import_progress("another").await.unwrap(), None);
}
