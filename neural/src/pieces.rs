//! A text as word pieces: BERT's uncased vocabulary, each piece with the bytes of the text that it stands for.
//!
//! Follows Hugging Face's `BertNormalizer`, `BertPreTokenizer` and `WordPiece`, which the encoder was trained with.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::char::decompose_canonical;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Words of more characters than this are unknown, as they were in training.
const LONGEST_WORD: usize = 100;
/// Pieces that continue a word.
const CONTINUES: &str = "##";
const UNKNOWN: &str = "[UNK]";

/// A vocabulary: pieces and their numbers.
pub(crate) struct Vocabulary {
    /// How many pieces there are.
    pub(crate) size: usize,
    begins: HashMap<Box<str>, u32>,
    continues: HashMap<Box<str>, u32>,
    unknown: u32,
    /// Characters of the longest piece.
    longest: usize,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) id: u32,
    /// Its bytes in the text.
    pub(crate) bytes: Range<usize>,
}

/// A character of the normalized text and the bytes of the one that it came from.
struct Normal {
    char: char,
    bytes: Range<usize>,
}

impl Vocabulary {
    /// One piece a line; its number is its line's.
    pub(crate) fn new(lines: &str) -> Self {
        let (mut begins, mut continues) = (HashMap::new(), HashMap::new());
        let (mut longest, mut size) = (1, 0);
        for (id, line) in (0..).zip(lines.lines()) {
            let (table, piece) = match line.strip_prefix(CONTINUES) {
                Some(rest) if !rest.is_empty() => (&mut continues, rest),
                _ => (&mut begins, line),
            };
            longest = longest.max(piece.chars().count());
            size += 1;
            table.insert(Box::from(piece), id);
        }
        let unknown = begins.get(UNKNOWN).copied().unwrap_or_default();
        Self { size, begins, continues, unknown, longest }
    }

    /// The pieces of a text in order.
    pub(crate) fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(text.len() / 4);
        let mut word: Vec<Normal> = Vec::new();
        for (at, char) in text.char_indices() {
            let bytes = at..at + char.len_utf8();
            if is_control(char) {
                continue;
            }
            if char.is_whitespace() {
                self.end_word(&mut word, &mut pieces);
                continue;
            }
            let alone = is_chinese(char);
            if alone {
                self.end_word(&mut word, &mut pieces);
            }
            decompose_canonical(char, |part| {
                if part.general_category() == GeneralCategory::NonspacingMark {
                    return;
                }
                for char in part.to_lowercase() {
                    let normal = Normal { char, bytes: bytes.clone() };
                    if is_punctuation(char) {
                        self.end_word(&mut word, &mut pieces);
                        self.split(&[normal], &mut pieces);
                    } else {
                        grow(&mut word, normal);
                    }
                }
            });
            if alone {
                self.end_word(&mut word, &mut pieces);
            }
        }
        self.end_word(&mut word, &mut pieces);
        pieces
    }

    fn end_word(&self, word: &mut Vec<Normal>, pieces: &mut Vec<Piece>) {
        if !word.is_empty() {
            self.split(word, pieces);
            word.clear();
        }
    }

    /// The longest pieces from left to right; all unknown where a part is in no piece.
    fn split(&self, word: &[Normal], pieces: &mut Vec<Piece>) {
        let before = pieces.len();
        let whole = word[0].bytes.start..word[word.len() - 1].bytes.end;
        let letters: String = word.iter().map(|normal| normal.char).collect();
        let mut bounds: Vec<usize> = letters.char_indices().map(|(at, _)| at).collect();
        bounds.push(letters.len());
        let mut from = 0;
        while word.len() <= LONGEST_WORD && from < word.len() {
            let table = if from == 0 { &self.begins } else { &self.continues };
            let found = (from + 1..=word.len().min(from + self.longest))
                .rev()
                .find_map(|to| table.get(&letters[bounds[from]..bounds[to]]).map(|&id| (to, id)));
            let Some((to, id)) = found else { break };
            pieces.push(Piece { id, bytes: word[from].bytes.start..word[to - 1].bytes.end });
            from = to;
        }
        if from < word.len() {
            pieces.truncate(before);
            pieces.push(Piece { id: self.unknown, bytes: whole });
        }
    }
}

/// Adds to a word; of one too long to be known, only where it ends.
fn grow(word: &mut Vec<Normal>, normal: Normal) {
    if word.len() <= LONGEST_WORD {
        word.push(normal);
    } else if let Some(last) = word.last_mut() {
        last.bytes.end = normal.bytes.end;
    }
}

fn is_control(char: char) -> bool {
    char == '\0'
        || char == '\u{fffd}'
        || !matches!(char, '\t' | '\n' | '\r') && char.general_category_group() == GeneralCategoryGroup::Other
}

fn is_punctuation(char: char) -> bool {
    char.is_ascii_punctuation() || char.general_category_group() == GeneralCategoryGroup::Punctuation
}

/// The blocks of ideographs that BERT reads one by one.
fn is_chinese(char: char) -> bool {
    matches!(u32::from(char),
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x2A6DF | 0x2A700..=0x2B73F | 0x2B740..=0x2B81F | 0x2B920..=0x2CEAF
        | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::tensors::Tensors;

    /// What Hugging Face's tokenizers made of a text, offsets in code points; written by `extract/training/reference.py`.
    #[derive(Deserialize)]
    struct Reference {
        text: String,
        ids: Vec<u32>,
        offsets: Vec<(usize, usize)>,
    }

    #[test]
    fn odd_texts_give_the_pieces_of_the_reference() {
        let model = Tensors::new(include_bytes!("../../extract/models/attribution.safetensors")).unwrap();
        let vocabulary = Vocabulary::new(model.text("vocabulary").unwrap());
        let references: Vec<Reference> = serde_json::from_str(include_str!("../tests/pieces.json")).unwrap();
        assert!(references.len() > 30);
        for Reference { text, ids, offsets } in references {
            let pieces = vocabulary.pieces(&text);
            let points = |at: usize| text[..at].chars().count();
            assert_eq!(pieces.iter().map(|piece| piece.id).collect::<Vec<_>>(), ids, "{text:?}");
            let found: Vec<_> = pieces.iter().map(|piece| (points(piece.bytes.start), points(piece.bytes.end))).collect();
            assert_eq!(found, offsets, "{text:?}");
        }
    }

    #[test]
    fn a_word_beyond_all_length_is_one_unknown_piece() {
        let vocabulary = Vocabulary::new("[UNK]\na\n##a");
        assert_eq!(vocabulary.pieces(&"a".repeat(100)).len(), 100);
        assert_eq!(vocabulary.pieces(&"a".repeat(100_000)), [Piece { id: 0, bytes: 0..100_000 }]);
    }
}
