//! What passes between the stages: cues and attributions, as ranges of tokens of one reading.

use std::ops::Range;

use claims::Act;

use crate::rules::VerbEntry;

/// The construction that an attribution was found by; its name is the claim's `rule`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Construction {
    /// “…,” X said.
    QuoteSourceSaid,
    /// “…,” said X.
    QuoteSaidSource,
    /// X said: “…”
    QuoteLeadIn,
    /// A quotation that goes on without a cue.
    QuoteRunOn,
    /// …, X said.
    ClauseSourceSaid,
    /// …, said X.
    ClauseSaidSource,
    /// X said that …
    VerbThat,
    /// X said …
    VerbClause,
    /// which X said was …
    VerbGap,
    /// As X said, …
    AsSaid,
    /// X asked whether …
    VerbWh,
    /// X vowed to …
    VerbTo,
    /// X denied …
    VerbNoun,
    /// according to X, …
    AccordingTo,
    /// X declined to comment.
    NoComment,
    /// reports that …
    Noun,
    /// reportedly
    Adverb,
    /// X: “…”
    Headline,
}

impl Construction {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::QuoteSourceSaid => "quote/source-said",
            Self::QuoteSaidSource => "quote/said-source",
            Self::QuoteLeadIn => "quote/lead-in",
            Self::QuoteRunOn => "quote/run-on",
            Self::ClauseSourceSaid => "indirect/source-said",
            Self::ClauseSaidSource => "indirect/said-source",
            Self::VerbThat => "indirect/verb-that",
            Self::VerbClause => "indirect/verb-clause",
            Self::VerbGap => "indirect/verb-gap",
            Self::AsSaid => "indirect/as-said",
            Self::VerbWh => "indirect/verb-wh",
            Self::VerbTo => "indirect/verb-to",
            Self::VerbNoun => "indirect/verb-noun",
            Self::AccordingTo => "according-to",
            Self::NoComment => "no-comment",
            Self::Noun => "noun",
            Self::Adverb => "adverb",
            Self::Headline => "headline",
        }
    }
}

/// Words that attribute, before their source and content are known.
#[derive(Clone, Debug)]
pub(crate) struct Cue {
    /// The verb group, preposition, noun or adverb.
    pub(crate) tokens: Range<usize>,
    /// The dictionary form; for a verb of several rules, of the first until its content decides.
    pub(crate) lemma: String,
    /// The act by the cue alone.
    pub(crate) act: Act,
    /// How it is built.
    pub(crate) kind: CueKind,
}

/// What sort of word a cue is.
#[derive(Clone, Debug)]
pub(crate) enum CueKind {
    /// A verb: the rules that it may be read by, and where its subject is to be looked for.
    Verb { entries: Vec<&'static VerbEntry>, negated: bool, subject: Subject },
    /// A refusal to answer.
    NoComment,
    /// "according to"
    Preposition,
    /// "reports that"
    Noun,
    /// "reportedly"
    Adverb,
}

/// Where the subject of a verb stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Beside the verb.
    Beside,
    /// It is that of the verb before: ", adding", "and said".
    Shared,
}

/// One attribution, as ranges of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Attribution {
    pub(crate) construction: Construction,
    pub(crate) cue: Option<Cue>,
    pub(crate) source: Option<Range<usize>>,
    /// The attribution whose speaker this one has, where it names none itself.
    pub(crate) speaker_of: Option<usize>,
    /// In order and apart; empty where a refusal has none.
    pub(crate) content: Vec<Range<usize>>,
    pub(crate) addressee: Option<Range<usize>>,
}

impl Attribution {
    /// The first token of it all.
    pub(crate) fn start(&self) -> usize {
        self.ranges().map(|range| range.start).min().unwrap_or_default()
    }

    /// One past the last token of it all.
    pub(crate) fn end(&self) -> usize {
        self.ranges().map(|range| range.end).max().unwrap_or_default()
    }

    fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.content.iter().chain(&self.source).chain(self.cue.iter().map(|cue| &cue.tokens))
    }
}

/// A content of one span.
pub(crate) fn one(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
}
