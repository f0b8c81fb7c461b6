//! The language of a text.

/// How many letters a text needs before its language is told.
const ENOUGH_LETTERS: usize = 20;

/// How many bytes at most are looked at: a few paragraphs tell as much as a book.
const SAMPLE_BYTES: usize = 8_000;

/// The ISO 639-1 code of the language that `text` is most likely in; none under twenty letters, where a guess is worth nothing.
pub fn detect(text: &str) -> Option<&'static str> {
    let mut end = text.len().min(SAMPLE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = &text[..end];
    if sample.chars().filter(|c| c.is_alphabetic()).count() < ENOUGH_LETTERS {
        return None;
    }
    let code = whichlang::detect_language(sample).three_letter_code();
    TWO_LETTER_CODES.iter().find(|(three, _)| *three == code).map(|&(_, two)| two)
}

/// ISO 639-3 to ISO 639-1, for every language that the detector knows.
const TWO_LETTER_CODES: [(&str, &str); 16] = [
    ("ara", "ar"),
    ("cmn", "zh"),
    ("deu", "de"),
    ("eng", "en"),
    ("fra", "fr"),
    ("hin", "hi"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("nld", "nl"),
    ("por", "pt"),
    ("rus", "ru"),
    ("spa", "es"),
    ("swe", "sv"),
    ("tur", "tr"),
    ("vie", "vi"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_languages_of_news() {
        assert_eq!(detect("The minister said on Tuesday that the talks had failed."), Some("en"));
        assert_eq!(detect("Der Minister sagte am Dienstag, die Gespräche seien gescheitert."), Some("de"));
        assert_eq!(detect("Le ministre a déclaré mardi que les négociations avaient échoué."), Some("fr"));
        assert_eq!(detect("Министр заявил во вторник, что переговоры провалились."), Some("ru"));
    }

    #[test]
    fn does_not_guess_on_a_few_letters() {
        assert_eq!(detect("Oil up 3 %"), None);
        assert_eq!(detect(""), None);
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        assert_eq!(detect(&"é".repeat(10_000)).map(str::len), Some(2));
    }
}
