//! A text cut at every boundary of every claim, so that nested and overlapping claims can be shown in place.

use std::collections::BTreeSet;
use std::ops::Range;

use claims::{CodePoints, Span};

/// What a claim's words are to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Content,
    Source,
    Cue,
}

/// Words of one claim.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Which claim.
    pub(super) claim: usize,
    pub(super) role: Role,
    pub(super) span: Span,
}

/// A paragraph: its segments in order, which together are its text, and the claims whose cards stand beside it, as their
/// numbers come in the text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Paragraph<'t> {
    pub(super) segments: Vec<Segment<'t>>,
    pub(super) claims: Vec<usize>,
}

/// Words that belong to the same claims in the same roles.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Segment<'t> {
    pub(super) text: &'t str,
    /// The claims whose content they are of, the outermost first.
    pub(super) content: Vec<usize>,
    /// The claims whose source they name.
    pub(super) source: Vec<usize>,
    /// The claims whose cue they are of.
    pub(super) cue: Vec<usize>,
    /// The claims whose number stands after these words.
    pub(super) numbers: Vec<usize>,
}

/// A mark in bytes.
struct Place {
    range: Range<usize>,
    claim: usize,
    role: Role,
}

/// Cuts `text` into paragraphs and segments. A claim stands beside the paragraph in which its content (its cue, where
/// there is no content; else its source) begins; a claim without words in `text` beside the first.
///
/// Takes time linear in the text, and in the marks times how deep they are nested.
pub(super) fn paragraphs<'t>(text: &'t str, marks: &[Mark]) -> Vec<Paragraph<'t>> {
    let ranges = paragraph_ranges(text);
    let index = CodePoints::new(text);
    let mut places: Vec<Place> = marks.iter().filter_map(|mark| place(&index, mark)).collect();
    // The outer before the inner: of two that begin together, the longer is the outer.
    places.sort_by_key(|place| (place.range.start, usize::MAX - place.range.end, place.claim, place.role));

    let mut within: Vec<Vec<usize>> = vec![Vec::new(); ranges.len()];
    for (i, place) in places.iter().enumerate() {
        let first = ranges.partition_point(|range| range.end <= place.range.start);
        let touched = ranges.iter().skip(first).take_while(|range| range.start < place.range.end).count();
        for paragraph in &mut within[first..first + touched] {
            paragraph.push(i);
        }
    }
    let anchors = anchors(&places, &ranges);
    let cut = |(number, range): (usize, &Range<usize>)| {
        let beside = |anchor: &&Anchor| anchor.paragraph == number;
        let here: Vec<&Anchor> = anchors.iter().filter(beside).collect();
        Paragraph {
            segments: segments(text, range, &places, &within[number], &here),
            claims: here.iter().map(|anchor| anchor.claim).collect(),
        }
    };
    ranges.iter().enumerate().map(cut).collect()
}

/// Where a claim's number and card stand.
struct Anchor {
    claim: usize,
    paragraph: usize,
    /// The byte after which the number stands.
    after: usize,
}

fn anchors(places: &[Place], ranges: &[Range<usize>]) -> Vec<Anchor> {
    let mut first: std::collections::BTreeMap<usize, &Place> = std::collections::BTreeMap::new();
    for place in places {
        let known = first.entry(place.claim).or_insert(place);
        let rank = |role| match role {
            Role::Content => 0,
            Role::Cue => 1,
            Role::Source => 2,
        };
        if rank(place.role) < rank(known.role) {
            *known = place;
        }
    }
    let anchor = |(&claim, place): (&usize, &&Place)| {
        let paragraph = ranges.partition_point(|range| range.end <= place.range.start).min(ranges.len().saturating_sub(1));
        let after = ranges.get(paragraph).map_or(place.range.end, |range| place.range.end.min(range.end));
        Anchor { claim, paragraph, after }
    };
    let mut anchors: Vec<Anchor> = first.iter().map(anchor).collect();
    anchors.sort_by_key(|anchor| (anchor.paragraph, anchor.after, anchor.claim));
    anchors
}

/// Sweeps over a paragraph from boundary to boundary.
fn segments<'t>(text: &'t str, range: &Range<usize>, places: &[Place], within: &[usize], anchors: &[&Anchor]) -> Vec<Segment<'t>> {
    let mut events: Vec<(usize, bool, usize)> = Vec::with_capacity(within.len() * 2);
    for &i in within {
        events.push((places[i].range.start.max(range.start), true, i));
        events.push((places[i].range.end.min(range.end), false, i));
    }
    events.sort_unstable();
    let mut numbers = anchors.iter().peekable();

    let mut segments = Vec::new();
    let mut active: BTreeSet<usize> = BTreeSet::new();
    let mut begun = range.start;
    for (at, opens, i) in events.into_iter().chain([(range.end, false, usize::MAX)]) {
        if at > begun {
            let of = |role: Role| active.iter().filter(|&&i| places[i].role == role).map(|&i| places[i].claim).collect();
            let mut segment = Segment {
                text: &text[begun..at],
                content: of(Role::Content),
                source: of(Role::Source),
                cue: of(Role::Cue),
                numbers: Vec::new(),
            };
            while let Some(anchor) = numbers.next_if(|anchor| anchor.after <= at) {
                segment.numbers.push(anchor.claim);
            }
            segments.push(segment);
            begun = at;
        }
        if opens {
            active.insert(i);
        } else {
            active.remove(&i);
        }
    }
    segments
}

fn place(index: &CodePoints<'_>, mark: &Mark) -> Option<Place> {
    let range = index.byte(mark.span.start)?..index.byte(mark.span.end)?;
    (!range.is_empty()).then_some(Place { range, claim: mark.claim, role: mark.role })
}

/// Paragraphs are parted by blank lines; in a text without any, each line is one.
fn paragraph_ranges(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut begun = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        lines.push(begun..begun + content.len());
        begun += line.len();
    }
    let written: Vec<bool> = lines.iter().map(|line| !line.is_empty()).collect();
    let last = written.iter().rposition(|&is| is).unwrap_or(0);
    let blank_lines = written[..last].iter().skip_while(|&&is| !is).any(|&is| !is);
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    for (i, line) in lines.into_iter().enumerate().filter(|(i, _)| written[*i]) {
        match paragraphs.last_mut() {
            Some(paragraph) if blank_lines && written[i - 1] => paragraph.end = line.end,
            _ => paragraphs.push(line),
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str, claim: usize, role: Role, words: &str) -> Mark {
        let byte = text.find(words).unwrap();
        Mark { claim, role, span: CodePoints::new(text).span(byte..byte + words.len()) }
    }

    fn shown(paragraphs: &[Paragraph<'_>]) -> Vec<(String, Vec<usize>)> {
        let segments = paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
        segments.map(|segment| (segment.text.to_owned(), segment.content.clone())).collect()
    }

    #[test]
    fn nested_claims_share_segments_the_outermost_first() {
        let text = "The Post reported that officials said “no” — twice.";
        let outer = "officials said “no” — twice";
        let marks = [
            mark(text, 2, Role::Content, "“no”"),
            mark(text, 1, Role::Content, outer),
            mark(text, 1, Role::Source, "The Post"),
            mark(text, 2, Role::Source, "officials"),
        ];
        let cut = paragraphs(text, &marks);
        assert_eq!(cut.len(), 1);
        assert_eq!(cut[0].claims, [2, 1]);
        let expected = [
            ("The Post", vec![]),
            (" reported that ", vec![]),
            ("officials", vec![1]),
            (" said ", vec![1]),
            ("“no”", vec![1, 2]),
            (" — twice", vec![1]),
            (".", vec![]),
        ];
        assert_eq!(shown(&cut), expected.map(|(text, content)| (text.to_owned(), content)));
        assert_eq!(cut[0].segments[2].source, [2]);
        assert_eq!(cut[0].segments[4].numbers, [2]);
        assert_eq!(cut[0].segments[5].numbers, [1]);
    }

    #[test]
    fn overlapping_claims_are_cut_at_each_boundary() {
        let text = "one two three";
        let cut = paragraphs(text, &[mark(text, 1, Role::Content, "one two"), mark(text, 2, Role::Content, "two three")]);
        let expected = [("one ", vec![1]), ("two", vec![1, 2]), (" three", vec![2])];
        assert_eq!(shown(&cut), expected.map(|(text, content)| (text.to_owned(), content)));
    }

    #[test]
    fn a_quotation_over_paragraphs_is_marked_in_each_and_numbered_once() {
        let text = "“One.\n\n“Two,” she said.\n";
        let content = Mark { claim: 1, role: Role::Content, span: Span { start: 0, end: 13 } };
        let cut = paragraphs(text, &[content, mark(text, 1, Role::Cue, "said")]);
        assert_eq!(cut.len(), 2);
        assert_eq!((cut[0].claims.as_slice(), cut[1].claims.as_slice()), ([1].as_slice(), [].as_slice()));
        assert_eq!((cut[0].segments[0].text, cut[0].segments[0].numbers.as_slice()), ("“One.", [1].as_slice()));
        assert_eq!((cut[1].segments[0].text, cut[1].segments[0].content.as_slice()), ("“Two,”", [1].as_slice()));
        assert_eq!((cut[1].segments[2].text, cut[1].segments[2].cue.as_slice()), ("said", [1].as_slice()));
    }

    #[test]
    fn a_claim_without_content_is_numbered_after_its_cue() {
        let text = "Boeing declined to comment.";
        let cut = paragraphs(text, &[mark(text, 1, Role::Source, "Boeing"), mark(text, 1, Role::Cue, "declined to comment")]);
        assert_eq!(cut[0].segments[2].numbers, [1]);
    }

    #[test]
    fn paragraphs_are_parted_by_blank_lines_or_else_by_lines() {
        let texts = |text| paragraph_ranges(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(texts("One\nline.\n \n\nTwo.\r\n"), ["One\nline.", "Two."]);
        assert_eq!(texts("\n\nOne.\nTwo.\n\n"), ["One.", "Two."]);
        assert_eq!(texts(""), Vec::<String>::new());
    }

    #[test]
    fn the_segments_together_are_the_text() {
        let text = "Ünïcödé “one two” said she 🙂.\n\nAnd more.";
        let marks: Vec<Mark> =
            (0..30_u32).map(|i| Mark { claim: i as usize, role: Role::Content, span: Span { start: i, end: i + 11 } }).collect();
        let joined: Vec<String> =
            paragraphs(text, &marks).iter().map(|p| p.segments.iter().map(|segment| segment.text).collect::<String>()).collect();
        assert_eq!(joined, ["Ünïcödé “one two” said she 🙂.", "And more."]);
    }
}
