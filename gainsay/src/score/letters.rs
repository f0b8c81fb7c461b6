//! What of a text is compared: its letters and digits, and spans without the punctuation at their edges.

use claims::Span;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// What may stand at the edge of a span without making it another one.
const EDGE: &str = " \n\t\"“”‘’'`,.;:!?-–—()[]…";

/// A text by its code points.
#[derive(Clone, Debug)]
pub struct Text {
    chars: Vec<char>,
    /// For each code point, and the end, how many letters and digits stand before it.
    before: Vec<u32>,
}

impl Text {
    /// Looks at each character once.
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut before = Vec::with_capacity(chars.len() + 1);
        let mut count = 0;
        before.push(count);
        for &c in &chars {
            count += u32::from(is_letter_or_digit(c));
            before.push(count);
        }
        Self { chars, before }
    }

    /// `span` without the punctuation and blanks at its edges; empty where it holds nothing else. It lies within the text.
    pub fn trimmed(&self, span: Span) -> Span {
        let Span { mut start, mut end } = span;
        while start < end && EDGE.contains(self.chars[start as usize]) {
            start += 1;
        }
        while end > start && EDGE.contains(self.chars[end as usize - 1]) {
            end -= 1;
        }
        Span { start, end }
    }

    /// The letters and digits at `spans`, which lie within the text in any order and may overlap.
    pub fn letters<'s>(&self, spans: impl IntoIterator<Item = &'s Span>) -> Letters {
        let rank = |at: u32| self.before[at as usize];
        let mut ranks: Vec<(u32, u32)> = spans.into_iter().map(|span| (rank(span.start), rank(span.end))).collect();
        ranks.retain(|(start, end)| start < end);
        ranks.sort_unstable();
        let mut runs: Vec<(u32, u32)> = Vec::with_capacity(ranks.len());
        for (start, end) in ranks {
            match runs.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => runs.push((start, end)),
            }
        }
        Letters { runs }
    }
}

/// Letters and digits of one text, each by its number among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    /// `[start, end)`, in order, neither overlapping nor touching.
    runs: Vec<(u32, u32)>,
}

impl Letters {
    /// How many there are.
    pub fn len(&self) -> u64 {
        self.runs.iter().map(|(start, end)| u64::from(end - start)).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The unbroken stretches of them.
    pub fn runs(&self) -> &[(u32, u32)] {
        &self.runs
    }

    /// How many are in `other` too.
    pub fn shared(&self, other: &Self) -> u64 {
        let (mut a, mut b) = (self.runs.iter().peekable(), other.runs.iter().peekable());
        let mut shared = 0;
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            shared += u64::from(x.1.min(y.1).saturating_sub(x.0.max(y.0)));
            if x.1 <= y.1 {
                a.next()
            } else {
                b.next()
            };
        }
        shared
    }
}

/// Letters and numbers by their Unicode category: combining marks and signs such as Ⓐ are neither.
fn is_letter_or_digit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(places: &[(u32, u32)]) -> Vec<Span> {
        places.iter().map(|&place| Span::from(place)).collect()
    }

    #[test]
    fn only_letters_and_digits_count() {
        let text = Text::new("“É3, x—कि Ⓐ½”");
        assert_eq!(text.letters(&spans(&[(0, 13)])).len(), 5, "É 3 x क ½, and neither the vowel sign nor the circled letter");
        assert!(text.letters(&spans(&[(3, 5), (6, 7)])).is_empty());
    }

    #[test]
    fn spans_that_overlap_or_touch_are_counted_once() {
        let text = Text::new("abcdefgh");
        let one = text.letters(&spans(&[(4, 6), (0, 3), (2, 4)]));
        assert_eq!((one.len(), one.runs()), (6, &[(0, 6)][..]));
        let other = text.letters(&spans(&[(0, 1), (5, 8)]));
        assert_eq!((one.shared(&other), other.shared(&one)), (2, 2));
    }

    #[test]
    fn edges_are_trimmed_to_nothing_at_most() {
        let text = Text::new("“Yes,” … no");
        assert_eq!(text.trimmed(Span { start: 0, end: 8 }), Span { start: 1, end: 4 });
        assert_eq!(text.trimmed(Span { start: 6, end: 8 }), Span { start: 8, end: 8 });
    }
}
