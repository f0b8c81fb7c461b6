//! Where contents and cues begin and end: whole quotations, each paragraph's quotation by itself, nothing left hanging, no cue cut in two.

use std::ops::Range;

use language::{Class, Quotation, TokenKind};

use crate::antecedent::antecedent;
use crate::attribution::Attribution;
use crate::phrases::phrase_after;
use crate::reading::Reading;

/// Puts the contents and cues of all attributions of a text right.
pub(crate) fn put_right(reading: &Reading<'_>, mut attributions: Vec<Attribution>) -> Vec<Attribution> {
    for attribution in &mut attributions {
        let cue = attribution.cue.clone();
        let stretches = attribution.content.iter().flat_map(|range| by_paragraph(reading, range));
        let others: Vec<&Range<usize>> = cue.iter().chain(&attribution.source).collect();
        let stretches = stretches.flat_map(|range| without(&range, &others));
        let told = without_crumbs(reading, cue.as_ref(), stretches.collect());
        let told = joined(told.iter().map(|range| quoted_whole(reading, cue.as_ref(), range)).collect());
        attribution.content = joined(told.into_iter().map(|range| nothing_hanging(reading, range)).collect());
    }
    for attribution in attributions.iter_mut().filter(|attribution| attribution.content.is_empty()) {
        attribution.content.extend(relative(reading, attribution));
    }
    let taken_over = attributions.iter_mut().flat_map(|attribution| paragraphs_apart(reading, attribution)).collect();
    attributions = with_own_paragraphs(attributions, taken_over);
    attributions.retain(|attribution| attribution.cue.is_some() || !attribution.content.is_empty());
    attributions.sort_by_key(|attribution| (attribution.start(), attribution.cue.as_ref().map(|cue| cue.start), attribution.end()));
    attributions.dedup_by(|next, before| is_rest_of_cue(reading, before, next) || runs_on_alike(before, next));
    attributions
}

/// Whether the two are the same quotation that runs on without a cue.
fn runs_on_alike(before: &Attribution, next: &Attribution) -> bool {
    before.cue.is_none() && next.cue.is_none() && before.content == next.content
}

/// Takes the cue of `next` into that of `before` where the two are one attribution cut in its cue: "first", "reported".
fn is_rest_of_cue(reading: &Reading<'_>, before: &mut Attribution, next: &Attribution) -> bool {
    let (Some(first), Some(second)) = (&mut before.cue, &next.cue) else { return false };
    // Words without a verb attribute nothing by themselves, whatever content they were given.
    let idle = reading.tokens[first.clone()].iter().all(|token| token.verb.is_none());
    let rest = before.source == next.source && first.end == second.start && (idle || before.content == next.content);
    if rest {
        first.end = second.end;
        before.content.clone_from(&next.content);
        before.scores = next.scores.clone();
    }
    rest
}

/// Joins what came to touch or overlap.
pub(crate) fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, before| {
        let touch = next.start <= before.end;
        if touch {
            before.end = before.end.max(next.end);
        }
        touch
    });
    ranges
}

/// What a relative clause tells of: "funding" of "funding that the mayor has criticised".
fn relative(reading: &Reading<'_>, attribution: &Attribution) -> Option<Range<usize>> {
    let cue = attribution.cue.as_ref()?;
    let source = attribution.source.as_ref().filter(|source| source.end <= cue.start)?;
    let pronoun = source.start.checked_sub(1).filter(|&at| matches!(&*reading.tokens[at].plain, "that" | "which" | "whom"))?;
    antecedent(reading, pronoun).filter(|phrase| reading.sentence_number(phrase.start) == reading.sentence_number(cue.start))
}

/// A stretch cut where a paragraph ends.
fn by_paragraph(reading: &Reading<'_>, range: &Range<usize>) -> Vec<Range<usize>> {
    let paragraph = |at: &usize| reading.sentence(*at).paragraph;
    let mut parts: Vec<Range<usize>> = Vec::new();
    for at in range.clone().filter(|&at| reading.tokens[at].kind != TokenKind::LineEnd) {
        match parts.last_mut().filter(|part| paragraph(&part.start) == paragraph(&at)) {
            Some(part) => part.end = at + 1,
            None => parts.push(at..at + 1),
        }
    }
    parts
}

/// What of a stretch is none of the others': a content holds neither its own cue nor its source.
fn without(range: &Range<usize>, others: &[&Range<usize>]) -> Vec<Range<usize>> {
    let mut left: Vec<Range<usize>> = vec![range.clone()];
    for other in others {
        let parts = left.iter().flat_map(|part| [part.start..part.end.min(other.start), part.start.max(other.end)..part.end]);
        left = parts.filter(|part| !part.is_empty()).collect();
    }
    left
}

/// All of the quotation that a content begins with, or holds most of: a cue outside it attributes it whole. Of one that it
/// only touches, nothing.
fn quoted_whole(reading: &Reading<'_>, cue: Option<&Range<usize>>, range: &Range<usize>) -> Range<usize> {
    let outside = |quotation: &&Quotation| cue.is_none_or(|cue| !quotation.tokens.contains(&cue.start));
    let common = |quotation: &Quotation| range.end.min(quotation.tokens.end).saturating_sub(range.start.max(quotation.tokens.start));
    let most = |quotation: &&Quotation| 2 * common(quotation) > quotation.tokens.len();
    let first = reading.quotation(range.start).filter(outside).filter(most);
    let start = first.map_or(range.start, |quotation| quotation.tokens.start);
    let Some(last) = reading.quotation(range.end - 1).filter(outside) else { return start..range.end };
    match () {
        () if range.start < last.tokens.start && common(last) == 1 => start..last.tokens.start,
        () if range.start <= last.tokens.start || most(&last) => start..last.tokens.end.max(range.end),
        () => start..range.end,
    }
}

/// Without a conjunction at the end, and with the rest of a noun phrase that it breaks off in: "more than a 20".
fn nothing_hanging(reading: &Reading<'_>, range: Range<usize>) -> Range<usize> {
    let last = &reading.tokens[range.end - 1];
    let goes_on = reading.token(range.end).is_some_and(|next| matches!(next.kind, TokenKind::Word | TokenKind::Number));
    if !goes_on || range.len() < 3 {
        return range;
    }
    let joins = last.has(Class::Coordinator) || last.is("while") || last.is("because") || last.is("although");
    if joins {
        let comma = usize::from(reading.is(range.end - 2, ","));
        return range.start..range.end - 1 - comma;
    }
    let opens = matches!(&*last.plain, "the" | "a" | "an" | "my" | "your" | "his" | "our" | "their" | "its" | "$" | "£" | "€")
        || last.kind == TokenKind::Number && reading.tokens[range.end - 2].has(Class::Determiner);
    if opens {
        let sentence = reading.sentence(range.end - 1).tokens.end;
        if let Some(phrase) = phrase_after(reading, range.end - 1, sentence) {
            return range.start..phrase.end.max(range.end);
        }
    }
    range
}

/// Without stretches that say nothing by themselves: a lone mark or pronoun beside the rest. But "it" of "it is expected to".
fn without_crumbs(reading: &Reading<'_>, cue: Option<&Range<usize>>, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    const CLOSED: [Class; 8] = [
        Class::Determiner,
        Class::SubjectPronoun,
        Class::ObjectPronoun,
        Class::Preposition,
        Class::Coordinator,
        Class::Subordinator,
        Class::Relative,
        Class::Auxiliary,
    ];
    let tells = |at: usize| {
        let token = &reading.tokens[at];
        token.kind == TokenKind::Number || token.is_word() && !CLOSED.into_iter().any(|class| token.has(class))
    };
    let says = |range: &Range<usize>| {
        let subject = cue.is_some_and(|cue| cue.start == range.end) && reading.tokens[range.end - 1].has(Class::SubjectPronoun);
        subject || range.len() > 3 || range.clone().any(tells)
    };
    if ranges.iter().any(says) { ranges.into_iter().filter(says).collect() } else { ranges }
}

/// Takes from an attribution the quotations of later paragraphs than the one that its content begins in: each is one by itself.
fn paragraphs_apart(reading: &Reading<'_>, attribution: &mut Attribution) -> Vec<Attribution> {
    let paragraph = |at: usize| reading.sentence(at).paragraph;
    let Some(home) = attribution.cue.as_ref().or(attribution.content.first()).map(|range| paragraph(range.start)) else {
        return Vec::new();
    };
    let later = |range: &Range<usize>| paragraph(range.start) > home && reading.quotation(range.start).is_some();
    if attribution.content.iter().all(later) {
        return Vec::new();
    }
    let (apart, own) = attribution.content.iter().cloned().partition(later);
    attribution.content = own;
    let apart: Vec<Range<usize>> = apart;
    let mut made: Vec<Attribution> = Vec::new();
    for range in apart {
        match made.last_mut().filter(|made| paragraph(made.start()) == paragraph(range.start)) {
            Some(made) => made.content.push(range),
            None => made.push(Attribution { cue: None, source: None, content: vec![range], scores: attribution.scores.clone() }),
        }
    }
    made
}

/// Adds those of later paragraphs that are nobody's yet.
fn with_own_paragraphs(attributions: Vec<Attribution>, made: Vec<Attribution>) -> Vec<Attribution> {
    let mut all = attributions;
    for one in made {
        let place = one.start();
        let taken = |other: &Attribution| other.content.iter().any(|range| range.contains(&place));
        if !all.iter().any(taken) {
            all.push(one);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use claims::{Act, SourceKind};

    use super::*;
    use crate::attribution::Scores;

    /// Who speaks, where a text names her.
    const SOURCE: &str = "Mara Lindqvist";

    /// The contents of attributions whose cues and contents are these words of a text, each the first after the one before.
    fn right(text: &str, attributions: &[(Option<&str>, &[&str])]) -> Vec<String> {
        let reading = Reading::new(text);
        let place = |words: &str| {
            let start = text.find(words).unwrap();
            let at = |byte: usize| reading.tokens.iter().position(|token| token.start <= byte && byte < token.end).unwrap();
            at(start)..at(start + words.len() - 1) + 1
        };
        let given = attributions.iter().map(|(cue, content)| Attribution {
            cue: cue.map(place),
            source: text.contains(SOURCE).then(|| place(SOURCE)),
            content: content.iter().map(|words| place(words)).collect(),
            scores: Scores::of(Act::Say, SourceKind::Person),
        });
        let texts = |attribution: Attribution| attribution.content.iter().map(|range| reading.words(range)).collect::<Vec<_>>().join(" … ");
        put_right(&reading, given.collect()).into_iter().map(texts).collect()
    }

    #[test]
    fn a_quotation_is_whole() {
        let text = "He said: “We have bodies. Come and examine them.” He called it “a lie, a plain lie”.";
        assert_eq!(right(text, &[(Some("said"), &["“We have"])]), ["“We have bodies. Come and examine them.”"]);
        assert_eq!(right(text, &[(Some("said"), &["bodies. Come and examine them"])]), ["“We have bodies. Come and examine them.”"]);
        assert_eq!(right(text, &[(Some("called"), &["it “a lie"])]), ["it “a lie, a plain lie”"]);
        let only_touched = right(text, &[(Some("called"), &["it “"])]);
        assert_eq!(only_touched, ["it"]);
        let nested = "“I think that they lost the vote, and we know it,” she said.";
        assert_eq!(right(nested, &[(Some("think"), &["they lost the vote"])]), ["they lost the vote"]);
    }

    #[test]
    fn nothing_hangs_at_an_end() {
        let text = "He plans to work on TV and in film. The study found 282 cases, more than a 20 percent rise from 2018.";
        assert_eq!(right(text, &[(Some("plans"), &["to work on TV and"])]), ["to work on TV"]);
        assert_eq!(right(text, &[(Some("found"), &["282 cases, more than a 20"])]), ["282 cases, more than a 20 percent rise from 2018"]);
    }

    #[test]
    fn a_content_holds_neither_its_cue_nor_crumbs() {
        let text = "“We have bodies,” Lind as saying “and proof.” It is expected to pass.";
        assert_eq!(
            right(text, &[(Some("as saying"), &["“We have bodies,” Lind as saying “and proof.”"])]),
            ["“We have bodies,” Lind … “and proof.”"]
        );
        assert_eq!(right(text, &[(Some("is expected"), &["It", "to pass"])]), ["It … to pass"]);
        assert_eq!(right(text, &[(Some("is expected"), &["and", "to pass"])]), ["to pass"]);
    }

    #[test]
    fn a_relative_clause_tells_of_what_stands_before_it() {
        assert_eq!(right("It got funding that Mara Lindqvist has criticised.", &[(Some("has criticised"), &[])]), ["funding"]);
        assert_eq!(right("It got funding. Mara Lindqvist objected.", &[(Some("objected"), &[])]), [""]);
    }

    #[test]
    fn a_cue_that_was_cut_is_one() {
        let text = "The Echo first reported that the dam leaked, and said so again.";
        let (content, cut) = ("the dam leaked", [Some("first"), Some("reported")]);
        assert_eq!(right(text, &[(cut[0], &[content]), (cut[1], &[content])]), [content]);
        assert_eq!(right(text, &[(cut[0], &["the dam leaked, and said"]), (cut[1], &[content])]), [content]);
        assert_eq!(right(text, &[(cut[0], &[content]), (Some("said"), &[content])]), [content, content]);
    }

    #[test]
    fn each_paragraph_is_quoted_by_itself() {
        let text = "“We tried,” she said.\n\n“We failed.”\n\nNobody else spoke.";
        assert_eq!(right(text, &[(Some("said"), &["“We tried,”", "“We failed.”"])]), ["“We tried,”", "“We failed.”"]);
        let known = right(text, &[(Some("said"), &["“We tried,”", "“We failed.”"]), (None, &["“We failed.”"])]);
        assert_eq!(known, ["“We tried,”", "“We failed.”"]);
    }
}
