//! One poll of a feed: ask, read, hand its new entries over one after the other, and note what came of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bus::{Bus, PublishError};
use claims::{Article, ArticleForm};
use store::{Feed, FeedPoll, Intake, StoreError};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use url::Url;

use super::entry::{Entry, ParsedFeed, parse};
use super::{Hosts, schedule};
use crate::fetch::{Answer, Content, FetchError, Fetcher, Freshness, Validators, shown};
use crate::metrics::{Entered, Metrics};
use crate::page::{self, Origin};
use crate::publish::{Handed, hand_over};

/// The most entries that one poll takes on; the rest is taken on by the next, which comes at once.
const MAX_ENTRIES: usize = 50;
/// How often the page of an entry is tried before the entry is left alone for as long as this process runs.
const MAX_ATTEMPTS: u32 = 5;
/// How many failed entries are remembered.
const MAX_REMEMBERED: usize = 10_000;

/// Polls feeds; many at once.
#[derive(Debug)]
pub(crate) struct Poller {
    pub(crate) fetcher: Fetcher,
    pub(crate) bus: Bus,
    pub(crate) intake: Arc<dyn Intake>,
    pub(crate) metrics: Metrics,
    pub(crate) hosts: Hosts,
    pub(crate) interval: Duration,
    pub(crate) attempts: Mutex<HashMap<(String, String), u32>>,
}

/// What keeps a poll from being noted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PollError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Bus(#[from] PublishError),
}

/// What came of a feed's new entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entries {
    /// Each is answered for: the feed need not give them again.
    Settled,
    /// Some have no article yet; the next poll must see the feed whole.
    Owed,
    /// There are more than one poll takes on.
    More,
}

impl Poller {
    /// Polls `feed` and notes the result. An entry is marked as seen only once the bus has its article.
    pub(crate) async fn poll(&self, mut feed: Feed, shutdown: &CancellationToken) -> Result<(), PollError> {
        let (begun, polled_at, _polling) = (Instant::now(), OffsetDateTime::now_utc(), self.metrics.polling());
        let validators = Validators { etag: feed.etag.clone(), last_modified: feed.last_modified.clone() };
        let asked = match Url::parse(&feed.url) {
            Ok(url) => self.fetch(&url, &validators, shutdown).await,
            Err(_) => Err(FetchError::NoHost),
        };
        let mut freshness = Freshness::default();
        let mut entries = Entries::Settled;
        let outcome = match asked {
            Err(FetchError::Stopped) => "stopped",
            Ok(Answer::NotModified(fresh)) => {
                freshness = fresh;
                (feed.failures, feed.last_error) = (0, None);
                "unchanged"
            }
            Ok(Answer::Content(content)) => {
                freshness = content.freshness;
                match parsed(&content).await {
                    Ok(parsed) => {
                        (feed.failures, feed.last_error) = (0, None);
                        feed.title = parsed.title.clone().or(feed.title);
                        entries = self.entries(&feed.url, parsed.entries, shutdown).await?;
                        // With validators, the server would not show again the entries that are still owed.
                        let kept = if entries == Entries::Settled { content.validators } else { Validators::default() };
                        (feed.etag, feed.last_modified) = (kept.etag, kept.last_modified);
                        "changed"
                    }
                    Err(why) => {
                        note_failure(&mut feed, why);
                        "unreadable"
                    }
                }
            }
            Err(error) => {
                if let FetchError::Status { retry_after, .. } = error {
                    freshness.retry_after = retry_after;
                }
                note_failure(&mut feed, error.to_string());
                error.label()
            }
        };
        feed.next_poll_at = match entries {
            // Whoever runs next goes on at once.
            _ if shutdown.is_cancelled() => polled_at,
            Entries::More => polled_at,
            Entries::Owed => polled_at + schedule::pause(&feed.url, self.interval, 0, Freshness::default()),
            Entries::Settled => polled_at + schedule::pause(&feed.url, self.interval, feed.failures, freshness),
        };
        self.metrics.polled(outcome, begun.elapsed().as_secs_f64());
        Ok(self.intake.record_poll(&FeedPoll { feed, polled_at }).await?)
    }

    /// Hands the entries over that have not been seen.
    async fn entries(&self, feed_url: &str, entries: Vec<Entry>, shutdown: &CancellationToken) -> Result<Entries, PollError> {
        let keys: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        let unseen: std::collections::HashSet<String> = self.intake.unseen(feed_url, &keys).await?.into_iter().collect();
        let new: Vec<Entry> = entries.into_iter().filter(|entry| unseen.contains(&entry.key)).collect();
        let mut state = if new.len() > MAX_ENTRIES { Entries::More } else { Entries::Settled };
        for entry in new.iter().take(MAX_ENTRIES) {
            if shutdown.is_cancelled() {
                return Ok(Entries::Owed);
            }
            if self.given_up(feed_url, &entry.key) {
                continue;
            }
            self.metrics.entry();
            let span = tracing::error_span!("fetch", article_id = tracing::field::Empty);
            match self.article(entry, shutdown).instrument(span.clone()).await {
                Ok((article, from)) => {
                    span.record("article_id", tracing::field::display(article.id()));
                    match hand_over(&self.bus, article, shutdown).instrument(span.clone()).await? {
                        Handed::Stopped => return Ok(Entries::Owed),
                        handed => {
                            if let Handed::Refused(why) = &handed {
                                let _within = span.enter();
                                tracing::warn!(feed = feed_url, entry = entry.key, %why, "an entry of {feed_url} was refused: {why}");
                            }
                            self.metrics.article(if matches!(handed, Handed::Over) { from } else { Entered::Refused });
                            self.intake.mark_seen(feed_url, &entry.key).await?;
                        }
                    }
                }
                Err(_) if shutdown.is_cancelled() => return Ok(Entries::Owed),
                Err(why) => {
                    self.metrics.article(Entered::Failed);
                    tracing::warn!(feed = feed_url, entry = entry.key, %why, "an entry of {feed_url} has no article yet: {why}");
                    if self.failed_once_more(feed_url, &entry.key) && state == Entries::Settled {
                        state = Entries::Owed;
                    }
                }
            }
        }
        Ok(state)
    }

    /// The article of an entry: its page, completed by the feed; or what the feed itself holds, if that is long and the page fails.
    async fn article(&self, entry: &Entry, shutdown: &CancellationToken) -> Result<(Article, Entered), String> {
        let page = match &entry.link {
            Some(link) => self.page(link, shutdown).await.map(|page| entry.completed(page)),
            None => Err("the entry names no page".to_owned()),
        };
        match page.and_then(|form| Article::new(form).map_err(|error| error.to_string())) {
            Ok(article) => Ok((article, Entered::Page)),
            Err(why) if entry.form.text.is_empty() || shutdown.is_cancelled() => Err(why),
            Err(_) => Article::new(entry.form.clone()).map(|article| (article, Entered::Feed)).map_err(|error| error.to_string()),
        }
    }

    async fn page(&self, link: &Url, shutdown: &CancellationToken) -> Result<ArticleForm, String> {
        let content = match self.fetch(link, &Validators::default(), shutdown).await {
            Ok(Answer::Content(content)) => content,
            Ok(Answer::NotModified(_)) => return Err(format!("{}: the server answered with status 304", shown(link))),
            Err(error) => return Err(format!("{}: {error}", shown(link))),
        };
        let reading = tokio::task::spawn_blocking(move || {
            let origin = Origin { url: Some(content.url), charset: content.charset };
            page::read(&content.body, &origin)
        });
        let read = reading.await.map_err(|error| error.to_string())?;
        read.map_err(|error| format!("{}: {error}", shown(link)))
    }

    /// Fetches in the host's turn; gives up on `shutdown`, because a server may take longer than stopping may.
    async fn fetch(&self, url: &Url, validators: &Validators, shutdown: &CancellationToken) -> Result<Answer, FetchError> {
        let Some(_turn) = shutdown.run_until_cancelled(self.hosts.turn(url)).await else { return Err(FetchError::Stopped) };
        let begun = Instant::now();
        let fetching = shutdown.run_until_cancelled(self.fetcher.get(url, validators));
        let answer = fetching.await.unwrap_or(Err(FetchError::Stopped));
        self.metrics.fetched(&answer, begun.elapsed().as_secs_f64());
        answer
    }

    fn given_up(&self, feed_url: &str, key: &str) -> bool {
        let attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.get(&(feed_url.to_owned(), key.to_owned())).is_some_and(|count| *count >= MAX_ATTEMPTS)
    }

    /// Counts a failure; whether the entry is to be tried again.
    fn failed_once_more(&self, feed_url: &str, key: &str) -> bool {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= MAX_REMEMBERED {
            attempts.clear();
        }
        let count = attempts.entry((feed_url.to_owned(), key.to_owned())).or_insert(0);
        *count += 1;
        *count < MAX_ATTEMPTS
    }
}

/// Reads a feed on a thread of its own.
async fn parsed(content: &Content) -> Result<ParsedFeed, String> {
    let (body, url) = (content.body.clone(), content.url.clone());
    let reading = tokio::task::spawn_blocking(move || parse(&body, &url)).await;
    reading.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

fn note_failure(feed: &mut Feed, why: String) {
    tracing::warn!(feed = feed.url, failures = feed.failures + 1, %why, "the feed {} failed: {why}", feed.url);
    feed.failures += 1;
    feed.last_error = Some(why);
}
