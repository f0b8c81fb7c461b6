//! Any bytes as a text: whatever is found stands within it, between characters and in order.

#![no_main]

use std::ops::Range;

use language::{dates, detect, forms, lemma, names, quantities, quotations, sentences, tokens};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    detect(&text);
    let tokens = tokens(&text);
    for token in &tokens {
        assert!(token.start < token.end && text.get(token.range()).is_some(), "{token:?}");
        lemma(&token.plain);
        forms(&token.plain);
    }
    in_order(tokens.iter().map(|token| token.range()));

    let within = |range: &Range<usize>| assert!(range.start < range.end && range.end <= tokens.len(), "{range:?} of {}", tokens.len());
    let sentences = sentences(&text, &tokens);
    sentences.iter().for_each(|sentence| within(&sentence.tokens));
    in_order(sentences.iter().map(|sentence| sentence.tokens.clone()));
    assert!(sentences.windows(2).all(|pair| pair[0].paragraph <= pair[1].paragraph));

    let quotations = quotations(&tokens);
    for quotation in &quotations {
        within(&quotation.tokens);
        assert!(text.get(quotation.range.clone()).is_some(), "{quotation:?}");
    }
    assert!(quotations.windows(2).all(|pair| pair[0].tokens.start <= pair[1].tokens.start), "{quotations:?}");

    let names = names(&tokens);
    for name in &names {
        within(&name.full);
        within(&name.bare);
        assert!(name.full.start <= name.bare.start && name.bare.end == name.full.end, "{name:?}");
    }
    in_order(names.iter().map(|name| name.full.clone()));

    let quantities = quantities(&tokens);
    for found in &quantities {
        within(&found.tokens);
        found.of.iter().for_each(within);
        assert!(found.value.is_finite(), "{found:?}");
    }
    in_order(quantities.iter().map(|found| found.tokens.clone()));

    for published in [None, time::Date::from_ordinal_date(2024, 60).ok()] {
        let dates = dates(&tokens, published);
        dates.iter().for_each(|found| within(&found.tokens));
        in_order(dates.iter().map(|found| found.tokens.clone()));
    }
});

/// Each ends before the next begins.
fn in_order(ranges: impl Iterator<Item = Range<usize>>) {
    let ranges: Vec<_> = ranges.collect();
    assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start), "{ranges:?}");
}
