//! Lists: their order, each filter, pages, sources, counts, export.

use std::sync::Arc;

use claims::{Act, ArticleId, SourceKind, Stance};
use store::{ArticleQuery, ClaimQuery, Counts, Cursor, Ledger, ReadingQuery, SearchText, SourceQuery, StanceCounts, StoreError};
use time::macros::date;

use crate::databases::Home;
use crate::sample::{draft, said, story};

const ALL: u32 = 100;

fn everything() -> (ArticleQuery, ClaimQuery) {
    (ArticleQuery { limit: ALL, ..ArticleQuery::default() }, ClaimQuery { limit: ALL, ..ClaimQuery::default() })
}

/// Titles, or the first word of the text where there is none.
async fn titles(ledger: &dyn Ledger, query: ArticleQuery) -> Vec<String> {
    let page = ledger.articles(&query).await.unwrap();
    page.items.into_iter().map(|item| item.title.unwrap_or_else(|| item.excerpt.split(' ').next().unwrap().to_owned())).collect()
}

/// Cues, which tell the story's claims apart.
async fn cues(ledger: &dyn Ledger, query: ClaimQuery) -> Vec<String> {
    let page = ledger.claims(&query).await.unwrap();
    page.items.into_iter().map(|item| item.data.cue.unwrap().text).collect()
}

pub(crate) async fn articles_newest_first(home: Arc<Home>) {
    let store = home.fresh().await;
    store.ledger.commit(&story()).await.unwrap();
    let (all, _) = everything();
    let listed = ["A call after all", "Der", "Kremlin denies call", "Cheaper trams promised", "Nobody"];
    assert_eq!(titles(&*store.ledger, all.clone()).await, listed, "a day begins at midnight; what has no date comes last");

    let page = store.ledger.articles(&all).await.unwrap();
    assert_eq!(page.next, None);
    let call = &page.items[2];
    assert_eq!(call.stances, StanceCounts { support: 1, deny: 2, no_comment: 0, query: 0 });
    assert_eq!(call.given_id.as_deref(), Some("n1"));
    assert!(call.excerpt.starts_with("“There was no such call,” Dmitry Peskov"), "{}", call.excerpt);
    assert_eq!(page.items[3].stances, StanceCounts { support: 1, deny: 0, no_comment: 1, query: 1 });
    assert_eq!(page.items[1].skipped, Some(claims::SkipReason::Language));
}

pub(crate) async fn articles_by_each_filter(home: Arc<Home>) {
    let store = home.fresh().await;
    store.ledger.commit(&story()).await.unwrap();
    let (all, _) = everything();
    let find = async |query: ArticleQuery| titles(&*store.ledger, query).await;
    assert_eq!(
        find(ArticleQuery { publisher: Some("the OUTLET".into()), ..all.clone() }).await,
        ["Kremlin denies call", "Cheaper trams promised"]
    );
    assert_eq!(find(ArticleQuery { publisher: Some("Outlet".into()), ..all.clone() }).await, [""; 0], "the whole name");
    assert_eq!(find(ArticleQuery { from: Some(date!(2024 - 11 - 12)), ..all.clone() }).await, ["A call after all", "Der"]);
    let eleventh = Some(date!(2024 - 11 - 11));
    assert_eq!(find(ArticleQuery { to: eleventh, ..all.clone() }).await, ["Kremlin denies call", "Cheaper trams promised"]);
    let day = ArticleQuery { from: eleventh, to: eleventh, ..all.clone() };
    assert_eq!(find(day.clone()).await, ["Kremlin denies call", "Cheaper trams promised"]);
    let both = ArticleQuery { text: SearchText::parse("trams"), publisher: Some("The Outlet".into()), ..day };
    assert_eq!(find(both.clone()).await, ["Cheaper trams promised"]);
    assert_eq!(find(ArticleQuery { publisher: Some("Gazette".into()), ..both }).await, [""; 0]);
    assert_eq!(find(ArticleQuery { publisher: Some("a\0b".into()), ..all }).await, [""; 0], "a NUL is no error");
}

pub(crate) async fn claims_by_each_filter(home: Arc<Home>) {
    let store = home.fresh().await;
    let set = story();
    store.ledger.commit(&set).await.unwrap();
    let (_, all) = everything();
    let find = async |query: ClaimQuery| cues(&*store.ledger, query).await;
    let listed = ["confirmed", "said", "denies", "said on", "said the", "promised", "asked", "declined to comment", "said"];
    assert_eq!(find(all.clone()).await, listed);
    assert_eq!(find(ClaimQuery { act: Some(Act::Deny), ..all.clone() }).await, ["denies", "said on"]);
    assert_eq!(find(ClaimQuery { stance: Some(Stance::NoComment), ..all.clone() }).await, ["declined to comment"]);
    assert_eq!(find(ClaimQuery { source: Some("peskov".into()), ..all.clone() }).await, ["confirmed", "said on"]);
    assert_eq!(find(ClaimQuery { source: Some("ZÜRICH".into()), ..all.clone() }).await, ["promised"]);
    assert_eq!(find(ClaimQuery { source: Some("%".into()), ..all.clone() }).await, [""; 0], "no wildcards");
    let peskov = set[0].claims()[1].source.as_ref().unwrap().id();
    assert_eq!(find(ClaimQuery { source_id: Some(peskov), ..all.clone() }).await, ["confirmed", "said on"]);
    let article_id = Some(set[1].article.id());
    assert_eq!(find(ClaimQuery { article_id, ..all.clone() }).await, ["promised", "asked", "declined to comment"]);
    assert_eq!(find(ClaimQuery { publisher: Some("gazette".into()), ..all.clone() }).await, ["confirmed", "said"]);
    assert_eq!(find(ClaimQuery { from: Some(date!(2024 - 11 - 12)), ..all.clone() }).await, ["confirmed", "said"]);
    let (from, to) = (Some(date!(2024 - 11 - 11)), Some(date!(2024 - 11 - 11)));
    let denied_that_day = ClaimQuery { from, to, act: Some(Act::Deny), stance: Some(Stance::Deny), ..all.clone() };
    assert_eq!(find(denied_that_day.clone()).await, ["denies", "said on"]);
    assert_eq!(find(ClaimQuery { source: Some("Dmitry".into()), ..denied_that_day }).await, ["said on"]);
    let record = &store.ledger.claims(&ClaimQuery { act: Some(Act::Confirm), ..all }).await.unwrap().items[0];
    assert_eq!((record.publisher.as_deref(), record.title.as_deref()), (Some("Gazette"), Some("A call after all")));
    assert_eq!(record.published_at.unwrap().to_string(), "2024-11-18T08:00:00Z");
}

pub(crate) async fn pages_joined_are_the_list(home: Arc<Home>) {
    let store = home.fresh().await;
    let mut set = story();
    // Many of one moment, and many without a date: the id alone orders them.
    for number in 0..20 {
        let claim = said("Ann Roe", "Ann Roe", SourceKind::Person, "said", "so", Act::Say);
        let draft = draft(&format!("Ann Roe said so, {number}.")).says(claim);
        set.push(if number % 2 == 0 { draft.published("2024-11-11").done() } else { draft.done() });
    }
    store.ledger.commit(&set).await.unwrap();
    let (articles, claims) = everything();
    let whole_articles = store.ledger.articles(&articles).await.unwrap().items;
    let whole_claims = store.ledger.claims(&claims).await.unwrap().items;
    let whole_sources = store.ledger.sources(&SourceQuery { limit: ALL, ..SourceQuery::default() }).await.unwrap().items;
    assert_eq!((whole_articles.len(), whole_claims.len(), whole_sources.len()), (25, 29, 8));
    for limit in [1, 3, 25] {
        let next = |next: Option<String>| next.map(|text| Cursor::parse(&text).unwrap());
        let (mut joined, mut cursor) = (Vec::new(), None);
        loop {
            let page = store.ledger.articles(&ArticleQuery { limit, cursor, ..articles.clone() }).await.unwrap();
            joined.extend(page.items);
            cursor = next(page.next);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(joined, whole_articles);
        let (mut joined, mut cursor) = (Vec::new(), None);
        loop {
            let page = store.ledger.claims(&ClaimQuery { limit, cursor, ..claims.clone() }).await.unwrap();
            joined.extend(page.items);
            cursor = next(page.next);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(joined, whole_claims);
        let (mut joined, mut cursor) = (Vec::new(), None);
        loop {
            let page = store.ledger.sources(&SourceQuery { limit, cursor, name: None }).await.unwrap();
            joined.extend(page.items);
            cursor = next(page.next);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(joined, whole_sources);
    }
    let foreign = Cursor::after(&"elsewhere");
    let refused = store.ledger.articles(&ArticleQuery { cursor: Some(foreign), ..articles }).await;
    assert!(matches!(refused, Err(StoreError::Cursor(_))), "{refused:?}");
}

pub(crate) async fn sources_and_counts(home: Arc<Home>) {
    let store = home.fresh().await;
    assert_eq!(store.ledger.counts().await.unwrap(), Counts::default());
    let set = story();
    store.ledger.commit(&set).await.unwrap();
    assert_eq!(store.ledger.counts().await.unwrap(), Counts { articles: 5, skipped: 1, claims: 9, sources: 7 });

    let named = async |name: &str| {
        let query = SourceQuery { name: Some(name.to_owned()), limit: ALL, cursor: None };
        store.ledger.sources(&query).await.unwrap().items
    };
    let all = named("").await;
    let shown: Vec<&str> = all.iter().map(|source| source.name.as_str()).collect();
    let expected = ["Dmitry Peskov", "Kremlin", "The operator", "a reader", "critics", "mayor of Zürich", "two officials"];
    assert_eq!(shown, expected, "most claims first, then by name; of two spellings not that of capitals");
    let peskov = &all[0];
    assert_eq!((peskov.kind, peskov.claims, peskov.articles), (SourceKind::Person, 2, 2));
    assert_eq!(peskov.acts, [(Act::Confirm, 1), (Act::Deny, 1)].into());
    assert_eq!((peskov.first.unwrap().to_string(), peskov.last.unwrap().to_string()), ("2024-11-11".into(), "2024-11-18".into()));
    assert_eq!(store.ledger.source(peskov.id).await.unwrap().as_ref(), Some(peskov));
    assert_eq!(named("zÜRich").await.len(), 1);
    assert_eq!(named("The mayor").await, [], "the name, not the words of one article");
    let reader = &named("a reader").await[0];
    assert_eq!((reader.first, reader.last), (None, None));
    assert_eq!(store.ledger.source(claims::SourceId(uuid::Uuid::nil())).await.unwrap(), None);
}

pub(crate) async fn the_export_is_everything_by_id(home: Arc<Home>) {
    let store = home.fresh().await;
    let set = story();
    store.ledger.commit(&set).await.unwrap();
    let mut expected: Vec<ArticleId> = set.iter().map(|extraction| extraction.article.id()).collect();
    expected.sort();
    let all = store.ledger.export(None, ALL).await.unwrap();
    assert_eq!(all.iter().map(|record| record.article.id()).collect::<Vec<_>>(), expected);
    assert_eq!(all.iter().map(|record| record.claims.len()).sum::<usize>(), 9);
    let rest = store.ledger.export(Some(expected[1]), ALL).await.unwrap();
    assert_eq!(rest, all[2..]);
    assert_eq!(store.ledger.export(Some(expected[4]), ALL).await.unwrap(), []);
}

pub(crate) async fn readings_by_each_filter(home: Arc<Home>) {
    let ledger = home.fresh().await.ledger;
    ledger.commit(&story()).await.unwrap();
    let all = ledger.export(None, 100).await.unwrap();
    let read = async |query: ReadingQuery| {
        let readings = ledger.readings(&query, None, 100).await.unwrap();
        readings.into_iter().map(|reading| reading.article_id).collect::<Vec<_>>()
    };
    let ids: Vec<_> = all.iter().map(|record| record.article.id()).collect();
    assert_eq!(read(ReadingQuery::default()).await, ids, "all, by id");
    let first = ledger.readings(&ReadingQuery::default(), None, 2).await.unwrap();
    let rest = ledger.readings(&ReadingQuery::default(), Some(ids[1]), 100).await.unwrap();
    assert_eq!((first.len(), rest.len()), (2, ids.len() - 2), "page by page");
    assert!(first.iter().all(|reading| reading.extractor == "gainsay 0.1.0"), "{first:?}");
    assert_eq!(read(ReadingQuery { not_by: Some("gainsay 0.1.0".into()), ..ReadingQuery::default() }).await, []);
    assert_eq!(read(ReadingQuery { not_by: Some("gainsay 9.9.9".into()), ..ReadingQuery::default() }).await, ids);
    let some = vec![ids[2], ids[0]];
    assert_eq!(read(ReadingQuery { ids: Some(some), ..ReadingQuery::default() }).await, [ids[0], ids[2]]);
    assert_eq!(read(ReadingQuery { ids: Some(Vec::new()), ..ReadingQuery::default() }).await, []);
    let dated = all.iter().find(|record| record.article.published_at.is_some() && record.article.publisher.is_some()).unwrap();
    let (day, publisher) = (dated.article.published_at.unwrap().day(), dated.article.publisher.clone().unwrap());
    let expected = |record: &&store::ArticleRecord| {
        let article = &record.article;
        article.published_at.is_some_and(|at| at.day() == day)
            && article.publisher.as_ref().is_some_and(|other| other.to_lowercase() == publisher.to_lowercase())
    };
    let expected: Vec<_> = all.iter().filter(expected).map(|record| record.article.id()).collect();
    let query = ReadingQuery { publisher: Some(publisher.to_uppercase()), from: Some(day), to: Some(day), ..ReadingQuery::default() };
    assert_eq!(read(query).await, expected);
}
