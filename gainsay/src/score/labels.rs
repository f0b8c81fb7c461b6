//! What attributions are labelled with – act, kind of source, quotation, name – and how often the label is right.

use std::collections::{BTreeMap, BTreeSet};

use claims::{Act, QuotationKind};
use serde::Serialize;

use super::annotated::Attribution;
use super::compare::{Comparison, Counts, THRESHOLDS};
use super::figures::{Prf, share};

/// How often a label is right, of the linked attributions that are annotated with one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Accuracy {
    /// Right ones.
    pub right: u64,
    /// All.
    pub of: u64,
    /// Their share, from 0 to 1.
    pub share: f64,
}

/// How often each label is right. None where either side has no such label at all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Labels {
    /// Attributions linked by content and source, at half of the content.
    pub linked: u64,
    /// Acts.
    pub act: Option<Accuracy>,
    /// Kinds of source.
    pub kind: Option<Accuracy>,
    /// Quotations.
    pub quotation: Option<Accuracy>,
    /// Names: the same words.
    pub who: Option<Accuracy>,
    /// Names: one's words are all in the other, or half of both are shared.
    pub who_alike: Option<Accuracy>,
}

/// How well attributions with one label are found, and how often the label is right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OfLabel {
    /// Annotated with it, with a content.
    pub gold: u64,
    /// Predicted with it, with a content; none where predictions have no such label at all.
    pub predicted: Option<u64>,
    /// The share of the annotated ones that is linked, by whatever label.
    pub recall: f64,
    /// The share of the predicted ones that is linked, by whatever label.
    pub precision: Option<f64>,
    /// The harmonic mean of the two.
    pub f1: Option<f64>,
    /// Of those linked: the label itself.
    pub label: Option<Prf>,
}

/// The figures of each label that occurs. Absent where the annotated articles have none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breakdown {
    /// By act.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_act: BTreeMap<Act, OfLabel>,
    /// By quotation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_quotation: BTreeMap<QuotationKind, OfLabel>,
}

/// Whether two names are the same: the same words in the same order, whatever their case and punctuation, articles aside.
pub fn same_name(a: &str, b: &str) -> bool {
    words(a).eq(words(b))
}

/// Whether two names may be of one source: one's words are all in the other, or half of both are shared.
fn alike_names(a: &str, b: &str) -> bool {
    let (x, y): (BTreeSet<String>, BTreeSet<String>) = (words(a).collect(), words(b).collect());
    if x.is_empty() || y.is_empty() {
        return x.is_empty() && y.is_empty();
    }
    let shared = x.intersection(&y).count();
    shared == x.len().min(y.len()) || 2 * shared >= x.union(&y).count()
}

fn words(name: &str) -> impl Iterator<Item = String> {
    let pieces = name.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty());
    pieces.map(str::to_lowercase).filter(|word| !matches!(word.as_str(), "the" | "a" | "an" | "of"))
}

/// What is counted over all articles.
#[derive(Default)]
pub struct Tally {
    linked: u64,
    act: Agreement,
    kind: Agreement,
    quotation: Agreement,
    who: Agreement,
    who_alike: Agreement,
    by_act: Table<Act>,
    by_quotation: Table<QuotationKind>,
}

impl Tally {
    /// Counts one article.
    pub fn add(&mut self, comparison: &Comparison<'_>) {
        for attribution in comparison.predicted {
            self.act.predicted |= attribution.act.is_some();
            self.kind.predicted |= attribution.kind.is_some();
            self.quotation.predicted |= attribution.quotation.is_some();
            self.who.predicted |= attribution.who.is_some();
            self.who_alike.predicted |= attribution.who.is_some();
        }
        for attribution in comparison.gold.iter().filter(|attribution| !attribution.content.is_empty()) {
            self.by_act.of(attribution.act, |counts| counts.gold += 1);
            self.by_quotation.of(attribution.quotation, |counts| counts.gold += 1);
        }
        for attribution in comparison.predicted.iter().filter(|attribution| !attribution.content.is_empty()) {
            self.by_act.of(attribution.act, |counts| counts.predicted += 1);
            self.by_quotation.of(attribution.quotation, |counts| counts.predicted += 1);
        }
        for pair in comparison.linked(THRESHOLDS[0]).iter().filter(|pair| comparison.same_source(pair)) {
            self.add_linked(&comparison.gold[pair.gold], &comparison.predicted[pair.predicted]);
        }
    }

    fn add_linked(&mut self, gold: &Attribution, predicted: &Attribution) {
        self.linked += 1;
        self.act.count(gold.act.map(|act| predicted.act == Some(act)));
        self.kind.count(gold.kind.map(|kind| predicted.kind == Some(kind)));
        self.quotation.count(gold.quotation.map(|quotation| predicted.quotation == Some(quotation)));
        let name = predicted.who.as_deref().unwrap_or_default();
        self.who.count(gold.who.as_deref().map(|who| same_name(who, name)));
        self.who_alike.count(gold.who.as_deref().map(|who| alike_names(who, name)));
        self.by_act.linked(gold.act, predicted.act);
        self.by_quotation.linked(gold.quotation, predicted.quotation);
    }

    /// What it comes to.
    pub fn figures(self) -> (Labels, Breakdown) {
        let breakdown = Breakdown {
            by_act: self.by_act.figures(self.act.predicted),
            by_quotation: self.by_quotation.figures(self.quotation.predicted),
        };
        let labels = Labels {
            linked: self.linked,
            act: self.act.accuracy(),
            kind: self.kind.accuracy(),
            quotation: self.quotation.accuracy(),
            who: self.who.accuracy(),
            who_alike: self.who_alike.accuracy(),
        };
        (labels, breakdown)
    }
}

/// How often one sort of label is right.
#[derive(Default)]
struct Agreement {
    right: u64,
    of: u64,
    /// Whether any prediction has such a label.
    predicted: bool,
}

impl Agreement {
    /// Counts a linked pair whose annotation has the label, and whether the prediction has the same.
    fn count(&mut self, right: Option<bool>) {
        self.right += u64::from(right == Some(true));
        self.of += u64::from(right.is_some());
    }

    fn accuracy(&self) -> Option<Accuracy> {
        let known = self.predicted && self.of > 0;
        known.then(|| Accuracy { right: self.right, of: self.of, share: share(self.right, self.of) })
    }
}

#[derive(Default)]
struct OneLabel {
    gold: u64,
    predicted: u64,
    linked_gold: u64,
    linked_predicted: u64,
    /// Of those linked.
    label: Counts,
}

struct Table<L>(BTreeMap<L, OneLabel>);

impl<L> Default for Table<L> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<L: Copy + Ord> Table<L> {
    fn of(&mut self, label: Option<L>, count: impl FnOnce(&mut OneLabel)) {
        if let Some(label) = label {
            count(self.0.entry(label).or_default());
        }
    }

    fn linked(&mut self, gold: Option<L>, predicted: Option<L>) {
        self.of(gold, |counts| counts.linked_gold += 1);
        self.of(predicted, |counts| counts.linked_predicted += 1);
        if gold.is_none() {
            return;
        }
        self.of(gold, |counts| counts.label.gold += 1);
        self.of(predicted, |counts| counts.label.predicted += 1);
        self.of(gold.filter(|_| gold == predicted), |counts| counts.label.hit += 1);
    }

    fn figures(self, is_predicted: bool) -> BTreeMap<L, OfLabel> {
        if self.0.values().all(|counts| counts.gold == 0) {
            return BTreeMap::new();
        }
        let figures = |counts: &OneLabel| {
            let found = Prf::from_shares(share(counts.linked_predicted, counts.predicted), share(counts.linked_gold, counts.gold));
            OfLabel {
                gold: counts.gold,
                predicted: is_predicted.then_some(counts.predicted),
                recall: found.r,
                precision: is_predicted.then_some(found.p),
                f1: is_predicted.then_some(found.f1),
                label: is_predicted.then(|| Prf::of(counts.label)),
            }
        };
        self.0.iter().map(|(label, counts)| (*label, figures(counts))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_their_words() {
        assert!(same_name("The Port Sorrel Courier", "port sorrel courier"));
        assert!(!same_name("Ilse Brandt", "Brandt"));
        assert!(same_name("", "") && !same_name("", "officials"));
        assert!(alike_names("Ilse Brandt", "Brandt") && alike_names("", "the"));
        assert!(!alike_names("Ilse Brandt", "") && !alike_names("Ilse Brandt", "Jonas Weir"));
    }
}
