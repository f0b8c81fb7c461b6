//! The sentence splitter for news: abbreviations, closing quotation marks, datelines, and paragraphs that always end a sentence.

use std::ops::Range;

use crate::tokens::{Token, TokenKind, is_mark};
use crate::words::{Class, is_name_with_mark, may_end_sentence};

/// A sentence is cut after so many tokens: whatever works on a sentence then stays linear in the text.
pub const MAX_SENTENCE_TOKENS: usize = 400;

/// A speaker after a quotation is named in so many words or fewer.
const SPEAKER: usize = 4;

/// One sentence, as a range of tokens without the line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// The number of its paragraph, from 0.
    pub paragraph: usize,
}

/// Splits `tokens` into sentences. A line end ends a sentence; so does a full stop, question or exclamation mark, with
/// the closing marks behind it, where a capital, a digit or an opening mark follows. A dateline is no sentence.
pub fn sentences(text: &str, tokens: &[Token]) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut paragraph = 0;
    let mut start = 0;
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind == TokenKind::LineEnd {
            push(&mut found, start..at, paragraph);
            paragraph += 1;
            at += 1;
            start = at;
            continue;
        }
        if at - start >= MAX_SENTENCE_TOKENS {
            push(&mut found, start..at, paragraph);
            start = at;
        }
        let end = closing_end(tokens, at);
        if ends_sentence(text, tokens, at, end) {
            push(&mut found, start..end, paragraph);
            start = end;
        } else if let Some(after) = dateline_end(text, tokens, start, at) {
            start = after;
            at = after;
            continue;
        }
        at = end.max(at + 1);
    }
    push(&mut found, start..at, paragraph);
    found
}

fn push(found: &mut Vec<Sentence>, tokens: Range<usize>, paragraph: usize) {
    if !tokens.is_empty() {
        found.push(Sentence { tokens, paragraph });
    }
}

/// One past the closing marks and brackets that follow a sign at `at` without a space.
fn closing_end(tokens: &[Token], at: usize) -> usize {
    if !is_terminal(&tokens[at]) {
        return at + 1;
    }
    let mut end = at + 1;
    while let Some(token) = tokens.get(end) {
        let closes = token.kind == TokenKind::Mark || token.is(")") || token.is("]") || is_terminal(token);
        if !closes || (token.spaced && !is_terminal(token)) {
            break;
        }
        end += 1;
    }
    end
}

fn is_terminal(token: &Token) -> bool {
    token.kind == TokenKind::Sign && (token.plain.starts_with('.') || token.is("!") || token.is("?") || token.is("…"))
}

fn ends_sentence(text: &str, tokens: &[Token], at: usize, end: usize) -> bool {
    let Some(next) = tokens.get(end) else { return true };
    let Some(first) = next.plain.chars().next() else { return true };
    if is_terminal(&tokens[at]) {
        let begins = next.capital || is_camel(&text[next.range()]) || (next.kind == TokenKind::Number && next.spaced);
        let fresh = begins || (is_mark(first) && next.spaced) || next.is("[") || next.is("(") || next.is("¿") || next.is("¡");
        return (fresh && !goes_on(tokens, at, end)) || next.kind == TokenKind::LineEnd || next.is("•") || next.is("—") && end > at + 1;
    }
    // An abbreviation that may end a sentence does so before a word that likes to begin one.
    let starter = next.capital && (next.has(Class::SubjectPronoun) || next.has(Class::Starter));
    end == at + 1 && tokens[at].plain.ends_with('.') && may_end_sentence(&tokens[at].plain) && starter
}

/// Whether what follows the mark at `at` belongs to the same sentence in spite of its capital: "Yahoo! News", "I. B. Tauris",
/// and “Why?” Kim asked.
fn goes_on(tokens: &[Token], at: usize, end: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    if tokens[at].is(".") {
        let initial = |token: &Token| token.plain.len() == 2 && token.plain.ends_with('.') && token.capital;
        return end == at + 1 && before.is_some_and(|before| before.is("i") && before.capital) && initial(&tokens[end]);
    }
    if end == at + 1 {
        return before.is_some_and(|before| before.capital && is_name_with_mark(&before.plain) && !tokens[at].spaced);
    }
    // The speaker: a few words with capitals, then a verb of saying.
    let quoted = tokens[end - 1].kind == TokenKind::Mark;
    let speaker = tokens[end..]
        .iter()
        .take(SPEAKER)
        .take_while(|token| token.kind == TokenKind::Word && token.verb.is_none() && !token.has(Class::Speech))
        .count();
    let says = tokens.get(end + speaker).is_some_and(|token| token.has(Class::Speech) && !token.capital);
    let named = speaker > 0 && !tokens[end].has(Class::Starter);
    let pronoun = speaker == 1 && tokens[end].has(Class::SubjectPronoun);
    quoted
        && says
        && named
        && (pronoun || tokens[end..end + speaker].iter().all(|token| token.capital && !token.has(Class::SubjectPronoun)))
}

/// "iPhone", "eBay"
fn is_camel(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_lowercase) && chars.next().is_some_and(char::is_uppercase)
}

/// After "WASHINGTON (Reuters) - ": the first token of the sentence proper.
fn dateline_end(text: &str, tokens: &[Token], start: usize, at: usize) -> Option<usize> {
    let dash = &tokens[at];
    let is_dash = matches!(&*dash.plain, "-" | "--" | "—" | "–") && dash.spaced;
    let before = &tokens[start..at];
    let opens = start == 0 || tokens[start - 1].kind == TokenKind::LineEnd;
    if !is_dash || !opens || before.is_empty() || before.len() > 14 || at + 1 >= tokens.len() {
        return None;
    }
    let place = &before[0];
    let shouted =
        place.kind == TokenKind::Word && place.capital && place.end - place.start >= 3 && !text[place.range()].contains(char::is_lowercase);
    let credited = before.last().is_some_and(|token| token.is(")"));
    (shouted || credited).then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens;

    fn split(text: &str) -> Vec<&str> {
        let tokens = tokens(text);
        sentences(text, &tokens).iter().map(|s| &text[tokens[s.tokens.start].start..tokens[s.tokens.end - 1].end]).collect()
    }

    #[test]
    fn abbreviations_do_not_end_sentences() {
        let text = "Sen. J. K. Smith of Samsung Electronics Co. Ltd. met Gov. Lee on Nov. 4 in the U.S. Senate.";
        assert_eq!(split(text), [text]);
        assert_eq!(split("He left the U.S. He came back at 5 p.m. The end."), ["He left the U.S.", "He came back at 5 p.m.", "The end."]);
    }

    #[test]
    fn closing_marks_belong_to_the_sentence() {
        assert_eq!(split("“It is so.” (Really!) Next one."), ["“It is so.”", "(Really!)", "Next one."]);
        assert_eq!(split("“Is it so?” he asked."), ["“Is it so?” he asked."]);
    }

    #[test]
    fn who_asks_belongs_to_the_question() {
        assert_eq!(
            split("“Is it so?” Karl Brandt asked. “Yes!” Mr. Kim shouted."),
            ["“Is it so?” Karl Brandt asked.", "“Yes!” Mr. Kim shouted."]
        );
        assert_eq!(split("“Is it so?” Karl Brandt left."), ["“Is it so?”", "Karl Brandt left."]);
        assert_eq!(split("“It is so.” Kim said no more."), ["“It is so.”", "Kim said no more."]);
    }

    #[test]
    fn initials_letters_numbers_and_names_with_marks() {
        let whole = "I. B. Tauris and Yahoo! News wrote of No. 5 on p. 12.";
        assert_eq!(split(whole), [whole]);
        assert_eq!(
            split("Was it? No. There is no Plan B. The end came in Nov. The rest is at www.example.com?id=5 now."),
            ["Was it?", "No.", "There is no Plan B.", "The end came in Nov.", "The rest is at www.example.com?id=5 now."]
        );
        assert_eq!(split("It fell. iPhone sales rose."), ["It fell.", "iPhone sales rose."]);
    }

    #[test]
    fn decimals_and_ellipses_do_not_end_sentences() {
        assert_eq!(split("It rose 3.5 per cent ... then fell."), ["It rose 3.5 per cent ... then fell."]);
    }

    #[test]
    fn a_line_end_always_does() {
        assert_eq!(split("A headline without a stop\nthen text."), ["A headline without a stop", "then text."]);
    }

    #[test]
    fn a_dateline_is_left_out() {
        assert_eq!(split("WASHINGTON (Reuters) - The deal is off."), ["The deal is off."]);
        assert_eq!(split("LONDON — The deal is off."), ["The deal is off."]);
        assert_eq!(split("The deal - the last one - is off."), ["The deal - the last one - is off."]);
    }

    #[test]
    fn a_sentence_without_end_is_cut() {
        let text = "word ".repeat(3 * MAX_SENTENCE_TOKENS);
        assert_eq!(split(&text).len(), 3);
    }
}
