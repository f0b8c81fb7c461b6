//! Any articles, in any order, however often, in batches of any size: one ledger, on both databases.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use claims::{Act, ArticleId, Extraction, SourceKind};
use store::{ArticleQuery, ClaimQuery, Ledger, SearchText, SourceQuery, Store};

use crate::commits::whole;
use crate::databases::{Home, on_postgres, on_sqlite};
use crate::sample::{Said, draft, said};

/// How long rounds are begun for.
const ENOUGH: Duration = Duration::from_secs(8);

/// The most rounds, each with a ledger on either database and one to compare with.
const ROUNDS: u64 = 40;

const SPELLINGS: [&str; 5] = ["Ann Roe", "ANN ROE", "ann roe", "Émile Ōé", "ÉMILE ŌÉ"];

const SEARCHES: [&str; 8] = ["roe", "rain", "\"it rained\"", "emile", "snowing", "2nd", "snow 2nd", "俄罗斯"];

#[tokio::test(flavor = "multi_thread")]
async fn any_arrival_gives_the_same_ledger_on_both_databases() {
    on_sqlite(async |files: Arc<Home>| {
        on_postgres(async |server: Arc<Home>| {
            let (pool, begun, mut rounds) = (pool(), Instant::now(), 0);
            while rounds < ROUNDS && begun.elapsed() < ENOUGH {
                rounds += 1;
                round(&files, &server, &pool, rounds).await;
            }
            assert!(rounds > 3, "only {rounds} rounds in {:?}", begun.elapsed());
        })
        .await;
    })
    .await;
}

/// Commits a random part of the pool, in different orders, and compares with a ledger of just those that are to stay.
async fn round(files: &Home, server: &Home, pool: &[Extraction], seed: u64) {
    let mut dice = Dice(seed);
    let part: Vec<&Extraction> = pool.iter().filter(|_| dice.roll(4) > 0).collect();
    let reference = files.fresh().await;
    for stays in stay(&part) {
        reference.ledger.commit(std::slice::from_ref(stays)).await.unwrap();
    }
    let expected = everything(&*reference.ledger).await;
    for (store, name) in [(files.fresh().await, "SQLite"), (server.fresh().await, "PostgreSQL")] {
        arrive(&store, &part, &mut dice).await;
        assert_eq!(everything(&*store.ledger).await, expected, "round {seed} on {name}");
    }
}

/// Commits `part` in a random order, some of it twice, in batches of random sizes.
async fn arrive(store: &Store, part: &[&Extraction], dice: &mut Dice) {
    let mut arriving: Vec<Extraction> = part.iter().copied().cloned().collect();
    arriving.extend(part.iter().filter(|_| dice.roll(3) == 0).copied().cloned());
    for at in (1..arriving.len()).rev() {
        arriving.swap(at, dice.roll(at + 1));
    }
    while !arriving.is_empty() {
        let rest = arriving.split_off((1 + dice.roll(9)).min(arriving.len()));
        store.ledger.commit(&arriving).await.unwrap();
        arriving = rest;
    }
}

/// Of each article the one whose JSON has the smallest hash.
fn stay<'e>(part: &[&'e Extraction]) -> Vec<&'e Extraction> {
    let digest = |extraction: &Extraction| *blake3::hash(&serde_json::to_vec(&extraction.article).unwrap()).as_bytes();
    let mut stay: BTreeMap<ArticleId, &Extraction> = BTreeMap::new();
    for extraction in part {
        let held = stay.entry(extraction.article.id()).or_insert(extraction);
        if digest(extraction) < digest(held) {
            *held = extraction;
        }
    }
    stay.into_values().collect()
}

/// The export, every list, and what each search finds.
async fn everything(ledger: &dyn Ledger) -> Vec<String> {
    let mut all = whole(ledger).await;
    let articles = ArticleQuery { limit: 100, ..ArticleQuery::default() };
    let claims = ClaimQuery { limit: 100, ..ClaimQuery::default() };
    let sources = SourceQuery { limit: 100, ..SourceQuery::default() };
    for text in SEARCHES.map(SearchText::parse).into_iter().chain([None]) {
        all.push(json(&ledger.articles(&ArticleQuery { text: text.clone(), ..articles.clone() }).await.unwrap()));
        all.push(json(&ledger.claims(&ClaimQuery { text, ..claims.clone() }).await.unwrap()));
    }
    for name in ["", "ROE", "ōé", "roe\n"] {
        all.push(json(&ledger.sources(&SourceQuery { name: Some(name.to_owned()), ..sources.clone() }).await.unwrap()));
    }
    all.push(json(&ledger.counts().await.unwrap()));
    all
}

fn json(list: &impl serde::Serialize) -> String {
    serde_json::to_string(list).unwrap()
}

/// Thirty extractions: versions of one url, one article with other metadata, sources in several spellings, some not read.
fn pool() -> Vec<Extraction> {
    let mut pool = Vec::new();
    for number in 0..10 {
        let spelling = SPELLINGS[number % SPELLINGS.len()];
        let text = format!("{spelling} said it rained. Nobody 俄罗斯 denied that it snowed on the 2nd, {}.", number / 2);
        let says = said(spelling, spelling, SourceKind::Person, "said", "it rained", Act::Say);
        let denies = Said { source: None, ..said("", "", SourceKind::Group, "denied", "that it snowed", Act::Deny) };
        let base = draft(&text).url(&format!("https://outlet.example/{}", number % 3)).says(says).says(denies);
        let day = format!("2024-01-{:02}", 1 + number % 4);
        pool.push(base.clone().publisher("The Outlet").published(&day).done());
        // The same article, with another date and one claim less.
        let other = draft(&text).url(&format!("https://outlet.example/{}", number % 3)).publisher("The Outlet").says(says);
        pool.push(other.given(&format!("g{number}")).modified(&format!("{day}T10:00:00Z")).done());
        pool.push(if number % 3 == 0 { base.skipped() } else { base.title("É rain").done() });
    }
    pool
}

/// Numbers that look random and are the same on every run (splitmix64).
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }
}
