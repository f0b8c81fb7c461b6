//! The tokenizer: words, numbers, quotation marks and other signs, each with its place, its plain form and its classes.

use std::ops::Range;

use crate::inflection::VerbForm;
use crate::words::{Class, Classes, lookup};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with inner hyphens, apostrophes and the dots of an abbreviation.
    Word,
    /// Digits, with inner separators.
    Number,
    /// A quotation mark or apostrophe that stands free.
    Mark,
    /// Any other sign.
    Sign,
    /// One or more line ends: the end of a paragraph.
    LineEnd,
}

/// One token of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: TokenKind,
    /// The word in lower case with straight apostrophes; the sign itself.
    pub plain: Box<str>,
    /// Whether it begins with a capital letter.
    pub capital: bool,
    /// Whether white space stands before it.
    pub spaced: bool,
    /// Its word classes, by the lists.
    pub classes: Classes,
    /// The form, where it is one of a common verb.
    pub verb: Option<VerbForm>,
}

impl Token {
    /// Its place.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether it is a word or a number.
    pub fn is_word(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Number)
    }

    /// Whether the lists have it in `class`.
    pub fn has(&self, class: Class) -> bool {
        self.classes.has(class)
    }

    /// Whether it is an adverb and no determiner besides ("all", "both").
    pub fn is_adverb(&self) -> bool {
        self.has(Class::Adverb) && !self.has(Class::Determiner)
    }

    /// Whether its plain form is `text`.
    pub fn is(&self, text: &str) -> bool {
        &*self.plain == text
    }
}

/// Splits `text` into tokens. Possessive "'s" is a token of its own; "U.S.", "Mr." and "3.5" are one each.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    let mut spaced = true;
    while let Some(c) = text[at..].chars().next() {
        if c == '\n' || c == '\r' || c == '\u{2028}' || c == '\u{2029}' {
            let end = skip_while(text, at, char::is_whitespace);
            found.push(token(text, at..end, TokenKind::LineEnd, spaced));
            at = end;
            spaced = true;
            continue;
        }
        if c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}' {
            at += c.len_utf8();
            spaced = true;
            continue;
        }
        let (end, kind) = if c.is_ascii_digit() {
            (number_end(text, at), TokenKind::Number)
        } else if c.is_alphanumeric() || ((c == '@' || c == '#') && next_is(text, at + 1, char::is_alphanumeric)) {
            (word_end(text, at), TokenKind::Word)
        } else if is_possessive_ending(text, at) {
            (at + c.len_utf8() + 1, TokenKind::Word)
        } else if is_mark(c) {
            (at + c.len_utf8(), TokenKind::Mark)
        } else if c == '.' || c == '-' {
            (skip_while(text, at, |d| d == c), TokenKind::Sign)
        } else {
            (at + c.len_utf8(), TokenKind::Sign)
        };
        found.push(token(text, at..end, kind, spaced));
        at = end;
        spaced = false;
    }
    found
}

/// Whether `c` can open or close a quotation.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '‛' | '\'' | '`' | '‹' | '›' | '＂')
}

fn token(text: &str, range: Range<usize>, kind: TokenKind, spaced: bool) -> Token {
    let slice = &text[range.clone()];
    let plain: Box<str> = match kind {
        TokenKind::Word => slice.to_lowercase().replace(['’', '‘'], "'").into(),
        TokenKind::LineEnd => "\n".into(),
        _ => slice.into(),
    };
    let capital = slice.chars().next().is_some_and(char::is_uppercase);
    let (classes, verb) = if kind == TokenKind::Word { lookup(&plain) } else { (Classes::default(), None) };
    Token { start: range.start, end: range.end, kind, plain, capital, spaced, classes, verb }
}

fn number_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let next_digit = chars.peek().is_some_and(|(_, d)| d.is_ascii_digit());
        let inner = matches!(c, '.' | ',' | ':' | '/') && next_digit;
        if c.is_alphanumeric() || inner || (c == '-' && chars.peek().is_some_and(|(_, d)| d.is_alphabetic())) {
            end = start + offset + c.len_utf8();
        } else {
            break;
        }
    }
    end
}

fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let next = chars.peek().map(|&(_, d)| d);
        let inner = match c {
            '\'' | '’' => {
                next.is_some_and(char::is_alphabetic)
                    && (!is_possessive_ending(text, start + offset) || contracts(&text[start..start + offset]))
            }
            '-' | '‑' | '&' | '_' => next.is_some_and(char::is_alphanumeric),
            // "U.S." and "example.com", but not a full stop before a word that lacks its space: that word has a capital.
            '.' => next.is_some_and(|d| d.is_lowercase() || (d.is_alphabetic() && is_initials(&text[start..start + offset]))),
            _ => false,
        };
        let first = offset == 0;
        if first || c.is_alphanumeric() || is_combining(c) || inner {
            end = start + offset + c.len_utf8();
        } else {
            break;
        }
    }
    let word = &text[start..end];
    let dotted = text[end..].starts_with('.') && !text[end..].starts_with("..");
    let takes_dot =
        dotted && (is_initials(word) || is_abbreviation(word) || (is_number_abbreviation(word) && before_figure(text, end + 1)));
    if takes_dot { end + 1 } else { end }
}

/// Whether "'s" after this word stands for "is" or "has": "he's", "that's".
fn contracts(word: &str) -> bool {
    word.len() <= 8 && lookup(&format!("{}'s", word.to_lowercase())).0.has(Class::Auxiliary)
}

/// Single letters joined by dots, as in "U.S" before its last dot, or one capital letter; never a long run.
fn is_initials(word: &str) -> bool {
    word.len() <= 24 && word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic)) && word != "I"
}

fn is_abbreviation(word: &str) -> bool {
    word.len() <= 12 && crate::words::is_abbreviation(word)
}

fn is_number_abbreviation(word: &str) -> bool {
    word.len() <= 12 && crate::words::is_number_abbreviation(word)
}

/// Whether a figure stands at `at`, with or without a space before it.
fn before_figure(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.strip_prefix([' ', '\u{a0}']).unwrap_or(rest).starts_with(|c: char| c.is_ascii_digit()))
}

fn is_possessive_ending(text: &str, at: usize) -> bool {
    let mut chars = text[at..].chars();
    let mark = chars.next();
    let letter = chars.next();
    let after = chars.next();
    let before = text[..at].chars().next_back();
    matches!(mark, Some('\'' | '’'))
        && matches!(letter, Some('s' | 'S'))
        && !after.is_some_and(char::is_alphanumeric)
        && before.is_some_and(|c| c.is_alphanumeric() || c == '.')
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{ad}')
}

fn next_is(text: &str, at: usize, accepts: impl Fn(char) -> bool) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(accepts)
}

fn skip_while(text: &str, start: usize, accepts: impl Fn(char) -> bool) -> usize {
    text[start..].char_indices().find(|&(_, c)| !accepts(c)).map_or(text.len(), |(offset, _)| start + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| &text[token.range()]).collect()
    }

    #[test]
    fn keeps_abbreviations_decimals_and_contractions_whole() {
        assert_eq!(split("Mr. Kim didn’t pay $3.5m."), ["Mr.", "Kim", "didn’t", "pay", "$", "3.5m", "."]);
        assert_eq!(split("The U.S. and J. K. Rowling"), ["The", "U.S.", "and", "J.", "K.", "Rowling"]);
        assert_eq!(split("Samsung Electronics Co. Ltd. said"), ["Samsung", "Electronics", "Co.", "Ltd.", "said"]);
        assert_eq!(split("10,000 people, e.g. AT&T"), ["10,000", "people", ",", "e.g.", "AT&T"]);
    }

    #[test]
    fn sets_the_possessive_apart_but_not_the_contraction() {
        assert_eq!(split("He’s sure that's his."), ["He’s", "sure", "that's", "his", "."]);
        assert_eq!(split("Trump's and the U.S.'s"), ["Trump", "'s", "and", "the", "U.S.", "'s"]);
        assert_eq!(split("the soldiers’ pay"), ["the", "soldiers", "’", "pay"]);
    }

    #[test]
    fn marks_and_signs_stand_alone_and_lines_end_paragraphs() {
        assert_eq!(split("“No,” he said…\n\nYes--no"), ["“", "No", ",", "”", "he", "said", "…", "\n\n", "Yes", "--", "no"]);
    }

    #[test]
    fn a_missing_space_after_a_full_stop_still_splits() {
        assert_eq!(split("It ended.The end"), ["It", "ended", ".", "The", "end"]);
    }
}
