//! Finds the words that attribute: reporting verbs with their group, refusals, "according to", nouns and adverbs.

use claims::Act;
use language::{Class, TokenKind, VerbForm};

use crate::attribution::{Cue, CueKind, Subject};
use crate::phrases::is_finite;
use crate::reading::Reading;
use crate::rules::{Pattern, Step, VerbEntry, rules};

/// So many cues of a sentence are read: what a sentence costs is then bounded.
const MAX_CUES_A_SENTENCE: usize = 16;

/// The cues of a text, in its order. Words within quotation marks are the source's own and attribute nothing here.
pub(crate) fn cues(reading: &Reading<'_>) -> Vec<Cue> {
    let mut found = Vec::new();
    for sentence in &reading.sentences {
        let mut at = sentence.tokens.start;
        let first = found.len();
        while at < sentence.tokens.end && found.len() - first < MAX_CUES_A_SENTENCE {
            if let Some(quotation) = reading.quotation(at) {
                at = quotation.tokens.end.max(at + 1);
                continue;
            }
            match cue_at(reading, at, sentence.tokens.start, sentence.tokens.end) {
                Some(cue) => {
                    at = cue.tokens.end.max(at + 1);
                    found.push(cue);
                }
                None => at += 1,
            }
        }
    }
    found
}

/// The reporting verbs that a word may be, in one form: `None` where it is none.
pub(crate) fn has_reporting_form(plain: &str, form: VerbForm) -> bool {
    rules().verbs.get(plain).is_some_and(|entries| entries.iter().any(|entry| entry.form == form))
}

fn cue_at(reading: &Reading<'_>, at: usize, floor: usize, ceiling: usize) -> Option<Cue> {
    if reading.tokens[at].kind != TokenKind::Word {
        return None;
    }
    refusal(reading, at, floor, ceiling)
        .or_else(|| preposition(reading, at, ceiling))
        .or_else(|| passive(reading, at, floor))
        .or_else(|| verb(reading, at, floor, ceiling))
        .or_else(|| noun(reading, at, ceiling))
        .or_else(|| adverb(reading, at))
}

fn refusal(reading: &Reading<'_>, at: usize, floor: usize, ceiling: usize) -> Option<Cue> {
    let plain = &*reading.tokens[at].plain;
    let start = group_start(reading, at, floor);
    let find = |patterns: &'static [Pattern]| {
        patterns.iter().find_map(|pattern| Some((pattern, match_steps(reading, &pattern.rest, at + 1, ceiling)?)))
    };
    let is_negated = (start..at).any(|before| negates(reading, before));
    // "did not respond to the treatment" is no refusal; "to a request for comment" is part of the pattern.
    let refuses = |(pattern, end): (&'static Pattern, usize)| (!reading.is(end, "to")).then_some((pattern, end));
    let plainly = rules().refusals.get(plain).and_then(|patterns| find(patterns));
    let (pattern, end) = plainly
        .or_else(|| rules().negated_refusals.get(plain).filter(|_| is_negated).and_then(|patterns| find(patterns)).and_then(refuses))?;
    Some(Cue { tokens: start..end, lemma: pattern.lemma.clone(), act: Act::Decline, kind: CueKind::NoComment })
}

/// One past the tokens from `at` that the steps match.
fn match_steps(reading: &Reading<'_>, steps: &[Step], at: usize, ceiling: usize) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else { return Some(at) };
    match step {
        Step::Word(words) => {
            let token = reading.token(at).filter(|_| at < ceiling)?;
            words.iter().any(|word| token.is(word)).then(|| match_steps(reading, rest, at + 1, ceiling)).flatten()
        }
        Step::Gap => (at..=(at + 3).min(ceiling)).find_map(|start| {
            let crossed = (at..start).all(|between| reading.tokens[between].is_word());
            crossed.then(|| match_steps(reading, rest, start, ceiling)).flatten()
        }),
    }
}

fn preposition(reading: &Reading<'_>, at: usize, ceiling: usize) -> Option<Cue> {
    let words = rules()
        .prepositions
        .iter()
        .find(|words| at + words.len() < ceiling && words.iter().enumerate().all(|(offset, word)| reading.is(at + offset, word)))?;
    if rules().never_sources.contains(&*reading.tokens[at + words.len()].plain) {
        return None;
    }
    Some(Cue { tokens: at..at + words.len(), lemma: words.join(" "), act: Act::Say, kind: CueKind::Preposition })
}

fn verb(reading: &Reading<'_>, at: usize, floor: usize, ceiling: usize) -> Option<Cue> {
    let entries = rules().verbs.get(&*reading.tokens[at].plain)?;
    if in_a_name(reading, at, floor, ceiling) {
        return None;
    }
    let fits = |entry: &VerbEntry| {
        at + entry.rest.len() < ceiling && entry.rest.iter().enumerate().all(|(offset, word)| reading.is(at + 1 + offset, word))
    };
    let longest = entries.iter().find(|entry| fits(entry))?.rest.len();
    let matching: Vec<&'static VerbEntry> = entries.iter().filter(|entry| entry.rest.len() == longest && fits(entry)).collect();
    let start = group_start(reading, at, floor);
    let entries: Vec<&'static VerbEntry> = matching.into_iter().filter(|entry| form_fits(reading, entry, start, at, floor)).collect();
    let first = *entries.first()?;
    let negated = (start..at).any(|before| negates(reading, before));
    let kind = CueKind::Verb { negated, subject: subject(reading, first.form, start, at, floor), entries };
    Some(Cue { tokens: start..at + longest + 1, lemma: first.lemma.clone(), act: first.act, kind })
}

/// "United States": a capitalized word within a name, in a sentence that is not a headline with capitals throughout.
fn in_a_name(reading: &Reading<'_>, at: usize, floor: usize, ceiling: usize) -> bool {
    if !reading.tokens[at].capital || at == floor {
        return false;
    }
    let words = reading.tokens[floor..ceiling.min(floor + 40)].iter().filter(|token| token.is_word() && token.plain.len() > 3);
    let (capitals, all) = words.fold((0, 0), |(capitals, all), token| (capitals + usize::from(token.capital), all + 1));
    2 * capitals < all + 1
}

fn noun(reading: &Reading<'_>, at: usize, ceiling: usize) -> Option<Cue> {
    let entry = rules().nouns.get(&*reading.tokens[at].plain)?;
    let next = reading.token(at + 1).filter(|_| at + 2 < ceiling)?;
    if !entry.frames.iter().any(|frame| next.is(frame)) {
        return None;
    }
    Some(Cue { tokens: at..at + 1, lemma: reading.tokens[at].plain.to_string(), act: entry.act, kind: CueKind::Noun })
}

/// "is expected" before "to".
fn passive(reading: &Reading<'_>, at: usize, floor: usize) -> Option<Cue> {
    let (lemma, act) = rules().passives.get(&*reading.tokens[at].plain)?;
    let start = group_start(reading, at, floor);
    let is_passive = (start..at).any(|before| matches!(&*reading.tokens[before].plain, "is" | "are" | "was" | "were" | "been"));
    (is_passive && reading.is(at + 1, "to")).then(|| Cue { tokens: start..at + 1, lemma: lemma.clone(), act: *act, kind: CueKind::Adverb })
}

fn adverb(reading: &Reading<'_>, at: usize) -> Option<Cue> {
    let act = *rules().adverbs.get(&*reading.tokens[at].plain)?;
    Some(Cue { tokens: at..at + 1, lemma: reading.tokens[at].plain.to_string(), act, kind: CueKind::Adverb })
}

/// The first token of the verb group that ends with the verb at `head`: its auxiliaries, negation and the adverbs between.
fn group_start(reading: &Reading<'_>, head: usize, floor: usize) -> usize {
    let mut start = head;
    let mut first_auxiliary = head;
    while start > floor && head - start < 8 {
        let token = &reading.tokens[start - 1];
        let c = token.classes;
        let pronoun = c.has(Class::SubjectPronoun);
        let auxiliary = (c.has(Class::Auxiliary) || c.has(Class::Negation))
            && !pronoun
            && !c.has(Class::Determiner)
            && !(token.is("may") && token.capital);
        let adverb = token.is_adverb() && !token.is("there") && !token.is("here");
        if !(auxiliary || adverb || (token.is("to") && start > floor + 1 && reading.is(start - 2, "yet"))) {
            break;
        }
        start -= 1;
        if auxiliary {
            first_auxiliary = start;
        }
    }
    first_auxiliary
}

fn negates(reading: &Reading<'_>, at: usize) -> bool {
    let token = &reading.tokens[at];
    (token.has(Class::Negation) && !token.is("no")) || (token.is("yet") && reading.is(at + 1, "to"))
}

/// Whether the words around a verb let it be this form of this verb.
fn form_fits(reading: &Reading<'_>, entry: &VerbEntry, start: usize, head: usize, floor: usize) -> bool {
    let group = &reading.tokens[start..head];
    let auxiliary = group.iter().rev().find(|token| token.has(Class::Auxiliary)).map(|token| &*token.plain);
    let contracted =
        (start > floor).then(|| &reading.tokens[start - 1]).filter(|token| token.has(Class::SubjectPronoun) && token.plain.contains('\''));
    let is_be = |word: &str| {
        matches!(word, "is" | "are" | "was" | "were" | "be" | "been" | "being" | "am" | "isn't" | "aren't" | "wasn't" | "weren't")
    };
    let before = before_group(reading, start, floor);
    let previous = before.map(|at| &reading.tokens[at]);
    let nominal_before = previous.is_some_and(|token| {
        let c = token.classes;
        let possessive = token.is("'s") || token.is("’");
        let determiner = c.has(Class::Determiner)
            && !matches!(&*token.plain, "some" | "many" | "all" | "both" | "several" | "most" | "few" | "two" | "three" | "that");
        let superlative = token.is("most") && before.is_some_and(|at| at > floor && reading.is(at - 1, "the"));
        let linked = c.has(Class::Subordinator) && !c.has(Class::Adverb) && !token.is("that");
        possessive
            || superlative
            || linked
            || determiner && !c.has(Class::SubjectPronoun)
            || c.has(Class::Preposition) && !c.has(Class::Adverb)
    });
    match entry.form {
        VerbForm::Past | VerbForm::Participle if auxiliary.is_some_and(is_be) => false,
        VerbForm::Past if auxiliary.is_some() => true,
        VerbForm::Past => !nominal_before || entry.lemma.starts_with("be "),
        VerbForm::Participle => auxiliary.is_some() || contracted.is_some(),
        VerbForm::Third => auxiliary.is_none() && !nominal_before && previous.is_some(),
        VerbForm::Base => {
            let modal = auxiliary.is_some_and(|word| !is_be(word));
            let plural = previous.is_some_and(|token| {
                let pronoun = matches!(
                    &*token.plain,
                    "they"
                        | "we"
                        | "i"
                        | "you"
                        | "who"
                        | "people"
                        | "some"
                        | "many"
                        | "others"
                        | "both"
                        | "most"
                        | "police"
                        | "several"
                        | "those"
                );
                pronoun
                    || (token.kind == TokenKind::Word
                        && token.plain.ends_with('s')
                        && token.plain.len() > 3
                        && !token.has(Class::Preposition)
                        && token.verb.is_none()
                        && !is_finite(token)
                        && !token.is("'s"))
            });
            (modal || contracted.is_some_and(|token| token.plain.ends_with("'ll") || token.plain.ends_with("'d")))
                || (plural && auxiliary.is_none())
        }
        VerbForm::Ing => {
            let progressive = auxiliary.is_some_and(is_be) || contracted.is_some_and(|token| !token.plain.ends_with("'ll"));
            let participle = previous.is_none_or(|token| {
                token.is(",")
                    || token.is("and")
                    || token.is("or")
                    || token.is("—")
                    || token.is("–")
                    || token.is("while")
                    || token.kind == TokenKind::Mark
                    || (token.kind == TokenKind::Word
                        && !nominal_before
                        && token.verb.is_none()
                        && !token.has(Class::Auxiliary)
                        && !token.has(Class::Subordinator)
                        && !token.has(Class::Coordinator))
                    || token.is("by")
                    || token.has(Class::Weekday)
            });
            progressive || participle
        }
    }
}

/// The token before a verb group, adverbs left out.
fn before_group(reading: &Reading<'_>, start: usize, floor: usize) -> Option<usize> {
    (floor..start).rev().find(|&at| {
        let token = &reading.tokens[at];
        !token.is_adverb() || token.has(Class::SubjectPronoun)
    })
}

fn subject(reading: &Reading<'_>, form: VerbForm, start: usize, head: usize, floor: usize) -> Subject {
    let Some(before) = before_group(reading, start, floor).map(|at| &reading.tokens[at]) else {
        return if form == VerbForm::Ing { Subject::Shared } else { Subject::Beside };
    };
    let conveyed = form == VerbForm::Ing
        && before.kind == TokenKind::Word
        && !before.has(Class::Weekday)
        && !before.capital
        && !rules().statements.contains(&*before.plain);
    let noun_before =
        conveyed && start == head && !before.has(Class::Coordinator) && !before.has(Class::Preposition) && !before.has(Class::Subordinator);
    if noun_before {
        return Subject::Beside;
    }
    let coordinated = before.is("and") || before.is("or") || before.is("but");
    let participle = form == VerbForm::Ing && start == head && !(before.has(Class::SubjectPronoun) && before.plain.contains('\''));
    if coordinated || participle { Subject::Shared } else { Subject::Beside }
}
