//! Text in columns that fit the terminal: wrapped by display width, styled, safe to print whatever the text holds.

use std::io::{self, Write};

use owo_colors::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Blank columns between two cells.
const GAP: usize = 2;

/// A text that is wrapped on its own and shown in one style.
#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    text: String,
    style: Style,
}

impl Paragraph {
    /// `text` in `style`. Control characters become spaces, so that no article can drive the terminal.
    pub fn new(text: &str, style: Style) -> Self {
        Self { text: text.chars().map(|c| if drives(c) { ' ' } else { c }).collect(), style }
    }

    fn lines(&self, width: usize) -> Vec<String> {
        wrap(&self.text, width)
    }
}

/// Writes one row: each cell's paragraphs below each other, wrapped to the cell's width in `widths`.
pub fn write_row(out: &mut impl Write, widths: &[usize], cells: &[Vec<Paragraph>]) -> io::Result<()> {
    let columns: Vec<Vec<(String, Style)>> = cells
        .iter()
        .zip(widths)
        .map(|(cell, &width)| {
            cell.iter().flat_map(|paragraph| paragraph.lines(width).into_iter().map(|line| (line, paragraph.style))).collect()
        })
        .collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or_default();
    for line in 0..height {
        let mut pending = 0;
        for (column, &width) in columns.iter().zip(widths) {
            let Some((text, style)) = column.get(line).filter(|(text, _)| !text.is_empty()) else {
                pending += width + GAP;
                continue;
            };
            write!(out, "{:pending$}{}", "", style.style(text))?;
            pending = GAP + width.saturating_sub(text.width());
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Writes a paragraph over the whole `width`.
pub fn write_paragraph(out: &mut impl Write, width: usize, text: &str, style: Style) -> io::Result<()> {
    write_row(out, &[width], &[vec![Paragraph::new(text, style)]])
}

/// `line` with whatever would drive the terminal written as its code.
pub fn escaped(line: &str) -> String {
    let escape = |c: char| if drives(c) { c.escape_unicode().to_string() } else { c.to_string() };
    line.chars().map(escape).collect()
}

/// Whether a character does something to a terminal instead of standing there.
fn drives(c: char) -> bool {
    c.is_control() || is_bidi_control(c)
}

/// Overrides of the writing direction, which could make a line read as what it is not.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Breaks `text` at white space into lines of at most `width` columns, and within a word only where it is wider than a line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split_whitespace() {
        let word_width = word.width();
        if used > 0 && used + 1 + word_width > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        if used + word_width <= width {
            line.push_str(word);
            used += word_width;
            continue;
        }
        for c in word.chars() {
            let char_width = c.width().unwrap_or(0);
            if used > 0 && used + char_width > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += char_width;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(widths: &[usize], cells: &[&str]) -> String {
        let mut out = Vec::new();
        let cells: Vec<_> = cells.iter().map(|text| vec![Paragraph::new(text, Style::new())]).collect();
        write_row(&mut out, widths, &cells).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_wrap_each_in_its_own_column() {
        assert_eq!(plain(&[6, 3, 9], &["one two", "say", "three four five"]), "one     say  three\ntwo          four five\n");
    }

    #[test]
    fn wide_characters_count_two_columns_and_combining_ones_none() {
        assert_eq!(wrap("東京 新聞", 5), ["東京", "新聞"]);
        assert_eq!(wrap("e\u{301}e\u{301} e\u{301}", 4), ["e\u{301}e\u{301} e\u{301}"]);
    }

    #[test]
    fn a_word_wider_than_the_column_is_broken() {
        assert_eq!(wrap("a https://x.example/y", 8), ["a", "https://", "x.exampl", "e/y"]);
        assert_eq!(wrap("東", 1), ["東"]);
    }

    #[test]
    fn an_article_cannot_drive_the_terminal() {
        assert_eq!(plain(&[20], &["a\u{1b}[31mb\u{202e}c"]), "a [31mb c\n");
    }
}
