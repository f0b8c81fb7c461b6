//! Posts articles of its own without a pause, whatever happens to the services, and says afterwards what became of each:
//! an article that was acknowledged is owed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use claims::{Article, ArticleForm, ArticleId};
use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Deployment, assert_same, export_of, http, run_embedded, sample_news};

/// Posts that are under way at once.
const AT_ONCE: usize = 16;

/// How long a poster waits where an answer names no time.
const SHORTLY: Duration = Duration::from_millis(100);

/// The beginnings of the sample news again and again, each time under another address and with another last sentence: as many articles
/// as are wanted, numbered from `from` on. Beginnings, because here the broker and the database are tested, and reading takes longest.
pub fn varied(from: usize) -> impl Iterator<Item = Article> {
    let sample = sample_news();
    (from..).map(move |number| {
        let mut form: ArticleForm = (*sample[number % sample.len()]).clone();
        form.url = Some(format!("https://outlet.example/{number}"));
        form.given_id = Some(number.to_string());
        let beginning = form.text.lines().next().unwrap_or_default();
        form.text = format!("{beginning}\n\n“We counted {number} of them,” the mayor said.");
        Article::new(form).expect("a varied article is sound")
    })
}

/// Whoever posts; keeps on until [`Prover::stop`].
#[derive(Debug)]
pub struct Prover {
    stop: CancellationToken,
    progress: Arc<Progress>,
    posting: Vec<JoinHandle<Posted>>,
}

/// How many were posted so far, by how that ended.
#[derive(Debug, Default)]
pub struct Progress {
    /// Acknowledged: these are owed.
    pub acknowledged: AtomicUsize,
    /// Answered by 503: to be posted again.
    pub put_off: AtomicUsize,
    /// Answered by 429: to be posted again once the time that the answer names has passed.
    pub limited: AtomicUsize,
    /// Neither: a connection that broke, a time that ran out.
    pub unanswered: AtomicUsize,
}

/// What was posted: each article, and whether it was acknowledged.
#[derive(Debug, Default)]
pub struct Posted {
    articles: BTreeMap<ArticleId, (Article, bool)>,
}

/// What became of the posted articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Articles that the api took: owed.
    pub acknowledged: usize,
    /// Owed and not in the ledger.
    pub lost: usize,
    /// Never acknowledged, and in the ledger nevertheless.
    pub recovered: usize,
    /// In the ledger, and never posted.
    pub unexpected: usize,
    /// More than once in the ledger.
    pub duplicated: usize,
}

impl Prover {
    /// Begins to post to the api at `base`, see [`Deployment::api_address`]: at most `rate` articles a second, or as many as it takes.
    pub fn start(base: &str, rate: Option<u32>) -> Self {
        let (stop, progress) = (CancellationToken::new(), Arc::new(Progress::default()));
        let posters = (0..AT_ONCE).map(|poster| {
            let pause = rate.map(|rate| Duration::from_secs(1) * u32::try_from(AT_ONCE).expect("a few") / rate);
            let articles = varied(0).skip(poster).step_by(AT_ONCE);
            tokio::spawn(post_all(format!("{base}/v1/articles"), articles, pause, stop.clone(), progress.clone()))
        });
        Self { posting: posters.collect(), stop, progress }
    }

    /// How it goes.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How many articles were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.progress.acknowledged.load(Ordering::Relaxed)
    }

    /// Stops posting; all that was posted.
    pub async fn stop(self) -> Posted {
        self.stop.cancel();
        let mut all = Posted::default();
        for poster in self.posting {
            all.articles.append(&mut poster.await.expect("a poster does not panic").articles);
        }
        eprintln!("posted: {}", self.progress);
        all
    }
}

async fn post_all(
    url: String,
    articles: impl Iterator<Item = Article>,
    pause: Option<Duration>,
    stop: CancellationToken,
    progress: Arc<Progress>,
) -> Posted {
    let (mut posted, client) = (Posted::default(), http());
    for article in articles {
        let form: &ArticleForm = &article;
        let answer = client.post(&url).json(form).send().await;
        let (acknowledged, count, wait) = match answer.as_ref().map(reqwest::Response::status) {
            Ok(StatusCode::ACCEPTED | StatusCode::CREATED) => (true, &progress.acknowledged, Duration::ZERO),
            Ok(StatusCode::SERVICE_UNAVAILABLE) => (false, &progress.put_off, SHORTLY),
            Ok(StatusCode::TOO_MANY_REQUESTS) => (false, &progress.limited, answer.as_ref().map_or(SHORTLY, retry_after)),
            Ok(StatusCode::GATEWAY_TIMEOUT) | Err(_) => (false, &progress.unanswered, SHORTLY),
            Ok(status) => panic!("posting was answered by {status}"),
        };
        count.fetch_add(1, Ordering::Relaxed);
        posted.articles.insert(article.id(), (article, acknowledged));
        let pause = pause.unwrap_or(wait);
        if tokio::time::timeout(pause, stop.cancelled()).await.is_ok() || stop.is_cancelled() {
            break;
        }
    }
    posted
}

/// The time that an answer names.
fn retry_after(answer: &reqwest::Response) -> Duration {
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.expect("429 names the seconds to wait"))
}

impl Posted {
    /// Adds an article that somebody else posted and that was acknowledged.
    pub fn add(&mut self, article: Article) {
        self.articles.insert(article.id(), (article, true));
    }

    /// Adds what somebody else posted.
    pub fn append(&mut self, mut other: Self) {
        self.articles.append(&mut other.articles);
    }

    /// The ids of what was acknowledged.
    pub fn owed(&self) -> Vec<ArticleId> {
        self.articles.iter().filter(|(_, (_, acknowledged))| *acknowledged).map(|(id, _)| *id).collect()
    }

    /// Waits until all that is owed is queryable, then judges the ledger: what is in it, how often, and whether it says of each
    /// article just what an undisturbed run in one process says.
    pub async fn judge(&self, deployment: &mut Deployment, limit: Duration, folder: &Path) -> Verdict {
        deployment.wait_until_queryable(&self.owed(), limit).await;
        self.judge_ledger(deployment.database_url(), folder).await
    }

    /// Judges the ledger of the database at `url` as it is now, as [`Posted::judge`] does.
    pub async fn judge_ledger(&self, url: &str, folder: &Path) -> Verdict {
        let ledger = export_of(url).await;
        let verdict = self.count(&ledger);
        let kept: BTreeSet<ArticleId> = ledger.iter().map(|record| id_of(record).0).collect();
        let posted = self.articles.iter().filter(|(id, _)| kept.contains(id));
        let known: Vec<Article> = posted.map(|(_, (article, _))| article.clone()).collect();
        assert_same(&ledger, &run_embedded(&known, folder).await);
        verdict
    }

    /// Judges which articles are in `ledger`, as [`crate::export`] gives it, and not what it says of them.
    pub fn count(&self, ledger: &[String]) -> Verdict {
        let ids: Vec<_> = ledger.iter().map(|record| id_of(record)).collect();
        let kept: BTreeSet<ArticleId> = ids.iter().map(|(id, _)| *id).collect();
        let given: BTreeSet<&str> = ids.iter().map(|(_, given)| given.as_str()).collect();
        let owed = self.owed();
        let verdict = Verdict {
            acknowledged: owed.len(),
            lost: owed.iter().filter(|id| !kept.contains(id)).count(),
            recovered: kept.iter().filter(|id| self.articles.get(id).is_some_and(|(_, acknowledged)| !acknowledged)).count(),
            unexpected: kept.iter().filter(|id| !self.articles.contains_key(id)).count(),
            duplicated: ids.len() - kept.len().min(given.len()),
        };
        eprintln!("{verdict}");
        verdict
    }
}

/// A record's id, and the one that its poster gave it.
fn id_of(record: &str) -> (ArticleId, String) {
    let record: serde_json::Value = serde_json::from_str(record).expect("a record is JSON");
    let id = record["id"].as_str().and_then(|id| id.parse().ok()).expect("a record has an id");
    (id, record["given_id"].as_str().unwrap_or_default().to_owned())
}

impl Verdict {
    /// Fails unless all that was acknowledged is there once, and nothing that was not posted.
    pub fn assert_nothing_lost(&self) {
        let wanted = Self { lost: 0, unexpected: 0, duplicated: 0, ..*self };
        assert_eq!(*self, wanted);
        assert!(self.acknowledged > 0, "nothing was acknowledged");
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, lost, recovered, unexpected, duplicated } = self;
        write!(f, "acknowledged {acknowledged}, lost {lost}, recovered {recovered}, unexpected {unexpected}, duplicated {duplicated}")
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let Self { acknowledged, put_off, limited, unanswered } = self;
        let [acknowledged, put_off, limited, unanswered] = [acknowledged, put_off, limited, unanswered].map(count);
        write!(f, "acknowledged {acknowledged}, put off {put_off}, limited {limited}, unanswered {unanswered}")
    }
}
