//! Finds the words attributed, for each cue with its source: on either side of it, in or out of quotation marks.

use std::ops::Range;

use language::{Class, TokenKind, VerbForm};

use crate::attribution::{Attribution, Construction, Cue, CueKind, Subject};
use crate::cues::has_reporting_form;
use crate::phrases::{begins_phrase, is_finite, phrase_after, skip_adjuncts};
use crate::reading::Reading;
use crate::rules::{VerbEntry, rules};
use crate::sources::{subject_before, subject_of_sentence};

/// The attributions of a text, in the order of their cues.
pub(crate) fn attributions(reading: &Reading<'_>, cues: Vec<Cue>) -> Vec<Attribution> {
    let mut found: Vec<Attribution> = Vec::new();
    for cue in cues {
        let sentence = reading.sentence(cue.tokens.start).tokens.clone();
        // The cue before it in the same sentence, whose subject it may share.
        let shared = found
            .last()
            .filter(|last| last.cue.as_ref().is_some_and(|earlier| sentence.contains(&earlier.tokens.start)))
            .and_then(|last| last.source.clone())
            .or_else(|| shared_subject(reading, &sentence, &cue));
        let attribution = match &cue.kind {
            CueKind::Verb { entries, negated, subject } => {
                let (entries, negated, subject) = (entries.clone(), *negated, *subject);
                verb(reading, cue, &entries, negated, (subject == Subject::Shared).then_some(shared).flatten(), subject, &sentence)
            }
            CueKind::NoComment => refusal(reading, cue, &sentence, shared),
            CueKind::Preposition => preposition(reading, cue, &sentence),
            CueKind::Noun => noun(reading, cue, &sentence),
            CueKind::Adverb => adverb(reading, cue, &sentence),
        };
        found.extend(attribution.filter(|attribution| in_order(attribution)));
    }
    found
}

/// The end of the clause that begins at `start`: before what belongs to the reporter's sentence again.
pub(crate) fn clause_end(reading: &Reading<'_>, start: usize, ceiling: usize) -> usize {
    let mut at = start;
    while at < ceiling {
        if let Some(quotation) = reading.quotation(at) {
            // Where the quotation ends a sentence, the content ends with it.
            at = quotation.tokens.end.min(ceiling).max(at + 1);
            continue;
        }
        let token = &reading.tokens[at];
        if token.is(";")
            || (token.is(")") && !(start..at).any(|before| reading.is(before, "(")))
            || (at > start && leaves_clause(reading, at, ceiling))
        {
            break;
        }
        at += 1;
    }
    while at > start && ends_with_sign(reading, at - 1) {
        at -= 1;
    }
    at
}

fn ends_with_sign(reading: &Reading<'_>, last: usize) -> bool {
    let token = &reading.tokens[last];
    reading.quotation(last).is_none()
        && matches!(&*token.plain, "." | "," | "!" | "?" | ":" | ";" | "—" | "–" | "--" | "-" | "…" | "..." | "(")
        && token.kind == TokenKind::Sign
}

/// Whether the reporter's own sentence goes on at `at`: ", adding …", ", according to …", "and accused …", ", while …".
fn leaves_clause(reading: &Reading<'_>, at: usize, ceiling: usize) -> bool {
    let token = &reading.tokens[at];
    let comma = token.is(",");
    let link = token.is("and") || token.is("but");
    if !(comma || link) {
        return false;
    }
    let mut next = at + 1;
    if comma && (reading.is(next, "and") || reading.is(next, "but")) {
        next += 1;
    }
    let Some(after) = reading.token(next).filter(|_| next < ceiling) else { return comma };
    let verb = skip_words(reading, next, ceiling, |c| c.has(Class::Adverb) || c.has(Class::Auxiliary));
    let finite = (has_form(reading, verb, VerbForm::Past)
        || has_form(reading, verb, VerbForm::Third)
        || (verb > next && has_form(reading, verb, VerbForm::Base)))
        && reading.is(next - 1, if comma && next == at + 1 { "," } else { &reading.tokens[next - 1].plain });
    if (link || next > at + 1) && finite {
        return true;
    }
    if !comma {
        return false;
    }
    let participle = has_form(reading, verb, VerbForm::Ing) || after.is("citing");
    let contrast = matches!(&*after.plain, "while" | "although" | "though" | "despite" | "whereas" | "according" | "even")
        || (reading.is(next - 1, "but") && !after.is("that"));
    participle || contrast
}

fn has_form(reading: &Reading<'_>, at: usize, form: VerbForm) -> bool {
    reading.token(at).is_some_and(|token| !token.capital && has_reporting_form(&token.plain, form))
}

fn skip_words(reading: &Reading<'_>, from: usize, ceiling: usize, test: impl Fn(language::Classes) -> bool) -> usize {
    (from..ceiling.min(from + 4)).find(|&at| !test(reading.tokens[at].classes)).unwrap_or(from)
}

fn shared_subject(reading: &Reading<'_>, sentence: &Range<usize>, cue: &Cue) -> Option<Range<usize>> {
    match cue.kind {
        CueKind::Verb { subject: Subject::Shared, .. } | CueKind::NoComment => {
            subject_of_sentence(reading, sentence.start, cue.tokens.start)
        }
        _ => None,
    }
}

/// Spans must not run into each other: a fault of the rules then costs a claim, not a wrong one.
fn in_order(attribution: &Attribution) -> bool {
    let apart = attribution.content.windows(2).all(|pair| pair[0].end <= pair[1].start);
    apart && attribution.content.iter().all(|range| !range.is_empty())
}

fn verb(
    reading: &Reading<'_>,
    cue: Cue,
    entries: &[&'static VerbEntry],
    negated: bool,
    shared: Option<Range<usize>>,
    subject: Subject,
    sentence: &Range<usize>,
) -> Option<Attribution> {
    let build = |entry: &VerbEntry, construction, source, content, addressee| {
        let cue = Cue { lemma: entry.lemma.clone(), act: if negated { entry.negated } else { entry.act }, ..cue.clone() };
        Attribution { construction, cue: Some(cue), source, speaker_of: None, content, addressee }
    };
    let quoting = entries.iter().find(|entry| entry.frames.quote && entry.form != VerbForm::Ing);
    if let Some(entry) = quoting
        && let Some((source, content, direct)) = inverted(reading, &cue, sentence)
    {
        let construction = if direct { Construction::QuoteSaidSource } else { Construction::ClauseSaidSource };
        return Some(build(entry, construction, Some(source), content, None));
    }
    let source = if subject == Subject::Shared { shared } else { subject_before(reading, cue.tokens.start, sentence.start) }?;
    if subject == Subject::Beside
        && let Some(entry) = quoting
        && let Some((content, direct)) = content_before(reading, source.start, cue.tokens.end, sentence)
    {
        let construction = if direct { Construction::QuoteSourceSaid } else { Construction::ClauseSourceSaid };
        return Some(build(entry, construction, Some(source), content, None));
    }
    entries.iter().find_map(|entry| {
        let (construction, content, addressee) = content_after(reading, entry, cue.tokens.end, sentence)?;
        Some(build(entry, construction, Some(source.clone()), content, addressee))
    })
}

type Sourced = (Range<usize>, Vec<Range<usize>>, bool);

/// "…," said X.
fn inverted(reading: &Reading<'_>, cue: &Cue, sentence: &Range<usize>) -> Option<Sourced> {
    let (start, end) = (cue.tokens.start, cue.tokens.end);
    let first = reading.token(end).filter(|token| end < sentence.end && begins_phrase(token))?;
    if first.classes.has(Class::ObjectPronoun)
        || (first.classes.has(Class::SubjectPronoun) && !matches!(&*first.plain, "he" | "she" | "they"))
    {
        return None;
    }
    let (mut content, direct) = content_ending(reading, start, sentence)?;
    let source = phrase_after(reading, end, sentence.end)?;
    let rest = skip_adjuncts(reading, source.end, sentence.end);
    if !direct && rest < sentence.end && (source.end..sentence.end).any(|at| is_finite(&reading.tokens[at])) {
        return None;
    }
    content.extend(continuation(reading, rest, sentence));
    Some((source, content, direct))
}

/// What ends before token `end`, with the comma or closing mark there: a quotation, or the sentence so far.
fn content_ending(reading: &Reading<'_>, end: usize, sentence: &Range<usize>) -> Option<(Vec<Range<usize>>, bool)> {
    let last = end.checked_sub(1)?;
    let comma = reading.is(last, ",");
    let mark = if comma { last.checked_sub(1)? } else { last };
    if let Some(quotation) =
        reading.quotation(mark).filter(|quotation| quotation.tokens.end == mark + 1 && reading.quotation(last).is_some() != comma)
    {
        let tokens = quotation.tokens.clone();
        let ended = reading
            .token(mark.checked_sub(1)?)
            .is_some_and(|token| matches!(&*token.plain, "," | "?" | "!" | "." | "…" | "—" | "-" | "--" | "..." | "’" | "'" | "–"));
        if !(comma || ended) {
            return None;
        }
        let opening = reading.sentence(tokens.start).tokens.start;
        let alone = opening == tokens.start || reading.sentence_number(tokens.start) != reading.sentence_number(mark);
        let lead_free = (opening..tokens.start).all(|at| !reading.is(at, ":") && !is_reporting(reading, at));
        let start = if alone || !lead_free || !sentence_holds(reading, opening..tokens.start) { tokens.start } else { opening };
        return Some((vec![start..tokens.end], start == tokens.start));
    }
    let start = skip_lead(reading, sentence.start, last);
    let clause = comma
        && last > start
        && (start..last).any(|at| is_finite(&reading.tokens[at]))
        && reading.quotation(start).is_none_or(|q| q.tokens.end <= last);
    clause.then(|| (vec![start..last], false))
}

/// Whether the words before a quotation belong to what is said.
fn sentence_holds(reading: &Reading<'_>, before: Range<usize>) -> bool {
    before.len() >= 2 && !reading.is(before.end - 1, ",")
}

fn is_reporting(reading: &Reading<'_>, at: usize) -> bool {
    [VerbForm::Past, VerbForm::Third].into_iter().any(|form| has_form(reading, at, form) && reading.tokens[at].plain.len() > 3)
        && rules().verbs[&*reading.tokens[at].plain].iter().any(|entry| entry.frames.quote && entry.rest.is_empty())
}

fn skip_lead(reading: &Reading<'_>, start: usize, end: usize) -> usize {
    (start..end).find(|&at| !matches!(&*reading.tokens[at].plain, "but" | "and" | "," | "\"")).unwrap_or(start)
}

/// “…,” X said; or …, X said: the content before the source, where none follows the verb.
fn content_before(reading: &Reading<'_>, source: usize, after: usize, sentence: &Range<usize>) -> Option<(Vec<Range<usize>>, bool)> {
    let (mut content, direct) = content_ending(reading, source, sentence)?;
    let rest = skip_adjuncts(reading, after, sentence.end);
    let at_end = rest >= sentence.end || reading.tokens[rest].kind == TokenKind::Sign && !reading.is(rest, ":");
    if !direct && !at_end {
        return None;
    }
    if direct && (reading.is(rest, "that") || reading.is(rest, ":")) {
        return None;
    }
    content.extend(continuation(reading, rest, sentence));
    Some((content, direct))
}

/// What goes on after an attribution in the middle: “…,” he said, “…” or …, he said, ….
fn continuation(reading: &Reading<'_>, at: usize, sentence: &Range<usize>) -> Option<Range<usize>> {
    if !reading.is(at, ",") || at + 1 >= sentence.end {
        return None;
    }
    let start = at + 1;
    if let Some(quotation) = reading.quotation(start).filter(|quotation| quotation.tokens.start == start) {
        let end = quotation.tokens.end;
        let rest = clause_end(reading, start, sentence.end.max(end));
        return Some(start..if end >= sentence.end { end } else { rest.max(end) });
    }
    let token = &reading.tokens[start];
    let goes_on = is_finite(token) || token.classes.has(Class::Preposition) && !token.is("according");
    let end = clause_end(reading, start, sentence.end);
    (goes_on && end > start && !has_form(reading, start, VerbForm::Ing)).then_some(start..end)
}

type After = (Construction, Vec<Range<usize>>, Option<Range<usize>>);

/// The content after a verb, by the frames that it takes.
fn content_after(reading: &Reading<'_>, entry: &VerbEntry, after: usize, sentence: &Range<usize>) -> Option<After> {
    let ceiling = sentence.end;
    let frames = entry.frames;
    let addressee = entry.addressee.then(|| addressee(reading, after, ceiling)).flatten();
    let direct_object = frames.noun || frames.label || frames.object_to;
    let mut at = addressee.as_ref().map_or(after, |range| range.end);
    if frames.to && reading.is(at, "to") {
        let goes_on = reading.token(at + 1).is_some_and(|next| !next.classes.has(Class::Determiner) && !next.capital && next.is_word());
        let end = clause_end(reading, at, ceiling);
        return (goes_on && end > at + 1).then(|| (Construction::VerbTo, vec![at..end], addressee));
    }
    let adjuncts_end = skip_adjuncts(reading, at, ceiling);
    let then = |offset: usize, plain: &str| reading.is(adjuncts_end + offset, plain) && adjuncts_end + offset < ceiling;
    // "said on Tuesday that": the circumstance is skipped; "spoke of" and the like are read as they stand.
    if !direct_object
        || then(0, "that")
        || then(0, ":")
        || opens_quotation(reading, adjuncts_end)
        || reading.tokens.get(at).is_some_and(|token| token.classes.has(Class::Weekday))
    {
        at = adjuncts_end;
    }
    if at >= ceiling {
        return None;
    }
    let comma = usize::from(reading.is(at, ","));
    if frames.quote
        && let Some(content) = lead_in(reading, at, ceiling)
    {
        return Some((Construction::QuoteLeadIn, content, addressee));
    }
    let that = at + comma;
    if frames.that && reading.is(that, "that") && that + 1 < ceiling {
        let start = if reading.is(that + 1, ",") { that + 2 } else { that + 1 };
        let content = coordinated_clauses(reading, start, ceiling);
        return Some((Construction::VerbThat, content, addressee)).filter(|(_, content, _)| !content.is_empty());
    }
    let token = &reading.tokens[at];
    let span = |construction| {
        let end = clause_end(reading, at, ceiling);
        (end > at).then(|| (construction, vec![at..end], addressee.clone()))
    };
    if frames.wh && token.classes.has(Class::Wh) {
        return span(Construction::VerbWh);
    }
    let opens = begins_phrase(token) || opens_quotation(reading, at) || token.is("there") || token.classes.has(Class::SubjectPronoun);
    if frames.clause && opens && holds_clause(reading, at, ceiling) {
        return span(Construction::VerbClause);
    }
    let object = opens || token.classes.has(Class::ObjectPronoun) || token.verb == Some(VerbForm::Ing) || token.classes.has(Class::Wh);
    if frames.noun && object {
        let end = noun_end(reading, at, ceiling);
        if reading.is(end, ":") && end + 1 < ceiling {
            // "laid out three conditions: …": what follows the colon is what was said.
            let rest = clause_end(reading, end + 1, ceiling);
            return (rest > end + 1).then(|| (Construction::VerbNoun, vec![end + 1..rest], addressee));
        }
        return (end > at).then(|| (Construction::VerbNoun, vec![at..end], addressee));
    }
    if frames.object_to && object {
        let end = clause_end(reading, at, ceiling);
        let to = (at + 1..end).find(|&inner| reading.is(inner, "to") && reading.quotation(inner).is_none())?;
        let acts = (at..to).all(|inner| !is_finite(&reading.tokens[inner]) && !reading.is(inner, ","));
        return (acts && to + 1 < end).then(|| (Construction::VerbNoun, vec![at..end], addressee));
    }
    if frames.label && object {
        let end = clause_end(reading, at, ceiling);
        return is_label(reading, at..end).then(|| (Construction::VerbNoun, vec![at..end], addressee));
    }
    None
}

/// The clause from `start`, and one that is joined to it by "but that" or "and that".
fn coordinated_clauses(reading: &Reading<'_>, start: usize, ceiling: usize) -> Vec<Range<usize>> {
    let end = clause_end(reading, start, ceiling);
    let joined = (start + 1..end)
        .find(|&at| matches!(&*reading.tokens[at].plain, "but" | "and") && reading.is(at + 1, "that") && reading.quotation(at).is_none());
    match joined {
        Some(at) if at + 2 < end => {
            let before = if reading.is(at - 1, ",") { at - 1 } else { at };
            [start..before, at + 2..end].into_iter().filter(|range| !range.is_empty()).collect()
        }
        _ if end > start => vec![start..end],
        _ => Vec::new(),
    }
}

fn opens_quotation(reading: &Reading<'_>, at: usize) -> bool {
    reading.quotation(at).is_some_and(|quotation| quotation.tokens.start == at)
}

/// The quotation that a verb leads in: X said: “…”, X said, “…”, and in the next paragraph after a colon.
fn lead_in(reading: &Reading<'_>, at: usize, ceiling: usize) -> Option<Vec<Range<usize>>> {
    let led = reading.is(at, ":") || reading.is(at, ",");
    let mut start = if led { at + 1 } else { at };
    if reading.is(at, ":") && start >= ceiling && reading.token(start).is_some_and(|token| token.kind == TokenKind::LineEnd) {
        start += 1;
    }
    if reading.is(at, ":") && !opens_quotation(reading, start) && start < ceiling {
        let end = clause_end(reading, start, ceiling);
        return (end > start).then(|| vec![start..end]);
    }
    let quotation = reading.quotation(start).filter(|quotation| quotation.tokens.start == start)?;
    let whole = quotation.tokens.end + 1 >= ceiling;
    if whole {
        return Some(vec![quotation.tokens.clone()]);
    }
    // “…” and what follows it in the sentence, where the reporter goes on in the source's words.
    let end = clause_end(reading, start, ceiling);
    let own = led && end > quotation.tokens.end && !reading.is(quotation.tokens.end, "and");
    Some(vec![start..if own { quotation.tokens.end } else { end.max(quotation.tokens.end) }])
}

/// Whether a clause with a verb of its own begins at `at`.
fn holds_clause(reading: &Reading<'_>, at: usize, ceiling: usize) -> bool {
    let end = clause_end(reading, at, ceiling);
    end > at + 1
        && (at..end).any(|inner| {
            is_finite(&reading.tokens[inner])
                || reading.quotation(inner).is_some()
                || has_form(reading, inner, VerbForm::Base) && inner > at
        })
}

/// The end of an object noun phrase with all that hangs on it: the clause's end, but for a new sentence part.
fn noun_end(reading: &Reading<'_>, start: usize, ceiling: usize) -> usize {
    let end = clause_end(reading, start, ceiling);
    let colon = (start..end).find(|&at| reading.is(at, ":") && reading.quotation(at).is_none());
    let new_part = (start + 1..end).find(|&at| {
        let next = reading.token(at + 1);
        let comma = reading.is(at, ",") && reading.quotation(at).is_none();
        comma
            && next.is_some_and(|next| {
                next.classes.has(Class::SubjectPronoun) && !next.classes.has(Class::Relative)
                    || next.verb == Some(VerbForm::Ing)
                    || next.classes.has(Class::Coordinator) && !next.is("and")
            })
    });
    colon.into_iter().chain(new_part).min().unwrap_or(end)
}

/// "it a lie", "the talks as frank", "the report “fake”": an object and what it is called.
fn is_label(reading: &Reading<'_>, range: Range<usize>) -> bool {
    let inner = range.start + 1..range.end;
    inner.clone().any(|at| reading.is(at, "as") || reading.is(at, "a") || reading.is(at, "an") || opens_quotation(reading, at))
}

/// Somebody who is spoken to, after a verb that may take one: "reporters", "the Gazette", "him".
fn addressee(reading: &Reading<'_>, start: usize, ceiling: usize) -> Option<Range<usize>> {
    let first = reading.token(start).filter(|_| start < ceiling)?;
    let c = first.classes;
    if c.has(Class::ObjectPronoun)
        && !(c.has(Class::Determiner) && reading.token(start + 1).is_some_and(|next| begins_phrase(next) && !next.capital))
    {
        return Some(start..start + 1);
    }
    if !begins_phrase(first) || c.has(Class::SubjectPronoun) || opens_quotation(reading, start) {
        return None;
    }
    let mut end = start + 1;
    while end < ceiling && end - start < 12 {
        let (before, token) = (&reading.tokens[end - 1], &reading.tokens[end]);
        let c = token.classes;
        let closed = token.kind != TokenKind::Word && !token.is("’")
            || c.has(Class::SubjectPronoun)
            || c.has(Class::Wh)
            || token.is("that")
            || token.is("to")
            || c.has(Class::Weekday);
        let joined = before.classes.has(Class::Preposition) || before.classes.has(Class::Determiner) || before.is("'s") || before.is("and");
        let fresh = !joined && (c.has(Class::Determiner) || (token.capital && !before.capital));
        let adjunct = matches!(
            &*token.plain,
            "in" | "on" | "at" | "during" | "after" | "by" | "last" | "this" | "earlier" | "before" | "when" | "via" | "about"
        );
        if closed || fresh || adjunct {
            break;
        }
        if is_finite(token) {
            return (end - start == 2 && !first.capital).then_some(start..start + 1);
        }
        end += 1;
    }
    Some(start..end)
}

fn refusal(reading: &Reading<'_>, cue: Cue, sentence: &Range<usize>, shared: Option<Range<usize>>) -> Option<Attribution> {
    let source = subject_before(reading, cue.tokens.start, sentence.start).or(shared)?;
    let at = cue.tokens.end;
    let about = matches!(reading.token(at).map(|token| &*token.plain), Some("on" | "about"))
        && reading.token(at + 1).is_some_and(|next| !next.classes.has(Class::Weekday))
        && at + 1 < sentence.end;
    let asked = reading.token(at).is_some_and(|token| token.classes.has(Class::Wh) && at < sentence.end);
    let start = if about { at + 1 } else { at };
    let end = if about || asked || ends_in_verb(&reading.tokens[at - 1].plain) { noun_end(reading, start, sentence.end) } else { start };
    let end = (start..end).find(|&at| reading.is(at, "when") && at > start).unwrap_or(end);
    let content = if end > start { vec![start..end] } else { Vec::new() };
    Some(Attribution {
        construction: Construction::NoComment,
        cue: Some(cue),
        source: Some(source),
        speaker_of: None,
        content,
        addressee: None,
    })
}

/// Whether a refusal ends in a verb that takes what is refused as its object ("declined to discuss the case").
fn ends_in_verb(plain: &str) -> bool {
    matches!(plain, "confirm" | "discuss" | "disclose" | "identify" | "specify" | "say" | "provide" | "give" | "answer" | "explain")
}

fn preposition(reading: &Reading<'_>, cue: Cue, sentence: &Range<usize>) -> Option<Attribution> {
    let named = phrase_after(reading, cue.tokens.end, sentence.end)?;
    let (start, end) = (cue.tokens.start, named.end);
    let leads = start == sentence.start || (start == sentence.start + 1) || reading.tokens[start].capital;
    let mut source = named;
    let content = if leads {
        // The source ends with the comma before the clause that it stands for.
        let comma = (cue.tokens.end..sentence.end).find(|&at| reading.is(at, ",") && reading.quotation(at).is_none())?;
        let comma = clause_comma(reading, comma, sentence.end);
        source = cue.tokens.end..comma;
        let clause = clause_end(reading, comma + 1, sentence.end);
        let whole =
            reading.quotation(comma + 1).filter(|quotation| quotation.tokens.start == comma + 1 && quotation.tokens.end >= sentence.end);
        vec![comma + 1..whole.map_or(clause, |quotation| quotation.tokens.end)]
    } else {
        let from = clause_start(reading, sentence.start, start);
        let before = if reading.is(start - 1, ",") { start - 1 } else { start };
        let rest = continuation(reading, end, sentence).filter(|range| !reading.tokens[range.start].classes.has(Class::Relative));
        let quotation = reading
            .quotation(before.checked_sub(1)?)
            .filter(|quotation| quotation.tokens.end == before && quotation.tokens.start < sentence.start);
        let first = quotation.map_or(from..before, |quotation| quotation.tokens.clone());
        std::iter::once(first).filter(|range| !range.is_empty()).chain(rest).collect()
    };
    let speaks = reading.tokens[source.clone()].iter().any(|token| token.classes.has(Class::SubjectPronoun) || token.is_word());
    let holds = content.iter().any(|range| range.len() > 1) && content.iter().all(|range| !range.is_empty());
    (speaks && holds).then_some(Attribution {
        construction: Construction::AccordingTo,
        cue: Some(cue),
        source: Some(source),
        speaker_of: None,
        content,
        addressee: None,
    })
}

/// The comma after which the main clause begins, appositions skipped.
fn clause_comma(reading: &Reading<'_>, comma: usize, ceiling: usize) -> usize {
    let next = reading.token(comma + 1);
    let apposed = next.is_some_and(|token| token.classes.has(Class::Relative) || matches!(&*token.plain, "a" | "an"));
    let second = (comma + 1..ceiling).find(|&at| reading.is(at, ",") && reading.quotation(at).is_none());
    match second {
        Some(second) if apposed && second + 1 < ceiling => second,
        _ => comma,
    }
}

/// Where the clause that ends before `end` begins: after another attribution's words in the same sentence.
fn clause_start(reading: &Reading<'_>, floor: usize, end: usize) -> usize {
    (floor..end).rev().find(|&at| reading.is(at, ";")).map_or_else(|| skip_lead(reading, floor, end), |at| at + 1)
}

fn noun(reading: &Reading<'_>, cue: Cue, sentence: &Range<usize>) -> Option<Attribution> {
    let (at, next) = (cue.tokens.start, cue.tokens.end);
    let to = reading.is(next, "to");
    let start = if to { next } else { next + 1 };
    let end = if reading.is(next, "that") { clause_end(reading, start, sentence.end) } else { noun_end(reading, start, sentence.end) };
    let source = owner(reading, at, sentence.start);
    let clause = !reading.is(next, "that") || holds_clause(reading, start, sentence.end);
    (end > start && clause).then_some(Attribution {
        construction: Construction::Noun,
        cue: Some(cue),
        source,
        speaker_of: None,
        content: vec![start..end],
        addressee: None,
    })
}

/// Whose claim it is: "Smith's claim", "his pledge".
fn owner(reading: &Reading<'_>, noun: usize, floor: usize) -> Option<Range<usize>> {
    let at = (floor.max(noun.saturating_sub(3))..noun).rev().find(|&at| {
        let token = &reading.tokens[at];
        token.is("'s") || token.is("’") || matches!(&*token.plain, "his" | "her" | "their" | "its")
    })?;
    if !reading.tokens[at].is("'s") && !reading.tokens[at].is("’") {
        return Some(at..at + 1);
    }
    crate::phrases::phrase_before(reading, at, floor)
}

fn adverb(reading: &Reading<'_>, cue: Cue, sentence: &Range<usize>) -> Option<Attribution> {
    let at = cue.tokens.start;
    let floor = (sentence.start..at)
        .rev()
        .find(|&before| {
            matches!(&*reading.tokens[before].plain, ";" | "that" | "who" | ":")
                || reading.is(before, ",") && reading.quotation(before).is_none()
        })
        .map_or(sentence.start, |before| before + 1);
    let start = skip_lead(reading, floor, at);
    let end = clause_end(reading, at + 1, sentence.end);
    let content: Vec<Range<usize>> = [start..at, at + 1..end].into_iter().filter(|range| !range.is_empty()).collect();
    let enough = content.iter().map(ExactSizeIterator::len).sum::<usize>() > 2;
    enough.then_some(Attribution {
        construction: Construction::Adverb,
        cue: Some(cue),
        source: None,
        speaker_of: None,
        content,
        addressee: None,
    })
}
