//! The words that a full-text search compares: the same for both databases, so that both find the same.

use unicode_normalization::UnicodeNormalization;

/// How much of a text is indexed, in characters: PostgreSQL keeps at most 1 MiB of distinct words a row.
const INDEXED_CHARS: usize = 200_000;

/// The words of `text` in lower case, without accents and punctuation, single spaces between.
pub(crate) fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len().min(INDEXED_CHARS));
    let mut gap = false;
    let folded = text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase).filter(|c| !is_accent(*c));
    for c in folded.take(INDEXED_CHARS) {
        if !c.is_alphanumeric() {
            gap = true;
            continue;
        }
        if gap && !words.is_empty() {
            words.push(' ');
        }
        gap = false;
        words.push(c);
    }
    words
}

/// `text` for comparisons that leave letter case aside; without NUL, which no database compares.
pub(crate) fn lower(text: &str) -> String {
    text.to_lowercase().replace('\0', "\u{fffd}")
}

/// The combining marks of European scripts.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_punctuation_are_gone() {
        assert_eq!(words("  “Erdoğan’s” envoy—Müller, İstanbul"), "erdogan s envoy muller istanbul");
        assert_eq!(words("e\u{301}te\u{301}"), words("ÉTÉ"));
        assert_eq!(words("…"), "");
    }

    #[test]
    fn a_huge_text_is_indexed_in_part() {
        assert_eq!(words(&"ab ".repeat(100_000)).split(' ').count(), 66_667);
    }
}
