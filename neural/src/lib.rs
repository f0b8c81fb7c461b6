//! The network that finds attributions in news: an encoder over word pieces, and heads for cues, roles, acts and kinds.
//!
//! [`Network::read`] is pure: the same text gives the same attributions, whatever is read before, after or beside it.

mod encoder;
mod heads;
mod linear;
mod marked;
mod pieces;
mod tensors;
mod viterbi;
mod widest;
mod windows;

use std::ops::Range;

use encoder::{Encoder, VOCABULARY};
use heads::Heads;
pub use marked::{Labels, Marked};
use pieces::Vocabulary;
use tensors::Tensors;
pub use windows::Windows;

/// What kind of saying an attribution may be, in the network's order.
pub const ACTS: [&str; 14] = [
    "say",
    "report",
    "describe",
    "predict",
    "promise",
    "demand",
    "accuse",
    "criticize",
    "confirm",
    "deny",
    "decline",
    "question",
    "believe",
    "intend",
];
/// What a source may be, in the network's order.
pub const KINDS: [&str; 8] = ["person", "organization", "government", "outlet", "document", "group", "anonymous", "unspecified"];

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no model file.
    #[error("model file: {0}")]
    File(String),
    /// A tensor is not there.
    #[error("model file: no tensor {0}")]
    Missing(String),
    /// A tensor has another type or size.
    #[error("model file: tensor {0} is of another type or size than this version reads")]
    Shape(String),
}

/// An attribution as the network sees it; ranges are bytes of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The words that attribute; none where a quotation runs on without any.
    pub cue: Option<Range<usize>>,
    /// The words that name the source, if there are any: of several stretches the surest.
    pub source: Option<Range<usize>>,
    /// The words attributed, in order and apart.
    pub content: Vec<Range<usize>>,
    /// Probability of each of [`ACTS`].
    pub acts: [f32; ACTS.len()],
    /// Probability of each of [`KINDS`].
    pub kinds: [f32; KINDS.len()],
    /// Log probability of the cue's tags, mean over its pieces.
    pub cue_score: f32,
    /// Log probability of the source's and content's tags, mean over their pieces.
    pub role_score: f32,
}

/// The network, ready to read.
pub struct Network {
    vocabulary: Vocabulary,
    encoder: Encoder,
    heads: Heads,
}

impl Network {
    /// Reads a model file; an error where it is none that this version understands.
    pub fn new(file: &[u8]) -> Result<Self, Error> {
        // Whoever reads many texts at once has a thread for each: a matrix divided over threads would only wait for them.
        // An error says that the process has its pool already.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global();
        let tensors = Tensors::new(file)?;
        let vocabulary = Vocabulary::new(tensors.text("vocabulary")?);
        if vocabulary.size != VOCABULARY {
            return Err(Error::Shape("vocabulary".to_owned()));
        }
        Ok(Self { vocabulary, encoder: Encoder::new(&tensors)?, heads: Heads::new(&tensors)? })
    }

    /// A text as the encoder takes it.
    pub fn windows(&self, text: &str) -> Windows {
        Windows::new(text, self.vocabulary.pieces(text))
    }

    /// States [pieces, 384] of each window: the encoder alone, for whoever measures or checks it.
    pub fn encode(&self, windows: &Windows) -> Vec<Vec<f32>> {
        windows.iter().map(|(_, pieces, features)| self.encoder.encode(pieces, features)).collect()
    }

    /// The attributions of a text in the order of their cues. Time is linear in the length of the text. Never panics.
    pub fn read(&self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        for (window, seen, features) in self.windows(text).iter() {
            let states = self.encoder.encode(seen, features);
            let cue_scores = self.heads.cues(&states);
            let cues = cues(&viterbi::tags(&cue_scores, &[(2, [1, 2])]));
            let core = window.core.start - window.pieces.start..window.core.end - window.pieces.start;
            let cues: Vec<_> = cues.into_iter().filter(|cue| core.contains(&cue.place.0)).collect();
            if cues.is_empty() {
                continue;
            }
            let places: Vec<_> = cues.iter().map(|cue| cue.place).collect();
            let states = self.heads.pieces(states);
            let anchors = self.heads.anchors(&states, &places);
            for (cue, anchor) in cues.iter().zip(anchors.chunks_exact(anchors.len() / cues.len())) {
                let scores = self.heads.roles(&states, cue.place, anchor);
                let roles = viterbi::tags(&scores, &[(2, [1, 2]), (4, [3, 4])]);
                let (acts, kinds) = self.heads.acts_and_kinds(&states, cue.place, anchor, &roles);
                let sure = |range: &Range<usize>| mean(range.clone().map(|at| scores[at][roles[at]]));
                let bytes = |range: Range<usize>| seen[range.start].bytes.start..seen[range.end - 1].bytes.end;
                found.push(Found {
                    cue: (!cue.runs_on).then(|| bytes(cue.place.0..cue.place.1 + 1)),
                    source: spans(&roles, 1).into_iter().max_by(|a, b| sure(a).total_cmp(&sure(b))).map(bytes),
                    content: spans(&roles, 3).into_iter().map(bytes).collect(),
                    acts,
                    kinds,
                    cue_score: mean((cue.place.0..=cue.place.1).map(|at| cue_scores[at][cue.tag(at)])),
                    role_score: mean((0..roles.len()).filter(|&at| roles[at] > 0).map(|at| scores[at][roles[at]])),
                });
            }
        }
        found
    }
}

/// A cue in pieces of its window: first and last, and whether it is the begin of a quotation that runs on.
struct Cue {
    place: heads::Place,
    runs_on: bool,
}

impl Cue {
    /// The tag that one of its pieces has.
    fn tag(&self, at: usize) -> usize {
        match () {
            () if self.runs_on => 3,
            () if at == self.place.0 => 1,
            () => 2,
        }
    }
}

fn cues(tags: &[usize]) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    for (at, &tag) in tags.iter().enumerate() {
        match (tag, cues.last_mut()) {
            (1 | 3, _) => cues.push(Cue { place: (at, at), runs_on: tag == 3 }),
            (2, Some(cue)) => cue.place.1 = at,
            _ => {}
        }
    }
    cues
}

/// The stretches of a role whose first piece has the tag `begin`, the others the one after it.
fn spans(tags: &[usize], begin: usize) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, &tag) in tags.iter().enumerate() {
        match spans.last_mut() {
            _ if tag == begin => spans.push(at..at + 1),
            Some(span) if tag == begin + 1 && span.end == at => span.end = at + 1,
            _ => {}
        }
    }
    spans
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0.0_f32), |(sum, count), value| (sum + value, count + 1.0));
    sum / count.max(1.0)
}
