//! Quotations without a cue of their own: those that go on after an attribution, and those that run on over paragraphs.

use std::ops::Range;

use language::{Marks, Quotation};

use crate::attribution::{Attribution, Construction};
use crate::reading::Reading;

/// Gives each whole-sentence quotation that no cue has claimed to the speaker it goes on from: as a further span of the
/// same claim in the same paragraph, as a claim without cue over paragraphs. Those without such a speaker are left.
pub(crate) fn run_on(reading: &Reading<'_>, attributions: &mut Vec<Attribution>) {
    attributions.sort_by_key(|attribution| (attribution.end(), attribution.start()));
    let taken = taken_tokens(attributions);
    let mut next = 0;
    let mut added: Vec<Attribution> = Vec::new();
    let mut speech: Option<Speech> = None;
    for quotation in reading.quotations.iter().filter(|quotation| quotation.depth == 0 && quotation.marks != Marks::Single) {
        let place = quotation.tokens.clone();
        while next < attributions.len() && attributions[next].start() < place.start {
            // What is said within a source or a quotation does not take the word from its speaker.
            let within = speech.as_ref().is_some_and(|speech: &Speech| speech.quoted && attributions[next].start() < speech.end);
            if attributions[next].source.is_some() && speaks(&attributions[next]) && !within {
                let quoted = attributions[next].content.iter().any(|range| is_quotation(reading, range));
                speech = Some(Speech { speaker: next, end: attributions[next].end(), quoted, cueless: false });
            }
            next += 1;
        }
        let Some(current) = speech.as_mut().filter(|_| taken.binary_search(&place.start).is_err() && is_whole(reading, quotation)) else {
            continue;
        };
        let last = current.end.saturating_sub(1);
        let (paragraph, reached) = (reading.sentence(place.start).paragraph, reading.sentence(last).paragraph);
        if paragraph == reached && follows_directly(reading, place.start, current.end) {
            if current.quoted && !current.cueless {
                attributions[current.speaker].content.push(place.clone());
            } else {
                added.push(cueless(current.speaker, place.clone()));
            }
        } else if current.quoted
            && paragraph == reached + 1
            && (quotation.runs_on || is_paragraph(reading, quotation))
            && ends_paragraph(reading, last)
        {
            added.push(cueless(current.speaker, place.clone()));
            current.cueless = true;
        } else {
            continue;
        }
        current.end = place.end;
    }
    attributions.extend(added);
}

/// The speech that a quotation may go on from.
struct Speech {
    /// The attribution that names the speaker.
    speaker: usize,
    /// One past its last token so far.
    end: usize,
    /// Whether the speaker was quoted word for word.
    quoted: bool,
    /// Whether what was heard last had no cue.
    cueless: bool,
}

fn cueless(speaker: usize, content: Range<usize>) -> Attribution {
    Attribution {
        construction: Construction::QuoteRunOn,
        cue: None,
        source: None,
        speaker_of: Some(speaker),
        content: vec![content],
        addressee: None,
    }
}

/// All tokens that are within some content, sorted.
fn taken_tokens(attributions: &[Attribution]) -> Vec<usize> {
    let mut taken: Vec<usize> = attributions.iter().flat_map(|attribution| attribution.content.iter().flat_map(Clone::clone)).collect();
    taken.sort_unstable();
    taken.dedup();
    taken
}

/// Whether somebody is heard in it, as opposed to plans, beliefs and bare nouns.
fn speaks(attribution: &Attribution) -> bool {
    !matches!(
        attribution.construction,
        Construction::VerbTo | Construction::VerbNoun | Construction::Noun | Construction::Adverb | Construction::NoComment
    )
}

fn is_quotation(reading: &Reading<'_>, range: &Range<usize>) -> bool {
    reading.quotation(range.start).is_some_and(|quotation| quotation.tokens == *range)
}

/// Whether a quotation begins and ends with sentences, so that no other words share them.
fn is_whole(reading: &Reading<'_>, quotation: &Quotation) -> bool {
    let begins = reading.sentence(quotation.tokens.start).tokens.start == quotation.tokens.start;
    let ends = reading.sentence(quotation.tokens.end - 1).tokens.end == quotation.tokens.end;
    begins && ends && quotation.tokens.len() > 3
}

fn is_paragraph(reading: &Reading<'_>, quotation: &Quotation) -> bool {
    let line_ends = |at: Option<usize>| at.and_then(|at| reading.token(at)).is_none_or(|token| token.is("\n"));
    line_ends(quotation.tokens.start.checked_sub(1)) && line_ends(Some(quotation.tokens.end))
}

/// Whether nothing but the end of a sentence lies between what was said up to `end` and `start`.
fn follows_directly(reading: &Reading<'_>, start: usize, end: usize) -> bool {
    let here = reading.sentence_number(start);
    let before = reading.sentence_number(end.saturating_sub(1));
    here == before + 1 || (here == before && end <= start)
}

/// Whether the sentence of a token is the last of its paragraph.
fn ends_paragraph(reading: &Reading<'_>, token: usize) -> bool {
    let sentence = reading.sentence_number(token);
    let paragraph = reading.sentences[sentence].paragraph;
    reading.sentences.get(sentence + 1).is_none_or(|next| next.paragraph != paragraph)
}
