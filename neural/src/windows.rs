//! What an uncased vocabulary does not show of a text, and how a text is cut into windows. Both as in training.

use std::ops::Range;

use crate::pieces::Piece;

/// Pieces of a window that it decides on, and how many it sees before and after them.
const CORE: usize = 320;
const LEFT: usize = 48;
const RIGHT: usize = 64;
/// The most pieces that a window sees.
pub(crate) const WIDEST: usize = LEFT + CORE + RIGHT;

/// The features of a piece, each the number of a row of its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features {
    /// 0 lower case, 1 capitalized, 2 all capitals.
    pub(crate) case: u8,
    /// Whether it stands within double quotation marks, the marks included.
    pub(crate) quoted: u8,
    /// Before it: 0 nothing, 1 a new line, 2 a new paragraph.
    pub(crate) gap: u8,
}

/// A stretch of pieces, and the core that it decides on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) pieces: Range<usize>,
    pub(crate) core: Range<usize>,
}

/// A text as the encoder takes it: its pieces with their features, and the windows through which it sees them.
pub struct Windows {
    pieces: Vec<Piece>,
    features: Vec<Features>,
    all: Vec<Window>,
}

impl Windows {
    pub(crate) fn new(text: &str, pieces: Vec<Piece>) -> Self {
        let features = features(text, &pieces);
        let all = windows(text, &pieces, &features);
        Self { pieces, features, all }
    }

    /// Each window with the pieces that it sees and their features.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Window, &[Piece], &[Features])> {
        self.all.iter().map(|window| (window, &self.pieces[window.pieces.clone()], &self.features[window.pieces.clone()]))
    }

    /// Of each window, of each piece that it sees: the number in the vocabulary, case, quotation, and gap before it.
    pub fn rows(&self) -> impl Iterator<Item = Vec<[u32; 4]>> {
        let row = |(piece, features): (&Piece, &Features)| [piece.id, features.case.into(), features.quoted.into(), features.gap.into()];
        self.iter().map(move |(_, pieces, features)| pieces.iter().zip(features).map(row).collect())
    }
}

/// The features of each piece.
fn features(text: &str, pieces: &[Piece]) -> Vec<Features> {
    let (mut open, mut before) = (false, 0);
    pieces
        .iter()
        .map(|piece| {
            let words = &text[piece.bytes.clone()];
            let lines = text[before.min(piece.bytes.start)..piece.bytes.start].bytes().filter(|&byte| byte == b'\n').count();
            before = piece.bytes.end;
            open &= lines == 0;
            let mark = matches!(words, "“" | "”" | "\"");
            let quoted = mark || open;
            open = match words {
                "“" => true,
                "”" => false,
                "\"" => !open,
                _ => open,
            };
            Features { case: case(words), quoted: quoted.into(), gap: u8::from(lines > 0) + u8::from(lines > 1) }
        })
        .collect()
}

fn case(words: &str) -> u8 {
    if !words.chars().next().is_some_and(char::is_uppercase) {
        return 0;
    }
    let cased = words.chars().filter(|char| char.is_uppercase() || char.is_lowercase());
    if words.chars().nth(1).is_some() && cased.clone().all(char::is_uppercase) { 2 } else { 1 }
}

/// Windows whose cores follow each other without a gap.
fn windows(text: &str, pieces: &[Piece], features: &[Features]) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut begin = 0;
    while begin < pieces.len() {
        let mut end = pieces.len().min(begin + CORE);
        if end < pieces.len() {
            end = cut(text, pieces, features, begin, end);
        }
        windows.push(Window { pieces: begin.saturating_sub(LEFT)..pieces.len().min(end + RIGHT), core: begin..end });
        begin = end;
    }
    windows
}

/// Where to end a core that may reach up to `end`: at the last paragraph of its second half, else after the last
/// sentence end there that no quotation runs over, else after the last sentence end.
fn cut(text: &str, pieces: &[Piece], features: &[Features], begin: usize, end: usize) -> usize {
    let half = begin + ((end - begin) / 2).max(1);
    if let Some(at) = (half..=end).rev().find(|&at| features[at].gap > 0) {
        return at;
    }
    let ends = |&at: &usize| matches!(&text[pieces[at - 1].bytes.clone()], "." | "?" | "!" | "”" | "\"");
    let sentences = || (half + 1..=end).rev().filter(ends);
    sentences().find(|&at| features[at].quoted == 0).or_else(|| sentences().next()).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece a word or mark.
    fn pieces(text: &str) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut within_word = false;
        for (at, char) in text.char_indices() {
            let bytes = at..at + char.len_utf8();
            match pieces.last_mut() {
                Some(last) if within_word && char.is_alphanumeric() => last.bytes.end = bytes.end,
                _ if !char.is_whitespace() => pieces.push(Piece { id: 0, bytes }),
                _ => {}
            }
            within_word = char.is_alphanumeric();
        }
        pieces
    }

    #[test]
    fn features_show_case_quotation_and_paragraphs() {
        let text = "The “old US” ”x\n\n\"Go\nNow";
        let shown: Vec<_> = features(text, &pieces(text)).iter().map(|f| (f.case, f.quoted, f.gap)).collect();
        let expected = [(1, 0, 0), (0, 1, 0), (0, 1, 0), (2, 1, 0), (0, 1, 0), (0, 1, 0), (0, 0, 0), (0, 1, 2), (1, 1, 0), (1, 0, 1)];
        assert_eq!(shown, expected);
    }

    #[test]
    fn cores_follow_each_other_and_end_where_a_paragraph_or_sentence_does() {
        let sentence = format!("{}end. ", "word ".repeat(30));
        let paragraphs = format!("{}\n\n{}", sentence.repeat(7), sentence.repeat(30));
        let pieces = pieces(&paragraphs);
        let features = features(&paragraphs, &pieces);
        let windows = windows(&paragraphs, &pieces, &features);
        let mut end = 0;
        for window in &windows {
            assert_eq!(window.core.start, end);
            end = window.core.end;
            assert!(window.core.len() <= CORE && window.pieces.len() <= WIDEST);
            let last = &pieces[end - 1];
            assert_eq!(&paragraphs[last.bytes.clone()], ".");
        }
        assert_eq!(end, pieces.len());
        assert_eq!(windows[0].core.end, 7 * 32);
    }
}
