//! What the outlet says itself, attributed to nobody: that no evidence was given, that an earlier denial turned out to be false.

use std::ops::Range;

use claims::{Act, Confidence, SourceKind};
use language::{Class, Token, TokenKind};

use crate::attribution::{Attribution, Scores, likeliest};
use crate::directory::Resolved;
use crate::explain::Step;
use crate::phrases::{is_finite, phrase_after};
use crate::reading::Reading;
use crate::remark_rules::{Extent, RemarkRule, rules};
use crate::speakers::Speaker;

/// How a claim in the outlet's own voice says that it was found.
pub(crate) const RULE: &str = "own-voice";

/// The share of remarks that a reader of articles not used for the rules found right: 57 of 61. The rules weigh nothing, so all are
/// as likely.
pub(crate) const CONFIDENCE: Confidence = Confidence { content: 0.93, source: 0.93, act: 0.93 };

/// A clause is followed so many tokens to either side.
const REACH: usize = 60;

/// A quotation of more tokens than this is what somebody said, not a word in doubt.
const SCARE: usize = 6;

/// What the outlet says itself.
#[derive(Clone, Debug)]
pub(crate) struct Remark {
    /// The name of the rule that found it.
    pub(crate) rule: &'static str,
    /// It as an attribution without words that attribute it.
    pub(crate) attribution: Attribution,
}

impl Remark {
    fn new(rule: &'static str, content: Range<usize>) -> Self {
        let scores = Scores { roles: CONFIDENCE.content.ln(), ..Scores::of(Act::Say, SourceKind::Outlet) };
        Self { rule, attribution: Attribution { cue: None, source: None, content: vec![content], scores } }
    }

    /// What `gainsay read --explain` tells of it.
    pub(crate) fn step(&self) -> Step {
        Step { stage: "own voice", decided: self.rule.to_owned(), weighed: Vec::new() }
    }
}

/// The outlet as who speaks; nobody where the article does not say who published it.
pub(crate) fn speaker(publisher: Option<&str>) -> Speaker {
    let named = |name: &str| Resolved { name: name.to_owned(), kind: SourceKind::Outlet, settled: true, role: None, speaks_for: None };
    Speaker { resolved: publisher.map(named), ..Speaker::default() }
}

/// The remarks of a text in its order; `is_outlet` tells of the number of an attribution whether the outlet speaks.
pub(crate) fn remarks(reading: &Reading<'_>, attributions: &[Attribution], is_outlet: impl Fn(usize) -> bool) -> Vec<Remark> {
    let ground = Ground::new(reading, attributions, is_outlet);
    let mut found: Vec<Remark> = (0..reading.sentences.len()).flat_map(|sentence| ground.remarks(sentence)).collect();
    // Of remarks that overlap the wider one stays.
    found.sort_by_key(|remark| (remark.attribution.start(), usize::MAX - remark.attribution.end()));
    let mut end = 0;
    found.retain(|remark| {
        let apart = remark.attribution.start() >= end;
        end = end.max(remark.attribution.end());
        apart
    });
    found
}

/// What of a text is the outlet's own.
struct Ground<'r, 't> {
    reading: &'r Reading<'t>,
    /// Of each token, whether others say it.
    others: Vec<bool>,
    /// Of each token, whether it is of a cue.
    cue: Vec<bool>,
    /// Of each token, whether it is of a cue of a refusal.
    refusal: Vec<bool>,
}

impl<'r, 't> Ground<'r, 't> {
    fn new(reading: &'r Reading<'t>, attributions: &[Attribution], is_outlet: impl Fn(usize) -> bool) -> Self {
        let none = || vec![false; reading.tokens.len()];
        let mut ground = Self { reading, others: none(), cue: none(), refusal: none() };
        for quotation in reading.quotations.iter().filter(|quotation| quotation.depth == 0) {
            ground.others[quotation.tokens.clone()].fill(true);
        }
        for attribution in (0..attributions.len()).filter(|&number| !is_outlet(number)).map(|number| &attributions[number]) {
            let cue = attribution.cue.clone().unwrap_or(0..0);
            if likeliest(&attribution.scores.acts) == Some(Act::Decline as usize) {
                // Who refuses says nothing of what it is about: "gave no evidence" for a claim.
                ground.refusal[cue.clone()].fill(true);
            } else {
                attribution.content.iter().for_each(|range| ground.others[range.clone()].fill(true));
            }
            ground.cue[cue].fill(true);
        }
        ground
    }

    fn remarks(&self, sentence: usize) -> Vec<Remark> {
        let tokens = self.reading.sentences[sentence].tokens.clone();
        let asks =
            self.reading.tokens[tokens.clone()].iter().rev().find(|token| token.kind == TokenKind::Sign).is_some_and(|last| last.is("?"));
        if asks {
            return Vec::new();
        }
        let (mut words, mut places) = (String::from(" "), Vec::with_capacity(tokens.len()));
        for token in &self.reading.tokens[tokens.clone()] {
            places.push(words.len());
            words.push_str(&token.plain);
            words.push(' ');
        }
        let place = |bytes: Range<usize>| {
            let at = |byte: usize| tokens.start + places.partition_point(|&place| place < byte);
            at(bytes.start)..at(bytes.end)
        };
        let find = |rule: &'static RemarkRule| {
            let words = &words;
            rule.found(words).map(place).filter_map(|found| self.remark(rule, &found, &tokens)).collect::<Vec<_>>()
        };
        rules().iter().flat_map(find).collect()
    }

    /// What a rule makes of the words that it found, if they are the outlet's and said to be so.
    fn remark(&self, rule: &'static RemarkRule, found: &Range<usize>, sentence: &Range<usize>) -> Option<Remark> {
        let before = found.start.checked_sub(1).filter(|at| sentence.contains(at)).map(|at| &self.reading.tokens[at]);
        if before.is_some_and(|before| rule.not_after.iter().any(|word| before.is(word))) {
            return None;
        }
        let own = !self.others[found.clone()].contains(&true);
        let placed = !rule.by_a_cue
            || self.begins_after_cue(found)
            || own && self.cue[sentence.clone()].contains(&true) && before.is_none_or(breaks);
        if !placed || !own && !rule.by_a_cue || rule.no_refusal && self.refusal[found.clone()].contains(&true) {
            return None;
        }
        let start = self.clause_start(found.start, sentence.start);
        let opener = start.checked_sub(1).filter(|at| sentence.contains(at));
        let supposed = |at: usize| matches!(&*self.reading.tokens[at].plain, "if" | "whether" | "unless" | "until");
        let told = self.reading.tokens[start..found.start].iter().any(|token| token.has(Class::Speech) && is_finite(token));
        let clause = matches!(rule.extent, Extent::Clause | Extent::UpTo);
        if opener.is_some_and(supposed) || supposed(start) || clause && (told || self.reported(start, sentence.start)) {
            return None;
        }
        let end = || self.clause_end(found.end, sentence.end);
        let content = match rule.extent {
            Extent::Clause => start..end(),
            Extent::UpTo => start..found.end,
            Extent::From => found.start..end(),
            Extent::Phrase => {
                let phrase = phrase_after(self.reading, found.start, sentence.end).map_or(found.end, |phrase| phrase.end.max(found.end));
                let hangs =
                    |at: &usize| self.reading.tokens[*at].has(Class::Determiner) || self.reading.tokens[*at].has(Class::Preposition);
                found.start..(found.end..phrase).rev().find(|at| !hangs(at)).map_or(found.end, |last| last + 1)
            }
            Extent::Words => found.clone(),
        };
        Some(Remark::new(&rule.name, content))
    }

    /// Whether nothing but whom it is said of stands between a cue and the words: "accusing them without proof of".
    fn begins_after_cue(&self, found: &Range<usize>) -> bool {
        let whom = |token: &Token| token.capital || token.has(Class::ObjectPronoun) || token.is(",");
        let floor = found.start.saturating_sub(4);
        let cue = (floor..found.start).rev().find(|&at| !whom(&self.reading.tokens[at]));
        cue.is_some_and(|at| self.cue[at]) && self.reading.quotation(found.start).is_none()
    }

    /// Whether the clause that begins here is what a word of saying before it says: "admitted that".
    fn reported(&self, start: usize, floor: usize) -> bool {
        let that = start.checked_sub(1).filter(|&at| at > floor && self.reading.is(at, "that"));
        that.is_some_and(|that| self.cue[that - 1] || self.reading.tokens[that - 1].has(Class::Speech))
    }

    /// Where the clause begins that a token stands in.
    fn clause_start(&self, at: usize, floor: usize) -> usize {
        let floor = floor.max(at.saturating_sub(REACH));
        let opens = |before: &usize| {
            let token = &self.reading.tokens[*before];
            let after_auxiliary = before.checked_sub(1).is_some_and(|at| self.reading.tokens[at].has(Class::Auxiliary));
            // "and" joins clauses where a verb stands before it, else subjects; "since" of "has since been" begins none.
            let joins = token.has(Class::Coordinator) && (!token.is("and") && !token.is("or") || self.has_verb(floor, *before));
            let begins = token.has(Class::Subordinator) && !token.capital && !token.is("as") && !token.is("like") && !after_auxiliary;
            let relates = token.has(Class::Relative) || token.is("that");
            breaks(token) || joins || begins || relates || self.in_long_quotation(*before)
        };
        let start = (floor..at).rev().find(opens).map_or(floor, |before| before + 1);
        start + usize::from(self.reading.tokens[start].has(Class::Coordinator) && start < at)
    }

    fn has_verb(&self, floor: usize, end: usize) -> bool {
        let from = (floor..end).rev().find(|&at| breaks(&self.reading.tokens[at])).map_or(floor, |at| at + 1);
        self.reading.tokens[from..end].iter().any(is_finite)
    }

    /// Where the clause ends that goes on at a token.
    fn clause_end(&self, at: usize, ceiling: usize) -> usize {
        let ceiling = ceiling.min(at + REACH);
        // Between "that" and its verb a comma ends nothing: "no evidence that Lind, Holm or others knew".
        let mut awaits_verb = false;
        let ends = |&here: &usize| {
            let token = &self.reading.tokens[here];
            let next = self.reading.token(here + 1);
            let verb = is_finite(token) && next.is_none_or(|next| !next.is("by"));
            awaits_verb = (awaits_verb || token.is("that")) && !verb;
            let clause = next.is_some_and(|next| is_finite(next) || next.has(Class::SubjectPronoun));
            let joins = token.has(Class::Coordinator) && (!token.is("and") && !token.is("or") || clause);
            let begins =
                token.has(Class::Subordinator) && !matches!(&*token.plain, "that" | "as" | "than") && !token.has(Class::Preposition);
            let goes_on = awaits_verb && (token.is(",") || joins);
            !goes_on && (breaks(token) || joins || begins) || self.in_long_quotation(here)
        };
        (at..ceiling).find(ends).unwrap_or(ceiling)
    }

    fn in_long_quotation(&self, at: usize) -> bool {
        self.reading.quotation(at).is_some_and(|quotation| quotation.tokens.len() > SCARE)
    }
}

/// Whether no clause goes on over the token.
fn breaks(token: &Token) -> bool {
    token.kind == TokenKind::LineEnd
        || matches!(&*token.plain, "," | ";" | ":" | "." | "!" | "?" | "…" | "(" | ")" | "[" | "]" | "—" | "–" | "-" | "--" | "|" | "•")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contents of the remarks in a text in which somebody else says `content`, by `cue`, both the first such words.
    fn seen(text: &str, cue: &str, content: &str, act: Act) -> Vec<String> {
        let reading = Reading::new(text);
        let place = |words: &str| {
            let start = text.find(words).unwrap();
            let at = |byte: usize| reading.tokens.iter().position(|token| token.start <= byte && byte < token.end).unwrap();
            at(start)..at(start + words.len() - 1) + 1
        };
        let scores = Scores::of(act, SourceKind::Person);
        let said = Attribution { cue: Some(place(cue)), source: None, content: vec![place(content)], scores };
        remarks(&reading, &[said], |_| false).iter().map(|remark| reading.words(&remark.attribution.content[0]).to_owned()).collect()
    }

    #[test]
    fn what_others_say_is_not_the_outlets() {
        let text = "Holm said that Lind had offered no evidence. Lind has offered no evidence.";
        assert_eq!(seen(text, "said", "Lind had offered no evidence", Act::Say), ["Lind has offered no evidence"]);
        assert_eq!(seen("Holm said he had “no evidence” and “gave no proof”.", "said", "he had", Act::Say), Vec::<String>::new());
    }

    #[test]
    fn what_stands_between_cue_and_content_is_the_outlets() {
        let text = "Lind accused Eva Holm without evidence of taking bribes.";
        assert_eq!(seen(text, "accused", "Eva Holm without evidence of taking bribes", Act::Accuse), ["without evidence"]);
        let text = "Lind said that no court convicts without evidence.";
        assert_eq!(seen(text, "said", "no court convicts without evidence", Act::Say), Vec::<String>::new());
    }

    #[test]
    fn that_a_source_gave_none_is_said_of_it_and_a_refusal_to_verify_is_said_once() {
        let text = "Lind did not offer any evidence for the claim.";
        assert_eq!(
            seen(text, "did not offer", "any evidence for the claim", Act::Decline),
            ["Lind did not offer any evidence for the claim"]
        );
        let text = "The figures could not be independently verified.";
        assert_eq!(seen(text, "could not be independently verified", "The figures", Act::Decline), Vec::<String>::new());
    }

    #[test]
    fn a_content_is_one_clause_and_the_wider_remark_stays() {
        let clause = |text: &str| seen(text, "Lind", "Lind", Act::Describe);
        assert_eq!(
            clause("Lind left; there is no evidence that Holm, Brandt or others knew, and the town went on."),
            ["there is no evidence that Holm, Brandt or others knew"]
        );
        assert_eq!(
            clause("Lind left, but Holm and Brandt have offered no proof and they left too."),
            ["Holm and Brandt have offered no proof"]
        );
        assert_eq!(clause("Lind sat. Holm gave no evidence for her baseless claims."), ["Holm gave no evidence for her baseless claims"]);
    }
}
