//! Places in a text: spans in Unicode code points, and the exact words that stand there.

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A place in a text, `[start, end)`, in Unicode code points. JSON: `[start, end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "(u32, u32)", from = "(u32, u32)")]
pub struct Span {
    /// The first code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
}

impl From<(u32, u32)> for Span {
    fn from((start, end): (u32, u32)) -> Self {
        Self { start, end }
    }
}

impl From<Span> for (u32, u32) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

impl PartialSchema for Span {
    fn schema() -> RefOr<Schema> {
        let position = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        let description = "A place in a text, [start, end), in Unicode code points.";
        ArrayBuilder::new().items(position).min_items(Some(2)).max_items(Some(2)).description(Some(description)).into()
    }
}

impl ToSchema for Span {}

/// Every how many code points the index remembers a byte offset: 4 bytes a 64 characters of text.
const STRIDE: usize = 64;

/// An index over a text that turns code points into bytes and back.
///
/// Building it is one pass; each look-up reads at most 64 characters. Texts are at most 4 GiB.
#[derive(Clone, Debug)]
pub struct CodePoints<'t> {
    text: &'t str,
    /// Byte offset of each `STRIDE`-th code point.
    marks: Vec<usize>,
    len: usize,
}

impl<'t> CodePoints<'t> {
    /// Indexes `text`.
    pub fn new(text: &'t str) -> Self {
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut len = 0;
        for (byte, _) in text.char_indices() {
            if len % STRIDE == 0 {
                marks.push(byte);
            }
            len += 1;
        }
        Self { text, marks, len }
    }

    /// The number of code points.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the text has no characters.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The byte at which code point `position` starts (the text's length in bytes at its end), if there is one.
    pub fn byte(&self, position: u32) -> Option<usize> {
        let position = position as usize;
        if position >= self.len {
            return (position == self.len).then_some(self.text.len());
        }
        let mark = self.marks[position / STRIDE];
        self.text[mark..].char_indices().nth(position % STRIDE).map(|(byte, _)| mark + byte)
    }

    /// The code point that starts at or contains byte `byte`; the text's length in code points from its end on.
    pub fn position(&self, byte: usize) -> u32 {
        if byte >= self.text.len() {
            return to_u32(self.len);
        }
        let stride = self.marks.partition_point(|&mark| mark <= byte) - 1;
        let within = self.text[self.marks[stride]..].char_indices();
        let after = within.skip(1).take_while(|&(offset, _)| self.marks[stride] + offset <= byte).count();
        to_u32(stride * STRIDE + after)
    }

    /// The span of the bytes `range`, which start and end at characters.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span { start: self.position(range.start), end: self.position(range.end) }
    }

    /// The words at `span`, unless it is empty, reversed or reaches beyond the text.
    pub fn slice(&self, span: Span) -> Option<&'t str> {
        if span.start >= span.end {
            return None;
        }
        self.text.get(self.byte(span.start)?..self.byte(span.end)?)
    }

    /// The words at `spans` with the places themselves, or `None` where a span is not within the text.
    pub fn quote(&self, spans: &[Span]) -> Option<Quote> {
        let slices: Option<Vec<&str>> = spans.iter().map(|&span| self.slice(span)).collect();
        Some(Quote { text: slices?.join(" "), spans: spans.to_vec() })
    }
}

/// Saturates: articles are far below 4 GiB, see [`crate::MAX_TEXT_BYTES`].
fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Words of an article and where they stand. `text` is the slices at `spans`, in order, joined by one space.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The exact words.
    pub text: String,
    /// Where they stand, in order, not overlapping.
    pub spans: Vec<Span>,
}

impl Quote {
    /// Whether these words stand in the indexed text at these places, in order and without overlap.
    pub fn is_exact(&self, index: &CodePoints<'_>) -> bool {
        self.spans.windows(2).all(|pair| pair[0].end <= pair[1].start)
            && index.quote(&self.spans).is_some_and(|found| found.text == self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_code_points_not_bytes() {
        let text = "“Naïve” 🙂 said";
        let index = CodePoints::new(text);
        assert_eq!(index.slice(Span { start: 0, end: 7 }), Some("“Naïve”"));
        assert_eq!(index.slice(Span { start: 8, end: 9 }), Some("🙂"));
        assert_eq!(index.slice(Span { start: 10, end: 14 }), Some("said"));
    }

    #[test]
    fn refuses_what_is_not_in_the_text() {
        let index = CodePoints::new("abc");
        for (start, end) in [(0, 4), (2, 2), (2, 1), (4, 5)] {
            assert_eq!(index.slice(Span { start, end }), None);
        }
    }

    #[test]
    fn a_quote_is_exact_only_with_its_own_words_in_order() {
        let index = CodePoints::new("one two three");
        let mut quote = index.quote(&[Span { start: 0, end: 3 }, Span { start: 8, end: 13 }]).unwrap();
        assert_eq!(quote.text, "one three");
        assert!(quote.is_exact(&index));
        quote.spans.reverse();
        quote.text = "three one".to_owned();
        assert!(!quote.is_exact(&index));
    }

    proptest! {
        #[test]
        fn bytes_and_positions_are_inverse(text in "\\PC{0,300}") {
            let index = CodePoints::new(&text);
            prop_assert_eq!(index.len(), text.chars().count());
            for (position, (byte, _)) in text.char_indices().enumerate() {
                let position = u32::try_from(position).unwrap();
                prop_assert_eq!(index.byte(position), Some(byte));
                prop_assert_eq!(index.position(byte), position);
            }
            prop_assert_eq!(index.byte(to_u32(index.len())), Some(text.len()));
        }
    }
}
