//! Finds the words attributed, for each cue with its source: on either side of it, in or out of quotation marks.

mod after;
mod before;
mod clause;
mod verbless;

use std::ops::Range;

use language::{Class, VerbForm};

use crate::attribution::{Attribution, Construction, Cue, CueKind, Subject};
use crate::reading::Reading;
use crate::rules::{VerbEntry, rules};
use crate::sources::{subject_before, subject_of_sentence};

/// The attributions of a text, in the order of their cues.
pub(crate) fn attributions(reading: &Reading<'_>, cues: Vec<Cue>) -> Vec<Attribution> {
    let mut found: Vec<Attribution> = Vec::new();
    for cue in cues {
        let sentence = reading.sentence(cue.tokens.start).tokens.clone();
        let attribution = match &cue.kind {
            CueKind::Verb { subject: Subject::Beside, .. } => before_verb(reading, &cue, &sentence)
                .or_else(|| after_verb(reading, &cue, own_subject(reading, &cue, &sentence), &sentence)),
            CueKind::Verb { subject: Subject::Shared, .. } => {
                after_verb(reading, &cue, shared_subject(reading, &found, &sentence, &cue), &sentence)
            }
            CueKind::NoComment => {
                let source =
                    subject_before(reading, cue.tokens.start, sentence.start).or_else(|| shared_subject(reading, &found, &sentence, &cue));
                verbless::refusal(reading, cue, source, &sentence)
            }
            CueKind::Preposition => verbless::preposition(reading, cue, &sentence),
            CueKind::Noun => verbless::noun(reading, cue, &sentence),
            CueKind::Adverb => verbless::adverb(reading, cue, &sentence),
        };
        found.extend(attribution.filter(in_order));
    }
    found
}

/// “…,” X said. “…,” said X.
fn before_verb(reading: &Reading<'_>, cue: &Cue, sentence: &Range<usize>) -> Option<Attribution> {
    let CueKind::Verb { entries, .. } = &cue.kind else { return None };
    let entry = entries.iter().find(|entry| entry.frames.quote && entry.form != VerbForm::Ing)?;
    let source_first = || {
        let source = subject_before(reading, cue.tokens.start, sentence.start)?;
        let after = after::addressee_end(reading, entry, cue.tokens.end, sentence.end);
        if let Some(content) = before::as_said(reading, source.start, after, sentence) {
            return Some(attribution(cue, entry, Construction::AsSaid, source, content, None));
        }
        let (content, direct) = before::content_before(reading, source.start, after, sentence)?;
        let construction = if direct { Construction::QuoteSourceSaid } else { Construction::ClauseSourceSaid };
        Some(attribution(cue, entry, construction, source, content, None))
    };
    let verb_first = || {
        let (source, content, direct) = before::inverted(reading, cue, sentence)?;
        let construction = if direct { Construction::QuoteSaidSource } else { Construction::ClauseSaidSource };
        Some(attribution(cue, entry, construction, source, content, None))
    };
    // After a mark the subject follows, if one does: “…,” said X.
    let before = cue.tokens.start.checked_sub(1).filter(|&at| at >= sentence.start && !reading.is(at, ","));
    let marked = before
        .map_or(cue.tokens.start.checked_sub(2), Some)
        .is_some_and(|at| reading.quotation(at).is_some_and(|quotation| quotation.tokens.end == at + 1));
    match () {
        () if !entry.inverts => source_first(),
        () if marked => verb_first().or_else(source_first),
        () if subject_before(reading, cue.tokens.start, sentence.start).is_some() => source_first(),
        () => verb_first(),
    }
}

/// X said: “…” X said that …
fn after_verb(reading: &Reading<'_>, cue: &Cue, source: Option<Range<usize>>, sentence: &Range<usize>) -> Option<Attribution> {
    let CueKind::Verb { entries, .. } = &cue.kind else { return None };
    let source = source?;
    let ceiling = after::subordinate_ceiling(reading, &source, cue.tokens.end, sentence);
    entries.iter().find_map(|entry| {
        let (construction, mut content, addressee) = after::content_after(reading, entry, cue.tokens.end, &(sentence.start..ceiling))?;
        // "a figure that the chief says includes …": the relative pronoun is the content's subject.
        let relative = source.start.checked_sub(1).filter(|&at| construction == Construction::VerbGap && at >= sentence.start);
        if let Some(at) = relative.filter(|&at| reading.tokens[at].has(Class::Relative) || reading.is(at, "that")) {
            content.insert(0, at..at + 1);
        }
        let sound = fits_clause(reading, &source, sentence, construction) && shows_verb(reading, cue, construction, &source, entry.form);
        sound.then(|| attribution(cue, entry, construction, source.clone(), content, addressee))
    })
}

/// Whether the clause that a verb stands in lets it attribute: "after he agreed to go", "if they want a vote" only tell of events,
/// and a verb whose subject is missing behind it needs a relative pronoun or a pronoun before.
fn fits_clause(reading: &Reading<'_>, source: &Range<usize>, sentence: &Range<usize>, construction: Construction) -> bool {
    let before = source.start.checked_sub(1).filter(|&at| at >= sentence.start).map(|at| &reading.tokens[at]);
    let event = before.is_some_and(|token| {
        token.has(Class::Subordinator)
            && !matches!(&*token.plain, "that" | "because" | "while" | "although" | "though" | "where" | "whether")
            || token.has(Class::Preposition) && !token.is("like")
    });
    match construction {
        Construction::VerbTo | Construction::VerbNoun => !event,
        Construction::VerbGap => {
            before.is_some_and(|token| token.has(Class::Relative) || token.is("that"))
                || reading.tokens[source.start].has(Class::SubjectPronoun)
        }
        _ => !before.is_some_and(|token| matches!(&*token.plain, "if" | "unless" | "until")),
    }
}

/// Whether a word that may be a noun is a verb here: by what follows, or by a name or pronoun before it. A participle behind
/// a noun is sure only where a clause or quotation follows it.
fn shows_verb(reading: &Reading<'_>, cue: &Cue, construction: Construction, source: &Range<usize>, form: VerbForm) -> bool {
    let start = cue.tokens.start;
    if form == VerbForm::Ing && construction == Construction::VerbNoun && start > 0 && cue.tokens.len() == 1 {
        return !reading.tokens[start - 1].is_word() || reading.tokens[start - 1].has(Class::Coordinator);
    }
    if !rules().nouns_as_well.contains(&*reading.tokens[cue.tokens.end - 1].plain) || cue.tokens.len() > 1 {
        return true;
    }
    let first = &reading.tokens[source.start];
    let named = first.has(Class::SubjectPronoun) || reading.name(source.end - 1).is_some();
    let singular = form == VerbForm::Third && source.len() <= 3 && first.has(Class::Determiner) && !first.has(Class::Negation);
    let plural = form == VerbForm::Base && source.len() <= 2 && construction == Construction::VerbThat;
    (named && construction != Construction::VerbGap) || (construction != Construction::VerbNoun && (singular || plural))
}

/// The subject beside a verb, unless "as", "than" or "what" before it makes its clause another's part.
fn own_subject(reading: &Reading<'_>, cue: &Cue, sentence: &Range<usize>) -> Option<Range<usize>> {
    let subject = subject_before(reading, cue.tokens.start, sentence.start)?;
    let outside = subject.start > sentence.start && matches!(&*reading.tokens[subject.start - 1].plain, "what" | "as" | "than" | "how");
    (!outside).then_some(subject)
}

/// The claim of a verb, once its content has told which of its rules it is read by.
fn attribution(
    cue: &Cue,
    entry: &VerbEntry,
    construction: Construction,
    source: Range<usize>,
    content: Vec<Range<usize>>,
    addressee: Option<Range<usize>>,
) -> Attribution {
    let negated = matches!(cue.kind, CueKind::Verb { negated: true, .. });
    let cue = Cue { lemma: entry.lemma.clone(), act: if negated { entry.negated } else { entry.act }, ..cue.clone() };
    Attribution { construction, cue: Some(cue), source: Some(source), speaker_of: None, content, addressee }
}

/// The subject that a verb shares: of the last verb of the sentence that does not stand in another's content, else of the sentence.
fn shared_subject(reading: &Reading<'_>, found: &[Attribution], sentence: &Range<usize>, cue: &Cue) -> Option<Range<usize>> {
    let here: Vec<&Attribution> = found
        .iter()
        .rev()
        .take_while(|earlier| earlier.cue.as_ref().is_some_and(|earlier| sentence.contains(&earlier.tokens.start)))
        .filter(|earlier| earlier.construction != Construction::Noun)
        .collect();
    let nested = |inner: &Attribution| {
        here.iter().any(|outer| outer.content.iter().any(|range| range.start <= inner.start() && inner.end() <= range.end))
    };
    let main = here.iter().find(|earlier| earlier.source.is_some() && !nested(earlier));
    main.and_then(|earlier| earlier.source.clone()).or_else(|| subject_of_sentence(reading, sentence.start, cue.tokens.start))
}

/// Spans must not run into each other: a fault of the rules then costs a claim, not a wrong one.
fn in_order(attribution: &Attribution) -> bool {
    let apart = attribution.content.windows(2).all(|pair| pair[0].end <= pair[1].start);
    apart && attribution.content.iter().all(|range| !range.is_empty())
}
