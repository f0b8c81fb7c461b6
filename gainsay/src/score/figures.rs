//! The figures: precision, recall and F1 over spans, characters and linked attributions, as the reference scorer counts them.

use serde::Serialize;

use super::annotated::{Annotated, Attribution, Role};
use super::compare::{Comparison, Counts, THRESHOLDS};
use super::labels::{Breakdown, Labels, Tally};

/// Precision, recall and their harmonic mean, each from 0 to 1; 0 where there is nothing to divide by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Prf {
    /// Precision.
    pub p: f64,
    /// Recall.
    pub r: f64,
    /// F1.
    pub f1: f64,
}

impl Prf {
    /// Of what was counted.
    pub fn of(counts: Counts) -> Self {
        Self::from_shares(share(counts.hit, counts.predicted), share(counts.hit, counts.gold))
    }

    /// Of a precision and a recall.
    pub fn from_shares(p: f64, r: f64) -> Self {
        Self { p, r, f1: if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 } }
    }
}

/// `part` of `whole`; 0 of nothing.
#[allow(clippy::cast_precision_loss, reason = "counts are far below what a float counts exactly")]
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A figure for each of source, cue and content.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ByRole {
    /// Of sources.
    pub source: Prf,
    /// Of cues.
    pub cue: Prf,
    /// Of contents.
    pub content: Prf,
}

/// Attributions linked by their content, and what else of the pair must agree.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Linked {
    /// The content alone.
    pub content: Prf,
    /// Content and source.
    #[serde(rename = "content+source")]
    pub source: Prf,
    /// Content, source and cue.
    pub all: Prf,
}

/// The linked attributions at each of [`THRESHOLDS`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ByThreshold {
    /// At least half of the content is shared.
    #[serde(rename = "0.5")]
    pub half: Linked,
    /// At least four fifths.
    #[serde(rename = "0.8")]
    pub most: Linked,
}

/// All figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Annotated articles.
    pub articles: u64,
    /// Annotated attributions.
    pub gold: u64,
    /// Predicted attributions, of annotated articles.
    pub predicted: u64,
    /// Exact spans, punctuation at their edges aside.
    pub exact: ByRole,
    /// Letters and digits covered.
    pub characters: ByRole,
    /// Whole attributions.
    pub linked: ByThreshold,
    /// How often act, kind, quotation and name are right, of those linked.
    pub labels: Labels,
    /// By act, by quotation.
    #[serde(flatten)]
    pub breakdown: Breakdown,
}

/// Scores the `predicted` attributions of each of `articles`, which are in the same order.
pub fn score(articles: &[Annotated], predicted: &[Vec<Attribution>]) -> Figures {
    let mut sums = Sums::default();
    for (article, predicted) in articles.iter().zip(predicted) {
        sums.add(&Comparison::new(&article.form.text, &article.attributions, predicted));
    }
    sums.figures()
}

#[derive(Default)]
struct Sums {
    articles: u64,
    gold: u64,
    predicted: u64,
    exact: [Counts; 3],
    characters: [Counts; 3],
    /// For each threshold: content, content and source, all.
    linked: [[Counts; 3]; 2],
    labels: Tally,
}

impl Sums {
    fn add(&mut self, comparison: &Comparison<'_>) {
        self.articles += 1;
        self.gold += comparison.gold.len() as u64;
        self.predicted += comparison.predicted.len() as u64;
        for (at, role) in Role::ALL.into_iter().enumerate() {
            self.exact[at].add(comparison.exact(role));
            self.characters[at].add(comparison.characters(role));
        }
        let (gold, predicted) = (with_content(comparison.gold), with_content(comparison.predicted));
        for (sums, at_least) in self.linked.iter_mut().zip(THRESHOLDS) {
            let pairs = comparison.linked(at_least);
            let right = pairs.iter().filter(|pair| comparison.same_source(pair));
            let wholly = right.clone().filter(|pair| comparison.same_cue(pair)).count();
            for (sum, hit) in sums.iter_mut().zip([pairs.len(), right.count(), wholly]) {
                sum.add(Counts { hit: hit as u64, predicted, gold });
            }
        }
        self.labels.add(comparison);
    }

    fn figures(self) -> Figures {
        let by_role = |counts: [Counts; 3]| {
            let [source, cue, content] = counts.map(Prf::of);
            ByRole { source, cue, content }
        };
        let [half, most] = self.linked.map(|counts| {
            let [content, source, all] = counts.map(Prf::of);
            Linked { content, source, all }
        });
        let (labels, breakdown) = self.labels.figures();
        Figures {
            articles: self.articles,
            gold: self.gold,
            predicted: self.predicted,
            exact: by_role(self.exact),
            characters: by_role(self.characters),
            linked: ByThreshold { half, most },
            labels,
            breakdown,
        }
    }
}

/// How many have a content: only they can be linked.
fn with_content(attributions: &[Attribution]) -> u64 {
    attributions.iter().filter(|attribution| !attribution.content.is_empty()).count() as u64
}
