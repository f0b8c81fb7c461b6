//! How fast `analyse` reads, against splitting the same texts at white space, which is about the least that can be done with them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use claims::Article;

use crate::Row;
use crate::report::{ROUNDS, rate};

/// On one core.
pub(crate) fn analyse(articles: &[Article]) -> Row {
    let (mut analysing, mut splitting) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        splitting = splitting.min(time(articles, |article| {
            black_box(article.text.split_whitespace().map(str::len).sum::<usize>());
        }));
        analysing = analysing.min(time(articles, |article| {
            black_box(extract::analyse(article));
        }));
    }
    Row {
        what: "`extract::analyse`, one core",
        rate: rate(articles.len(), analysing),
        baseline: "splitting at white space",
        baseline_rate: rate(articles.len(), splitting),
    }
}

fn time(articles: &[Article], work: impl Fn(&Article)) -> Duration {
    let begun = Instant::now();
    articles.iter().for_each(work);
    begun.elapsed()
}
