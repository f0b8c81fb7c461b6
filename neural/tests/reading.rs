//! The committed model on short texts: what it finds, that it always finds the same, and that it takes any text.

#![allow(clippy::unwrap_used, reason = "what fails here is a test")]

use std::sync::LazyLock;

use neural::{ACTS, Error, Found, KINDS, Network};
use proptest::prelude::*;

const MODEL: &[u8] = include_bytes!("../../extract/models/attribution.safetensors");

static NETWORK: LazyLock<Network> = LazyLock::new(|| Network::new(MODEL).unwrap());

fn likeliest<'n>(probabilities: &[f32], names: &[&'n str]) -> &'n str {
    let at = (0..names.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b])).unwrap();
    names[at]
}

/// Source, cue, content, act and kind of each.
fn shown(text: &str) -> Vec<(String, String, String, &'static str, &'static str)> {
    let words = |ranges: &[std::ops::Range<usize>]| ranges.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>().join(" … ");
    let show = |found: &Found| {
        let cue = found.cue.clone().map_or(String::new(), |cue| text[cue].to_owned());
        (words(found.source.as_slice()), cue, words(&found.content), likeliest(&found.acts, &ACTS), likeliest(&found.kinds, &KINDS))
    };
    NETWORK.read(text).iter().map(show).collect()
}

fn row(
    source: &str,
    cue: &str,
    content: &str,
    act: &'static str,
    kind: &'static str,
) -> (String, String, String, &'static str, &'static str) {
    (source.into(), cue.into(), content.into(), act, kind)
}

#[test]
fn a_quotation_and_a_denial_are_found_with_their_sources() {
    let text = "“The bridge was closed in May,” Mayor Ana Ruiz said on Monday. The ministry denied that it had stopped the work.";
    let expected = [
        row("Mayor Ana Ruiz", "said", "“The bridge was closed in May,”", "say", "person"),
        row("The ministry", "denied", "it had stopped the work", "deny", "government"),
    ];
    assert_eq!(shown(text), expected);
}

#[test]
fn a_text_without_attributions_has_none() {
    assert_eq!(shown("The bridge was built in 1932. It is 400 metres long."), []);
    assert_eq!(shown(""), []);
}

#[test]
fn the_same_text_reads_the_same_on_any_thread() {
    let text = "Two officials said the talks had failed, The Daily Example reported. ".repeat(40);
    let alone = NETWORK.read(&text);
    assert!(alone.len() > 40, "{}", alone.len());
    let beside: Vec<Vec<Found>> = std::thread::scope(|scope| {
        let reading: Vec<_> = (0..4).map(|_| scope.spawn(|| NETWORK.read(&text))).collect();
        reading.into_iter().map(|reading| reading.join().unwrap()).collect()
    });
    assert!(beside.iter().all(|found| *found == alone));
}

#[test]
fn a_file_that_is_no_model_is_refused() {
    assert!(matches!(Network::new(b"no model"), Err(Error::File(_))));
    assert!(matches!(Network::new(&MODEL[..MODEL.len() / 2]), Err(Error::File(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_characters_are_taken_and_spans_are_slices(text in "(\\PC|\n|said |“|”|\"| he |, ){0,120}") {
        for found in NETWORK.read(&text) {
            for range in found.cue.iter().chain(&found.source).chain(&found.content) {
                prop_assert!(text.get(range.clone()).is_some_and(|words| !words.is_empty()));
            }
            prop_assert!((found.acts.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        }
    }
}
