//! Commits: idempotent, in any order, from several writers.

use std::collections::BTreeSet;
use std::sync::Arc;

use claims::{Act, ArticleId, Confidence, Extraction, SourceKind};
use store::{ArticleQuery, ArticleRecord, ClaimQuery, Commit, Counts, Ledger, SearchText, SourceQuery, StoreError};

use crate::databases::{Home, open};
use crate::sample::{Said, draft, said, story};

/// The whole ledger as JSON, as an export would hold it.
pub(crate) async fn whole(ledger: &dyn Ledger) -> Vec<String> {
    let mut all: Vec<ArticleRecord> = Vec::new();
    loop {
        let page = ledger.export(all.last().map(|record| record.article.id()), 2).await.unwrap();
        if page.is_empty() {
            return all.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
        }
        all.extend(page);
    }
}

pub(crate) async fn an_article_is_kept_as_it_was_sent(home: Arc<Home>) {
    let store = home.fresh().await;
    let set = story();
    assert_eq!(store.ledger.commit(&set).await.unwrap(), vec![Commit::Added; set.len()]);
    for extraction in &set {
        let record = store.ledger.article(extraction.article.id()).await.unwrap().unwrap();
        assert_eq!(record.article, extraction.article);
        assert_eq!(record.skipped, extraction.skipped());
        assert_eq!(record.extractor, extraction.extractor);
        let kept: BTreeSet<_> = record.claims.iter().map(|claim| claim.id).collect();
        assert_eq!(kept, extraction.claims().iter().map(claims::Claim::id).collect());
        for claim in extraction.claims() {
            let kept = record.claims.iter().find(|kept| kept.id == claim.id()).unwrap();
            assert_eq!(kept.data, **claim);
            assert_eq!(kept.source_id, claim.source.as_ref().map(claims::Source::id));
        }
    }
    let call = store.ledger.article(set[0].article.id()).await.unwrap().unwrap();
    let contents: Vec<&str> = call.claims.iter().map(|claim| claim.data.content.text.as_str()).collect();
    assert_eq!(contents, ["call", "“There was no such call,”", "the men spoke on Thursday"], "the title first, then as in the text");
    assert_eq!(call.article.published_at.unwrap().to_string(), "2024-11-11T12:00:00Z");
    let mayor = store.ledger.article(set[1].article.id()).await.unwrap().unwrap();
    assert_eq!(mayor.article.published_at.unwrap().to_string(), "2024-11-11", "a day stays a day");
    assert_eq!(store.ledger.article(ArticleId(uuid::Uuid::nil())).await.unwrap(), None);
}

pub(crate) async fn committing_twice_changes_nothing(home: Arc<Home>) {
    let store = home.fresh().await;
    let set = story();
    store.ledger.commit(&set).await.unwrap();
    let before = whole(&*store.ledger).await;
    assert_eq!(store.ledger.commit(&set).await.unwrap(), vec![Commit::Unchanged; set.len()]);
    let twice = [set[0].clone(), set[0].clone()];
    assert_eq!(store.ledger.commit(&twice).await.unwrap(), [Commit::Unchanged; 2]);
    assert_eq!(whole(&*store.ledger).await, before);
    assert_eq!(store.ledger.commit(&[]).await.unwrap(), []);

    let new = draft("A new one.").done();
    assert_eq!(store.ledger.commit(&[new.clone(), new]).await.unwrap(), [Commit::Added, Commit::Unchanged]);
}

/// Every order of four extractions, two of which are of one article with different metadata and claims, two of one url.
pub(crate) async fn the_order_of_arrival_leaves_no_trace(home: Arc<Home>) {
    let text = "Ann Roe said it rained. ANN ROE denied that it snowed.";
    let base = draft(text).url("https://outlet.example/w").publisher("The Outlet").title("Rain");
    let upper = said("ANN ROE", "ANN ROE", SourceKind::Person, "denied", "that it snowed", Act::Deny);
    let lower = said("Ann Roe", "Ann Roe", SourceKind::Person, "said", "it rained", Act::Say);
    let set = [
        base.clone().published("2024-01-02").given("first").says(lower).done(),
        base.clone().published("2024-01-03T10:00:00Z").given("second").says(upper).done(),
        base.clone().title("Snow").published("2024-01-01").says(upper).done(),
        draft("Bo Lee said it was dry.").says(said("Bo Lee", "Bo Lee", SourceKind::Person, "said", "it was dry", Act::Say)).done(),
    ];
    let mut ledgers = BTreeSet::new();
    for (order, batch) in permutations(set.len()).into_iter().zip([1, 2, 4].into_iter().cycle()) {
        let store = home.fresh().await;
        let arriving: Vec<Extraction> = order.iter().map(|&at| set[at].clone()).collect();
        for some in arriving.chunks(batch) {
            store.ledger.commit(some).await.unwrap();
        }
        let sources = store.ledger.sources(&SourceQuery { limit: 10, ..SourceQuery::default() }).await.unwrap();
        let claims = store.ledger.claims(&ClaimQuery { limit: 10, ..ClaimQuery::default() }).await.unwrap();
        let lists = serde_json::to_string(&(sources, claims)).unwrap();
        ledgers.insert((whole(&*store.ledger).await, lists));
        assert_eq!(ledgers.len(), 1, "{order:?} in batches of {batch}");
    }
    let (articles, _) = ledgers.pop_first().unwrap();
    assert_eq!(articles.len(), 3);
}

pub(crate) async fn another_reading_replaces_the_claims(home: Arc<Home>) {
    let store = home.fresh().await;
    let text = "Ann Roe said it rained. Bo Lee said it snowed.";
    let rain = said("Ann Roe", "Ann Roe", SourceKind::Person, "said", "it rained", Act::Say);
    let snow = said("Bo Lee", "Bo Lee", SourceKind::Person, "said", "it snowed", Act::Say);
    let first = draft(text).says(rain).says(snow).done();
    store.ledger.commit(std::slice::from_ref(&first)).await.unwrap();

    let second = draft(text).says(Said { act: Act::Report, ..snow }).read_by("gainsay 0.2.0").done();
    assert_eq!(store.ledger.commit(std::slice::from_ref(&second)).await.unwrap(), [Commit::Replaced]);
    let record = store.ledger.article(first.article.id()).await.unwrap().unwrap();
    assert_eq!((record.extractor.as_str(), record.claims.len()), ("gainsay 0.2.0", 1));
    assert_eq!(record.claims[0].data.act, Act::Report);

    let sources = store.ledger.sources(&SourceQuery { limit: 10, ..SourceQuery::default() }).await.unwrap().items;
    assert_eq!(sources.iter().map(|source| source.name.as_str()).collect::<Vec<_>>(), ["Bo Lee"], "nobody speaks without a claim");
    assert_eq!(store.ledger.counts().await.unwrap(), Counts { articles: 1, skipped: 0, claims: 1, sources: 1 });
    let gone = ClaimQuery { text: SearchText::parse("rained"), limit: 10, ..ClaimQuery::default() };
    assert_eq!(store.ledger.claims(&gone).await.unwrap().items, [], "what is gone is not found");

    let skipped = draft(text).read_by("gainsay 0.3.0").skipped();
    let answer = store.ledger.commit(&[skipped]).await.unwrap();
    // In another language it is another JSON, whose digest decides.
    assert!(matches!(answer[..], [Commit::Replaced | Commit::Unchanged]));
}

pub(crate) async fn versions_are_counted_by_date(home: Arc<Home>) {
    let store = home.fresh().await;
    let said_so = said("Ann Roe", "Ann Roe", SourceKind::Person, "said", "so", Act::Say);
    let version = |text: &str| draft(text).url("https://outlet.example/live").says(said_so);
    let undated = version("Ann Roe said so. No date.").done();
    let morning = version("Ann Roe said so. Morning.").published("2024-05-01").done();
    let noon = version("Ann Roe said so. Noon.").published("2024-05-01").modified("2024-05-01T12:00:00Z").done();
    let evening = version("Ann Roe said so. Evening.").published("2024-04-30").modified("2024-05-01T20:00:00Z").done();
    let elsewhere = draft("Ann Roe said so.").published("2024-01-01").says(said_so).done();
    for extraction in [&evening, &elsewhere, &noon, &undated, &morning] {
        store.ledger.commit(std::slice::from_ref(extraction)).await.unwrap();
    }
    let expected: Vec<ArticleId> = [&undated, &morning, &noon, &evening].map(|extraction| extraction.article.id()).to_vec();
    for (id, number) in expected.iter().zip(1..) {
        let record = store.ledger.article(*id).await.unwrap().unwrap();
        assert_eq!(record.version, number);
        assert_eq!(record.versions.iter().map(|version| version.id).collect::<Vec<_>>(), expected);
        assert_eq!(record.versions.iter().map(|version| version.version).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(record.claims[0].data.version, number);
    }
    let listed = store.ledger.articles(&ArticleQuery { limit: 10, ..ArticleQuery::default() }).await.unwrap().items;
    for summary in listed {
        let position = expected.iter().position(|id| *id == summary.id).map_or(1, |at| u32::try_from(at).unwrap() + 1);
        assert_eq!(summary.version, position);
    }
    let alone = store.ledger.article(elsewhere.article.id()).await.unwrap().unwrap();
    assert_eq!((alone.version, alone.versions.len(), alone.versions[0].id), (1, 1, elsewhere.article.id()));
}

/// Four writers commit overlapping batches in different orders; the ledger is that of one writer.
pub(crate) async fn two_writers_at_once_lose_nothing(home: Arc<Home>) {
    let articles: Vec<Extraction> = (0..60)
        .map(|number| {
            let text = format!("Ann Roe said it was {number}. Bo Lee denied it.");
            draft(&text)
                .says(said("Ann Roe", "Ann Roe", SourceKind::Person, "said", "it was", Act::Say))
                .says(said("Bo Lee", "Bo Lee", SourceKind::Person, "denied", "it", Act::Deny))
                .published(&format!("2024-01-{:02}", number % 28 + 1))
                .done()
        })
        .collect();
    let alone = home.fresh().await;
    alone.ledger.commit(&articles).await.unwrap();

    // Two services, each with its own connections.
    let url = home.fresh_url().await;
    let shared = [open(&url).await, open(&url).await];
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (ledger, mut mine) = (Arc::clone(&shared[writer % 2].ledger), articles.clone());
            mine.rotate_left(writer * 13);
            if writer % 2 == 1 {
                mine.reverse();
            }
            tokio::spawn(async move {
                let mut added = 0;
                for batch in mine.chunks(7 + writer) {
                    added += ledger.commit(batch).await.unwrap().iter().filter(|answer| **answer == Commit::Added).count();
                }
                added
            })
        })
        .collect();
    let mut added = 0;
    for writer in writers {
        added += writer.await.unwrap();
    }
    assert_eq!(added, articles.len(), "each article is added by one of them");
    assert_eq!(whole(&*shared[0].ledger).await, whole(&*alone.ledger).await);
}

pub(crate) async fn a_reading_that_cannot_be_kept_is_refused_alone(home: Arc<Home>) {
    let store = home.fresh().await;
    let good = draft("Ann Roe said so.").done();
    let bad = draft("Bo Lee said so.").says(said("Bo Lee", "Bo Lee", SourceKind::Person, "said", "so", Act::Say)).done();
    let mut data = bad.claims()[0].clone().into_data();
    data.confidence = Confidence { content: f32::NAN, ..data.confidence };
    let claims = claims::Claim::all(&bad.article, vec![data]).unwrap();
    let bad = Extraction { outcome: claims::Outcome::Claims(claims), ..bad };
    let error = store.ledger.commit(&[good.clone(), bad]).await.unwrap_err();
    assert!(matches!(&error, StoreError::Refused { why, .. } if why.contains("not a number")), "{error}");
    assert_eq!(store.ledger.counts().await.unwrap().articles, 0, "a batch is kept whole or not at all");
    assert_eq!(store.ledger.commit(&[good]).await.unwrap(), [Commit::Added]);
}

/// All orders of `count` things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let Some(last) = count.checked_sub(1) else { return vec![vec![]] };
    let shorter = permutations(last).into_iter();
    shorter
        .flat_map(|order| {
            (0..=last).map(move |at| {
                let mut longer = order.clone();
                longer.insert(at, last);
                longer
            })
        })
        .collect()
}
