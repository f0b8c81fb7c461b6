//! Quotation marks, paired by paragraph: curly, straight, single, nested, guillemets; and quotations that run on.

use std::ops::Range;

use crate::tokens::{Token, TokenKind};

/// Which marks a quotation stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// “ ” or " "
    Double,
    /// ‘ ’ or ' '
    Single,
    /// « » or ‹ ›
    Guillemets,
}

/// One stretch of text in quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotation {
    /// Its tokens, marks included.
    pub tokens: Range<usize>,
    /// Its bytes, marks included.
    pub range: Range<usize>,
    /// Which marks.
    pub marks: Marks,
    /// Whether its closing mark is there. One left open ends with its paragraph.
    pub closed: bool,
    /// How many other quotations it lies in.
    pub depth: usize,
    /// Whether it goes on with what the paragraph before left open.
    pub runs_on: bool,
}

/// Deeper nesting than this is no language.
const MAX_DEPTH: usize = 3;

/// Finds the quotations of a text, outer before inner, in the order of the text. A mark without a partner counts only
/// where it opens a quotation that the next paragraph, beginning with an opening mark, takes up again.
pub fn quotations(tokens: &[Token]) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut left_open = false;
    let mut start = 0;
    while start < tokens.len() {
        let end = tokens[start..].iter().position(|token| token.kind == TokenKind::LineEnd).map_or(tokens.len(), |length| start + length);
        let first = found.len();
        let open = pair(tokens, start..end, &mut found);
        if let Some(opened) = found.get_mut(first).filter(|quotation: &&mut Quotation| left_open && quotation.tokens.start == start) {
            opened.runs_on = true;
        }
        left_open = false;
        if let Some(at) = open {
            let opens_paragraph = at == start;
            let taken_up = tokens.get(end + 1).is_some_and(|next| next.kind == TokenKind::Mark && opens(tokens, end + 1));
            if taken_up || (opens_paragraph && end - at > 3) {
                let inner = found.iter().skip(first).position(|quotation| quotation.tokens.start > at).map_or(found.len(), |n| first + n);
                for nested in &mut found[inner..] {
                    nested.depth += 1;
                }
                let runs_on = opens_paragraph && found.get(first).is_some_and(|quotation| quotation.runs_on);
                found.insert(inner, quotation(tokens, at..end, false, 0));
                found[inner].runs_on = runs_on;
                left_open = taken_up;
            }
        }
        start = end + 1;
    }
    found
}

/// Pairs the marks of one paragraph; gives the outermost double mark that stays open.
fn pair(tokens: &[Token], paragraph: Range<usize>, found: &mut Vec<Quotation>) -> Option<usize> {
    let first = found.len();
    let mut stack: Vec<usize> = Vec::new();
    let mut single: Option<usize> = None;
    let mut tentative: Option<usize> = None;
    for at in paragraph {
        if tokens[at].kind != TokenKind::Mark {
            continue;
        }
        if marks_of(&tokens[at]) == Marks::Single {
            if single.is_none() && opens_single(tokens, at) {
                (single, tentative) = (Some(at), None);
            } else if let Some(open) = single.filter(|_| closes(tokens, at)) {
                if after_s(tokens, at) && !punctuated(tokens, at) {
                    tentative = Some(at);
                } else {
                    found.push(quotation(tokens, open..at + 1, true, stack.len()));
                    single = None;
                }
            }
            continue;
        }
        let closing = closes(tokens, at);
        match stack.last() {
            Some(&open) if closing || (is_straight(&tokens[at]) && !opens(tokens, at)) => {
                stack.pop();
                if at > open + 1 {
                    found.push(quotation(tokens, open..at + 1, true, stack.len()));
                }
            }
            _ if opens(tokens, at) && stack.len() < MAX_DEPTH => stack.push(at),
            _ => {}
        }
    }
    if let (Some(open), Some(close)) = (single, tentative) {
        found.push(quotation(tokens, open..close + 1, true, stack.len()));
    }
    // Marks that stayed open hold nothing, so what lies in them lies less deep.
    for pair in &mut found[first..] {
        pair.depth -= stack.iter().filter(|&&open| open < pair.tokens.start).count().min(pair.depth);
    }
    found[first..].sort_by_key(|pair| (pair.tokens.start, usize::MAX - pair.tokens.end));
    stack.first().copied()
}

fn quotation(tokens: &[Token], range: Range<usize>, closed: bool, depth: usize) -> Quotation {
    let bytes = tokens[range.start].start..tokens[range.end - 1].end;
    Quotation { marks: marks_of(&tokens[range.start]), tokens: range, range: bytes, closed, depth, runs_on: false }
}

fn marks_of(token: &Token) -> Marks {
    match &*token.plain {
        "«" | "»" | "‹" | "›" => Marks::Guillemets,
        "‘" | "’" | "'" | "‚" | "‛" | "`" => Marks::Single,
        _ => Marks::Double,
    }
}

fn is_straight(token: &Token) -> bool {
    token.is("\"") || token.is("＂")
}

fn opens(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    match &*token.plain {
        "“" | "„" | "‟" | "«" | "‹" => true,
        "”" | "»" | "›" => false,
        _ => {
            let free_before = token.spaced || at == 0 || opens_bracket(&tokens[at - 1]);
            let next_joined = next.is_some_and(|next| !next.spaced && next.kind != TokenKind::LineEnd);
            free_before && next_joined
        }
    }
}

fn opens_bracket(before: &Token) -> bool {
    before.kind == TokenKind::LineEnd || matches!(&*before.plain, "(" | "[" | "—" | "–" | "-" | "--" | "“" | "‘" | "\"" | ":" | "…" | "...")
}

fn closes(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    match &*token.plain {
        "”" | "»" | "›" => true,
        "“" | "„" | "‟" | "«" | "‹" | "‘" | "‚" | "‛" => false,
        _ => {
            let after_free = tokens.get(at + 1).is_none_or(|next| next.spaced || !next.is_word());
            !token.spaced && after_free && !(at == 0 || tokens[at - 1].kind == TokenKind::LineEnd)
        }
    }
}

fn opens_single(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let free_before = token.spaced || at == 0 || opens_bracket(&tokens[at - 1]);
    // "’90s", "’em" and "’Til" are apostrophes.
    let elided =
        tokens.get(at + 1).is_none_or(|next| next.kind == TokenKind::Number || matches!(&*next.plain, "em" | "til" | "cause" | "n"));
    let joined = tokens.get(at + 1).is_some_and(|next| !next.spaced && next.kind != TokenKind::LineEnd);
    free_before && joined && !elided && (token.is("‘") || token.is("'") || token.is("`"))
}

fn after_s(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at - 1].plain.ends_with('s')
}

fn punctuated(tokens: &[Token], at: usize) -> bool {
    at > 0 && matches!(&*tokens[at - 1].plain, "," | "." | "?" | "!" | "…") || tokens.get(at + 1).is_none_or(|next| !next.is_word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens;

    fn quoted(text: &str) -> Vec<(&str, usize)> {
        quotations(&tokens(text)).into_iter().map(|q| (&text[q.range.clone()], q.depth)).collect()
    }

    #[test]
    fn curly_straight_and_guillemets() {
        assert_eq!(quoted("“One,” he said, \"two\" and «three»."), [("“One,”", 0), ("\"two\"", 0), ("«three»", 0)]);
    }

    #[test]
    fn apostrophes_are_no_marks() {
        assert_eq!(quoted("The soldiers’ pay wasn't raised in the ’90s, Putin's or the boys' idea."), []);
        assert_eq!(quoted("He called it ‘the soldiers’ war’, and left."), [("‘the soldiers’ war’", 0)]);
    }

    #[test]
    fn nested() {
        assert_eq!(quoted("“He said ‘no’ twice,” she said."), [("“He said ‘no’ twice,”", 0), ("‘no’", 1)]);
    }

    #[test]
    fn left_open_and_taken_up() {
        let text = "“One,” he said. “Two.\n“Three.”\nFour.";
        let found = quotations(&tokens(text));
        let seen: Vec<(&str, bool, bool)> = found.iter().map(|q| (&text[q.range.clone()], q.closed, q.runs_on)).collect();
        assert_eq!(seen, [("“One,”", true, false), ("“Two.", false, false), ("“Three.”", true, true)]);
    }

    #[test]
    fn a_stray_mark_holds_nothing() {
        assert_eq!(quoted("A 5\" pipe and “ a stray, then “fine” text."), [("“fine”", 0)]);
    }
}
