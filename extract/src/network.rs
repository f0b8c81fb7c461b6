//! The network that finds attributions, compiled in, and what it finds in a text, or makes of marked words, as ranges of tokens.

use std::ops::Range;
use std::sync::LazyLock;

use claims::{Act, SourceKind};
use language::{Class, Token, TokenKind};
use neural::{Found, Marked, Network};

use crate::attribution::{Attribution, Scores};
use crate::boundaries::{joined, put_right};
use crate::reading::Reading;

const MODEL: &[u8] = include_bytes!("../models/attribution.safetensors");

// The network's labels are ours, in the same order.
const _: () = assert!(neural::ACTS.len() == Act::ALL.len() && neural::KINDS.len() == SourceKind::ALL.len());

#[allow(clippy::expect_used, reason = "the file is part of the program, and every test reads it")]
static NETWORK: LazyLock<Network> = LazyLock::new(|| Network::new(MODEL).expect("the model that is compiled in can be read"));

/// The attributions of a text, in its order.
pub(crate) fn attributions(reading: &Reading<'_>) -> Vec<Attribution> {
    put_right(reading, NETWORK.read(reading.text).iter().filter_map(|found| attribution(reading, found)).collect())
}

/// The attributions whose words are marked, in their order; none where the text has no word there.
pub(crate) fn labelled(reading: &Reading<'_>, marked: &[Marked]) -> Vec<Option<Attribution>> {
    let attribution = |one: &Marked, labels: neural::Labels| Attribution {
        cue: one.cue.as_ref().and_then(|cue| trimmed(reading, tokens(reading, cue))),
        source: one.source.iter().filter_map(|range| trimmed(reading, tokens(reading, range))).max_by_key(ExactSizeIterator::len),
        content: joined(one.content.iter().filter_map(|range| whole(reading, tokens(reading, range))).collect()),
        scores: Scores { acts: labels.acts, kinds: labels.kinds, cue: 0.0, roles: 0.0 },
    };
    let labels = NETWORK.label(reading.text, marked);
    marked.iter().zip(labels).map(|(one, labels)| labels.map(|labels| attribution(one, labels))).collect()
}

fn attribution(reading: &Reading<'_>, found: &Found) -> Option<Attribution> {
    // A lone quotation mark attributes nothing: the quotation runs on without a cue.
    let worded = |cue: &Range<usize>| reading.tokens[cue.clone()].iter().any(Token::is_word);
    let cue = found.cue.as_ref().and_then(|cue| trimmed(reading, tokens(reading, cue))).filter(worded);
    let content: Vec<_> = found.content.iter().filter_map(|range| whole(reading, tokens(reading, range))).collect();
    let content = near(reading, cue.as_ref(), joined(content));
    let attribution = Attribution {
        cue,
        source: found.source.as_ref().and_then(|range| source(reading, tokens(reading, range))),
        content,
        scores: Scores { acts: found.acts, kinds: found.kinds, cue: found.cue_score, roles: found.role_score },
    };
    (attribution.cue.is_some() || !attribution.content.is_empty()).then_some(attribution)
}

/// The tokens that a range of bytes touches.
fn tokens(reading: &Reading<'_>, bytes: &Range<usize>) -> Range<usize> {
    let start = reading.tokens.partition_point(|token| token.end <= bytes.start);
    let end = reading.tokens.partition_point(|token| token.start < bytes.end);
    start..end.max(start)
}

/// Without the line ends and signs at its edges; none if nothing is left.
fn trimmed(reading: &Reading<'_>, range: Range<usize>) -> Option<Range<usize>> {
    let outside = |at: &usize| {
        let token = &reading.tokens[*at];
        token.kind == TokenKind::LineEnd || matches!(&*token.plain, "," | "." | ";" | ":")
    };
    let start = range.clone().find(|at| !outside(at))?;
    let end = range.rev().find(|at| !outside(at))? + 1;
    Some(start..end)
}

/// A noun phrase without what should go on behind it: "a poll in".
fn source(reading: &Reading<'_>, range: Range<usize>) -> Option<Range<usize>> {
    let bare = trimmed(reading, range)?;
    let open = |at: usize| {
        let token = &reading.tokens[at];
        (token.has(Class::Preposition) || token.has(Class::Determiner)) && at > bare.start && !token.has(Class::SubjectPronoun)
    };
    let end = bare.clone().rev().find(|&at| !open(at) || reading.tokens[at].has(Class::ObjectPronoun))? + 1;
    let article = end == bare.start + 1 && matches!(&*reading.tokens[bare.start].plain, "the" | "a" | "an");
    (!article).then_some(bare.start..end)
}

/// With both its quotation marks and the signs within them, or else without signs at its edges.
fn whole(reading: &Reading<'_>, range: Range<usize>) -> Option<Range<usize>> {
    let bare = trimmed(reading, range)?;
    let opens = |at: usize| reading.quotation(at).filter(|quotation| quotation.tokens.start == at);
    let start = bare.start.checked_sub(1).filter(|&before| opens(before).is_some_and(|quotation| quotation.tokens.end <= bare.end + 2));
    let start = start.unwrap_or(bare.start);
    let quotation = reading.quotation(bare.end - 1);
    let end = quotation.filter(|quotation| start <= quotation.tokens.start && quotation.tokens.end <= bare.end + 2);
    Some(start..end.map_or(bare.end, |quotation| quotation.tokens.end))
}

/// Only quotations go on in another paragraph than the cue's, unless nothing else is attributed.
fn near(reading: &Reading<'_>, cue: Option<&Range<usize>>, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let paragraph = |at: usize| reading.sentence(at).paragraph;
    let Some(home) = cue.map(|cue| paragraph(cue.start)) else { return ranges };
    let stays = |range: &Range<usize>| paragraph(range.start) == home || reading.quotation(range.start).is_some();
    if ranges.iter().any(stays) { ranges.into_iter().filter(stays).collect() } else { ranges }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_in_the_same_order() {
        assert!(neural::ACTS.iter().eq(Act::ALL.iter().map(|act| act.as_str()).collect::<Vec<_>>().iter()));
        assert!(neural::KINDS.iter().eq(SourceKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().iter()));
    }

    #[test]
    fn a_content_has_both_its_marks() {
        let text = "“We lost,” she said, and called it “a day to forget”.";
        let reading = Reading::new(text);
        let seen = |words: &str| {
            let start = text.find(words).unwrap();
            whole(&reading, tokens(&reading, &(start..start + words.len()))).map(|range| reading.words(&range))
        };
        assert_eq!(seen("We lost"), Some("“We lost,”"));
        assert_eq!(seen("it “a day to forget"), Some("it “a day to forget”"));
        assert_eq!(seen(", and called it"), Some("and called it"));
    }
}
