//! Who speaks in each attribution: sources resolved in the order of the text, each with the kind that all its mentions make likeliest.

use std::collections::HashMap;

use claims::SourceKind;

use crate::attribution::{Attribution, likeliest};
use crate::reading::Reading;
use crate::resolve::{Directory, Memory, Resolved};

/// So that no single mention rules a kind out.
const LEAST: f32 = 0.01;

/// The speaker of each attribution; one that names no source, though it has one, goes on with the speaker before.
pub(crate) fn speakers(reading: &Reading<'_>, directory: &Directory, attributions: &[Attribution]) -> Vec<Option<Resolved>> {
    let mut order: Vec<usize> = (0..attributions.len()).collect();
    order.sort_by_key(|&number| attributions[number].source.as_ref().map_or(attributions[number].start(), |source| source.start));
    let mut memory = Memory::default();
    let mut speakers: Vec<Option<Resolved>> = vec![None; attributions.len()];
    let mut last: Option<Resolved> = None;
    for number in order {
        let attribution = &attributions[number];
        let kind = likeliest(&attribution.scores.kinds).map_or(SourceKind::Person, |number| SourceKind::ALL[number]);
        if let Some(source) = attribution.source.as_ref() {
            let resolved = directory.resolve(reading, source, kind, &memory);
            memory.note(&resolved, source.end);
            last = Some(resolved.clone());
            speakers[number] = Some(resolved);
        } else if attribution.cue.is_none() || kind != SourceKind::Unspecified {
            speakers[number].clone_from(&last);
        }
    }
    agree(&mut speakers, attributions);
    speakers
}

/// Gives all mentions of one source the kind that is likeliest of them together.
fn agree(speakers: &mut [Option<Resolved>], attributions: &[Attribution]) {
    let mut kinds: HashMap<String, [f32; SourceKind::ALL.len()]> = HashMap::new();
    for (speaker, attribution) in speakers.iter().zip(attributions) {
        let Some(speaker) = speaker else { continue };
        let sums = kinds.entry(speaker.name.clone()).or_default();
        for (sum, kind) in sums.iter_mut().zip(attribution.scores.kinds) {
            *sum += (kind + LEAST).ln();
        }
    }
    for speaker in speakers.iter_mut().flatten().filter(|speaker| !speaker.settled) {
        if let Some(number) = kinds.get(&speaker.name).and_then(|sums| likeliest(sums)) {
            speaker.kind = SourceKind::ALL[number];
        }
    }
}
