//! How fast the network reads: against the extractor by rules on one core, and two workers against one.

use std::hint::black_box;
use std::time::{Duration, Instant};

use claims::Article;
use neural::Network;

use crate::Row;
use crate::report::{ROUNDS, rate};

const MODEL: &[u8] = include_bytes!("../../extract/models/attribution.safetensors");

/// So many articles: the network takes its time.
const ARTICLES: usize = 60;

/// One core against `analyse`, and two cores against one.
pub(crate) fn reading(articles: &[Article]) -> anyhow::Result<[Row; 2]> {
    let network = Network::new(MODEL)?;
    let articles = &articles[..ARTICLES.min(articles.len())];
    let read = |articles: &[Article]| articles.iter().for_each(|article| drop(black_box(network.read(&article.text))));
    let (mut one, mut two, mut rules) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        one = one.min(time(|| read(articles)));
        two = two.min(time(|| {
            let (left, right) = articles.split_at(articles.len() / 2);
            std::thread::scope(|scope| {
                scope.spawn(|| read(left));
                read(right);
            });
        }));
        rules = rules.min(time(|| articles.iter().for_each(|article| drop(black_box(extract::analyse(article))))));
    }
    let rate = |took| rate(articles.len(), took);
    let row = |what, took, baseline, base| Row { what, rate: rate(took), baseline, baseline_rate: rate(base) };
    Ok([
        row("`neural::Network::read`, one core", one, "`extract::analyse`, one core", rules),
        row("`neural::Network::read`, two cores", two, "`neural::Network::read`, one core", one),
    ])
}

fn time(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}
