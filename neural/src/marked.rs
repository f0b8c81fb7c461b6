//! Acts and kinds of attributions whose words are known already: what the heads say where nothing is left to find.

use std::ops::Range;

use crate::pieces::Piece;
use crate::{ACTS, KINDS, Network};

/// The words of an attribution as somebody marked them; ranges are bytes of the text, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// The words that attribute, if there are any.
    pub cue: Option<Range<usize>>,
    /// The words that name the source.
    pub source: Vec<Range<usize>>,
    /// The words attributed.
    pub content: Vec<Range<usize>>,
}

/// What the network makes of an attribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// Probability of each of [`ACTS`].
    pub acts: [f32; ACTS.len()],
    /// Probability of each of [`KINDS`].
    pub kinds: [f32; KINDS.len()],
}

impl Network {
    /// What it makes of each of `marked`, in their order; none where neither cue nor content is a word of the text.
    pub fn label(&self, text: &str, marked: &[Marked]) -> Vec<Option<Labels>> {
        let mut labels = vec![None; marked.len()];
        for (window, seen, features) in self.windows(text).iter() {
            let core = window.core.start - window.pieces.start..window.core.end - window.pieces.start;
            let anchored = marked.iter().enumerate().filter_map(|(number, one)| Some((number, one, anchor(seen, one)?)));
            let anchored: Vec<_> = anchored.filter(|(_, _, anchor)| core.contains(&anchor.0)).collect();
            if anchored.is_empty() {
                continue;
            }
            let states = self.heads.pieces(self.encoder.encode(seen, features));
            for (number, one, place) in anchored {
                let anchor = self.heads.anchors(&states, &[place]);
                let (acts, kinds) = self.heads.acts_and_kinds(&states, place, &anchor, &roles(seen, one));
                labels[number] = Some(Labels { acts, kinds });
            }
        }
        labels
    }
}

/// The first and last piece of the cue, else the first of the content.
fn anchor(seen: &[Piece], marked: &Marked) -> Option<(usize, usize)> {
    match &marked.cue {
        Some(cue) => Some(touched(seen, cue)).filter(|pieces| !pieces.is_empty()).map(|pieces| (pieces.start, pieces.end - 1)),
        None => marked
            .content
            .iter()
            .map(|range| touched(seen, range))
            .find(|pieces| !pieces.is_empty())
            .map(|pieces| (pieces.start, pieces.start)),
    }
}

/// The role tag of each piece; where both are marked, the content's.
fn roles(seen: &[Piece], marked: &Marked) -> Vec<usize> {
    let mut roles = vec![0; seen.len()];
    for (ranges, begin) in [(&marked.source, 1), (&marked.content, 3)] {
        for range in ranges {
            let pieces = touched(seen, range);
            roles[pieces.clone()].fill(begin + 1);
            if let Some(first) = roles[pieces].first_mut() {
                *first = begin;
            }
        }
    }
    roles
}

/// The pieces that share a byte with `range`.
fn touched(seen: &[Piece], range: &Range<usize>) -> Range<usize> {
    let start = seen.partition_point(|piece| piece.bytes.end <= range.start);
    let end = seen.partition_point(|piece| piece.bytes.start < range.end);
    start..end.max(start)
}
