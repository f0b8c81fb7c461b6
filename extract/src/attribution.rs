//! What passes between the stages: attributions, as ranges of tokens of one reading.

use std::ops::Range;

use claims::{Act, SourceKind};

/// One attribution: who is said to speak, by which words, and what.
#[derive(Clone, Debug)]
pub(crate) struct Attribution {
    /// The words that attribute; none where a quotation runs on, and in the headline form.
    pub(crate) cue: Option<Range<usize>>,
    /// The words that name the source, if there are any.
    pub(crate) source: Option<Range<usize>>,
    /// The words attributed, in order and apart; empty where a refusal has none.
    pub(crate) content: Vec<Range<usize>>,
    /// What the network makes of it.
    pub(crate) scores: Scores,
}

/// How likely the network holds what it decided, and what it leaves to decide.
#[derive(Clone, Debug)]
pub(crate) struct Scores {
    /// Of each of [`Act::ALL`].
    pub(crate) acts: [f32; Act::ALL.len()],
    /// Of each of [`SourceKind::ALL`].
    pub(crate) kinds: [f32; SourceKind::ALL.len()],
    /// Log probability of the cue, mean over its pieces.
    pub(crate) cue: f32,
    /// Log probability of the source and content, mean over their pieces.
    pub(crate) roles: f32,
}

impl Scores {
    /// Those of what was found without the network.
    pub(crate) fn of(act: Act, kind: SourceKind) -> Self {
        let (mut acts, mut kinds) = ([0.0; Act::ALL.len()], [0.0; SourceKind::ALL.len()]);
        acts[act as usize] = 1.0;
        kinds[kind as usize] = 1.0;
        Self { acts, kinds, cue: 0.0, roles: 0.0 }
    }
}

impl Attribution {
    /// The first token of it all.
    pub(crate) fn start(&self) -> usize {
        self.ranges().map(|range| range.start).min().unwrap_or_default()
    }

    /// Where its speaker is heard: at the words that name the source, else where it begins.
    pub(crate) fn heard_at(&self) -> usize {
        self.source.as_ref().map_or_else(|| self.start(), |source| source.start)
    }

    /// One past the last token of it all.
    pub(crate) fn end(&self) -> usize {
        self.ranges().map(|range| range.end).max().unwrap_or_default()
    }

    fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.content.iter().chain(&self.source).chain(&self.cue)
    }

    /// The name of its form: where its content stands to its cue.
    pub(crate) fn form(&self) -> &'static str {
        let (Some(cue), Some(first), Some(last)) = (&self.cue, self.content.first(), self.content.last()) else {
            return if self.content.is_empty() { "no-content" } else { "no-cue" };
        };
        match (first.start < cue.start, last.start >= cue.end) {
            (true, true) => "content-around",
            (true, false) => "content-before",
            (false, _) => "content-after",
        }
    }
}

/// The number of the highest score.
pub(crate) fn likeliest(scores: &[f32]) -> Option<usize> {
    scores.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(number, _)| number)
}
