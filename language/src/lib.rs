//! Text to tokens, sentences, quotation marks, names, dictionary forms, dates and quantities. Pure; knows nothing of claims.
//!
//! All places are byte ranges into the text that was given. Every function is linear in the length of its text and
//! takes whatever characters come. What it knows of English stands in the word lists of `data/`.

mod dates;
mod detect;
mod first_names;
mod inflection;
mod lemma;
mod names;
mod quantities;
mod quotes;
mod sentences;
mod tokens;
mod words;

pub use dates::{DateFound, Precision, dates};
pub use detect::detect;
pub use first_names::{Gender, gender_of_first_name, is_first_name};
pub use inflection::{VerbForm, forms};
pub use lemma::lemma;
pub use names::{Name, NameKind, is_name_suffix, names};
pub use quantities::{QuantityFound, quantities};
pub use quotes::{Marks, Quotation, quotations};
pub use sentences::{MAX_SENTENCE_TOKENS, Sentence, sentences};
pub use tokens::{Token, TokenKind, tokens};
pub use words::{Class, Classes};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_the_characters_all_places_are_within_and_in_order(text in "[a-zA-Z0-9 “”‘’'\"«».,!?—\n\u{301}🙂é$%-]{0,200}") {
            let tokens = tokens(&text);
            prop_assert!(tokens.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(tokens.iter().all(|token| token.start < token.end && text.get(token.range()).is_some()));
            let sentences = sentences(&text, &tokens);
            prop_assert!(sentences.windows(2).all(|pair| pair[0].tokens.end <= pair[1].tokens.start));
            prop_assert!(sentences.iter().all(|sentence| sentence.tokens.len() <= MAX_SENTENCE_TOKENS + 20));
            for quotation in quotations(&tokens) {
                prop_assert!(text.get(quotation.range.clone()).is_some() && quotation.tokens.end <= tokens.len());
            }
            prop_assert!(names(&tokens).iter().all(|name| name.full.start <= name.bare.start && name.bare.end == name.full.end && !name.bare.is_empty()));
            prop_assert!(quantities(&tokens).iter().all(|found| found.tokens.end <= tokens.len()));
            prop_assert!(dates(&tokens, time::Date::from_ordinal_date(2024, 60).ok()).iter().all(|found| !found.tokens.is_empty()));
        }
    }
}
