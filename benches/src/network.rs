//! How fast the network reads: beside all of extraction on one core, and two workers beside one.

use std::hint::black_box;
use std::time::{Duration, Instant};

use claims::Article;
use neural::Network;

use crate::Row;
use crate::report::{ROUNDS, rate};

pub(crate) const MODEL: &[u8] = include_bytes!("../../extract/models/attribution.safetensors");

/// So many articles: the network takes its time.
const ARTICLES: usize = 60;

/// The encoder and the whole network beside `analyse`, and two cores beside one.
pub(crate) fn reading(articles: &[Article]) -> anyhow::Result<[Row; 3]> {
    let network = Network::new(MODEL)?;
    let articles = &articles[..ARTICLES.min(articles.len())];
    let read = |articles: &[Article]| articles.iter().for_each(|article| drop(black_box(network.read(&article.text))));
    let [mut encoder, mut one, mut two, mut all] = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        // A title has a window of its own.
        encoder = encoder.min(time(|| {
            for text in articles.iter().flat_map(|article| article.title.iter().chain([&article.text])) {
                drop(black_box(network.encode(&network.windows(text))));
            }
        }));
        one = one.min(time(|| read(articles)));
        two = two.min(time(|| {
            let (left, right) = articles.split_at(articles.len() / 2);
            std::thread::scope(|scope| {
                scope.spawn(|| read(left));
                read(right);
            });
        }));
        all = all.min(time(|| articles.iter().for_each(|article| drop(black_box(extract::analyse(article))))));
    }
    let rate = |took| rate(articles.len(), took);
    let row = |what, took, baseline, base| Row { what, rate: rate(took), baseline, baseline_rate: rate(base) };
    Ok([
        row("`extract::analyse`, one core", all, "its encoder alone, one core", encoder),
        row("`neural::Network::read`, one core", one, "`extract::analyse`, one core", all),
        row("`neural::Network::read`, two cores", two, "`neural::Network::read`, one core", one),
    ])
}

fn time(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}
