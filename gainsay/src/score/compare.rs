//! One article's predicted attributions beside its annotated ones.

use std::collections::HashSet;

use claims::Span;

use super::annotated::{Attribution, Role};
use super::letters::{Letters, Text};
use super::linking::{Candidate, Taken, candidates, link};

/// How much content two attributions must share to be the same one: the first is the usual, the second the strict.
pub const THRESHOLDS: [f64; 2] = [0.5, 0.8];

/// Things both predicted and annotated, and how many were predicted and annotated at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In both.
    pub hit: u64,
    /// Predicted.
    pub predicted: u64,
    /// Annotated.
    pub gold: u64,
}

impl Counts {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.hit += other.hit;
        self.predicted += other.predicted;
        self.gold += other.gold;
    }
}

/// The letters of an attribution's source, cue and content.
#[derive(Clone, Debug)]
pub struct Parts {
    source: Letters,
    cue: Letters,
    content: Letters,
}

impl Parts {
    fn new(text: &Text, attribution: &Attribution) -> Self {
        let [source, cue, content] = Role::ALL.map(|role| text.letters(attribution.spans(role)));
        Self { source, cue, content }
    }

    /// Whether `other` has the same source: half of the shorter one is shared, or neither has any.
    pub fn same_source(&self, other: &Self) -> bool {
        let (a, b) = (&self.source, &other.source);
        if a.is_empty() || b.is_empty() {
            return a.is_empty() && b.is_empty();
        }
        2 * a.shared(b) >= a.len().min(b.len())
    }

    /// Whether `other` has the same cue: some of it is shared, or neither has any.
    pub fn same_cue(&self, other: &Self) -> bool {
        (self.cue.is_empty() && other.cue.is_empty()) || self.cue.shared(&other.cue) > 0
    }

    /// Whether `other` has the same content to the letter.
    pub fn same_content(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

/// An article's attributions, annotated and predicted, with what they share.
pub struct Comparison<'a> {
    text: Text,
    /// The annotated.
    pub gold: &'a [Attribution],
    /// The predicted.
    pub predicted: &'a [Attribution],
    /// The annotated ones' letters.
    pub gold_parts: Vec<Parts>,
    /// The predicted ones' letters.
    pub predicted_parts: Vec<Parts>,
    by_content: Vec<Candidate>,
}

impl<'a> Comparison<'a> {
    /// Compares; all spans lie within `text`.
    pub fn new(text: &str, gold: &'a [Attribution], predicted: &'a [Attribution]) -> Self {
        let text = Text::new(text);
        let parts = |of: &[Attribution]| of.iter().map(|attribution| Parts::new(&text, attribution)).collect::<Vec<_>>();
        let (gold_parts, predicted_parts) = (parts(gold), parts(predicted));
        let contents = |of: &[Parts]| of.iter().map(|parts| parts.content.clone()).collect::<Vec<_>>();
        let by_content = candidates(&contents(&gold_parts), &contents(&predicted_parts));
        Self { text, gold, predicted, gold_parts, predicted_parts, by_content }
    }

    /// Spans of `role` that are in both, punctuation at their edges aside.
    pub fn exact(&self, role: Role) -> Counts {
        let spans = |of: &[Attribution]| -> HashSet<Span> {
            of.iter().flat_map(|attribution| attribution.spans(role)).map(|&span| self.text.trimmed(span)).collect()
        };
        let (gold, predicted) = (spans(self.gold), spans(self.predicted));
        let hit = gold.intersection(&predicted).count() as u64;
        Counts { hit, predicted: predicted.len() as u64, gold: gold.len() as u64 }
    }

    /// Letters and digits that some attribution's `role` covers in both.
    pub fn characters(&self, role: Role) -> Counts {
        let covered = |of: &[Attribution]| self.text.letters(of.iter().flat_map(|attribution| attribution.spans(role)));
        let (gold, predicted) = (covered(self.gold), covered(self.predicted));
        Counts { hit: gold.shared(&predicted), predicted: predicted.len(), gold: gold.len() }
    }

    /// Pairs that share at least so much of their content.
    pub fn linked(&self, at_least: f64) -> Vec<Candidate> {
        link(&self.by_content, at_least, &mut self.none_taken())
    }

    /// Whether the two of a pair have the same source.
    pub fn same_source(&self, pair: &Candidate) -> bool {
        self.gold_parts[pair.gold].same_source(&self.predicted_parts[pair.predicted])
    }

    /// Whether the two of a pair have the same cue.
    pub fn same_cue(&self, pair: &Candidate) -> bool {
        self.gold_parts[pair.gold].same_cue(&self.predicted_parts[pair.predicted])
    }

    /// Pairs for somebody who looks at mistakes: those linked, then of the rest those that share some of their content,
    /// then those that share some of their cue. Their `jaccard` is that of the content; 0 in the last.
    pub fn pairs(&self) -> (Vec<Candidate>, Taken) {
        let mut taken = self.none_taken();
        let mut pairs = link(&self.by_content, THRESHOLDS[0], &mut taken);
        pairs.extend(link(&self.by_content, 0.0, &mut taken));
        let cues = |of: &[Parts]| of.iter().map(|parts| parts.cue.clone()).collect::<Vec<_>>();
        let by_cue = candidates(&cues(&self.gold_parts), &cues(&self.predicted_parts));
        pairs.extend(link(&by_cue, 0.0, &mut taken).into_iter().map(|pair| Candidate { jaccard: 0.0, ..pair }));
        (pairs, taken)
    }

    fn none_taken(&self) -> Taken {
        Taken::none(self.gold.len(), self.predicted.len())
    }
}
