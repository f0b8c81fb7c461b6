//! Whom a source itself rests on: "the Courier reported, citing two officials, that".

use std::ops::Range;

use claims::Act;
use language::Class;

use crate::attribution::Attribution;
use crate::cues;
use crate::directory::{Directory, Resolved};
use crate::reading::Reading;
use crate::reliance_rules::{Mention, Place, mentions};
use crate::speakers::Speaker;

/// An attribution near a mention is at most so many attributions away: this stays linear.
const REACH: usize = 24;

/// For each attribution the words that name whom its source rests on, and who that is. They are sorted by place.
pub(crate) fn relies_on(
    reading: &Reading<'_>,
    directory: &Directory,
    attributions: &[Attribution],
    around: &[Vec<usize>],
    speakers: &[Speaker],
) -> Vec<Option<(Range<usize>, Resolved)>> {
    let mut found = vec![None; attributions.len()];
    for mention in mentions(reading, directory, attributions, speakers) {
        let can_rest = |number: &usize| speakers[*number].resolved.as_ref().is_some_and(|speaker| speaker.name != mention.who.name);
        for number in claims_of(reading, attributions, around, &mention, can_rest) {
            if found[number].is_none() {
                found[number] = Some((mention.phrase.clone(), mention.who.clone()));
            }
        }
    }
    found
}

/// The attributions whose source a mention says to rest on somebody.
fn claims_of(
    reading: &Reading<'_>,
    attributions: &[Attribution],
    around: &[Vec<usize>],
    mention: &Mention,
    can_rest: impl Fn(&usize) -> bool,
) -> Vec<usize> {
    let at = attributions.partition_point(|attribution| attribution.start() < mention.cue.start);
    let near = at.saturating_sub(REACH)..(at + REACH).min(attributions.len());
    let sentence = reading.sentence_number(mention.cue.start);
    let cue_in = |number: usize, tokens: &Range<usize>| {
        attributions[number].cue.as_ref().is_some_and(|cue| cue.start < tokens.end && tokens.start < cue.end)
    };
    match mention.place {
        Place::Cue => near.filter(can_rest).filter(|&number| cue_in(number, &mention.cue)).collect(),
        Place::Opening => near.filter(can_rest).filter(|&number| opens(reading, &attributions[number], mention)).collect(),
        Place::Relative => {
            let source_before = |number: &usize| {
                attributions[*number]
                    .source
                    .as_ref()
                    .is_some_and(|source| source.start < mention.cue.start && source.end + 1 >= mention.cue.start)
            };
            near.filter(can_rest).filter(source_before).filter(|&number| !cue_in(number, &mention.cue)).collect()
        }
        Place::Beside | Place::Clause => {
            let holders: Vec<usize> = near.clone().filter(|&number| holds(&attributions[number], mention.cue.start)).collect();
            let cued =
                |number: &usize| attributions[*number].cue.as_ref().is_some_and(|cue| reading.sentence_number(cue.start) == sentence);
            // Words inside a content belong to what is nested there.
            let free = |number: &usize| {
                !holders.contains(number) && !cue_in(*number, &mention.cue) && holders.iter().all(|holder| around[*number].contains(holder))
            };
            let free: Vec<usize> = near.filter(can_rest).filter(cued).filter(free).collect();
            let outermost = |number: &usize| !around[*number].iter().any(|outer| free.contains(outer));
            // "based on" says something else of whatever it does not stand next to.
            let first = reading.sentence(mention.cue.start).tokens.start == mention.cue.start;
            let behind = |number: &usize| {
                attributions[*number].content.iter().any(|range| (0..=1).any(|comma| range.end + comma == mention.cue.start))
            };
            let next = |number: &usize| {
                mention.place == Place::Beside || first || behind(number) || gap(&attributions[*number], &mention.cue) <= 1
            };
            let outer = free.iter().copied().filter(outermost);
            let nearest = outer.min_by_key(|&number| (!behind(&number), gap(&attributions[number], &mention.cue)));
            nearest.filter(next).filter(|&number| !declines(reading, &attributions[number])).into_iter().collect()
        }
    }
}

/// Whether an attribution only says once more on whom the source of another rests: "citing two officials", as a claim by itself.
pub(crate) fn restates(attributions: &[Attribution], rests_on: &[Option<(Range<usize>, Resolved)>], number: usize) -> bool {
    let near = number.saturating_sub(REACH)..(number + REACH).min(attributions.len());
    attributions[number].cue.as_ref().is_some_and(|cue| {
        let other = |other: usize| other != number && rests_on[other].as_ref().is_some_and(|(words, _)| cue.end == words.start);
        near.into_iter().any(other)
    })
}

fn holds(attribution: &Attribution, token: usize) -> bool {
    attribution.content.iter().any(|range| range.contains(&token))
}

/// Whether a mention is how a content begins: "[said] that he had learned from two officers that".
fn opens(reading: &Reading<'_>, attribution: &Attribution, mention: &Mention) -> bool {
    let Some(content) = attribution.content.first().filter(|content| content.contains(&mention.cue.start)) else { return false };
    let slight = |at: usize| {
        let token = &reading.tokens[at];
        token.has(Class::SubjectPronoun) || token.has(Class::Auxiliary) || token.is("that") || token.is("'d") || token.is_adverb()
    };
    let own = attribution.cue.as_ref().is_some_and(|cue| cue.start < mention.cue.end && mention.cue.start < cue.end);
    !own && (content.start..mention.cue.start).all(slight)
}

/// A refusal rests on nobody: what is cited is its reason.
fn declines(reading: &Reading<'_>, attribution: &Attribution) -> bool {
    attribution.cue.as_ref().is_some_and(|tokens| cues::cue(reading, tokens).act == Some(Act::Decline))
}

/// How many tokens lie between the words that attribute and a mention.
fn gap(attribution: &Attribution, mention: &Range<usize>) -> usize {
    let words = attribution.source.iter().chain(&attribution.cue);
    words
        .map(|range| if range.end <= mention.start { mention.start - range.end } else { range.start.saturating_sub(mention.end) })
        .min()
        .unwrap_or(usize::MAX)
}
