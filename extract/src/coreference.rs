//! Coreference: whom "he", "the minister", "the company" or a quotation that runs on stands for. Of all that the article named
//! before, and of the mention itself, the likeliest by weights learned from annotated articles (`models/coreference.toml`).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use claims::SourceKind;
use language::{Class, Gender};

use crate::attribution::likeliest;
use crate::directory::Resolved;
use crate::discourse::{Discourse, Entity};
use crate::explain::Choice;
use crate::kinds::head;
use crate::lists::lists;
use crate::misfits::misfits;
use crate::naming::own_words;
use crate::reading::Reading;
use crate::roles::without_article;

/// Weights by form of mention, then by feature.
type Weights = HashMap<String, HashMap<String, f32>>;

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| toml::from_str(include_str!("../models/coreference.toml")).unwrap_or_default());

/// What is to be resolved.
pub(crate) struct Mention<'r> {
    /// Its form: "he", "the person", "no words".
    pub(crate) form: &'static str,
    /// Where it stands; empty where there are no words.
    pub(crate) place: Range<usize>,
    /// How likely each of [`SourceKind::ALL`] is, by the network.
    pub(crate) kinds: [f32; SourceKind::ALL.len()],
    /// Who speaks in the words that it stands in.
    pub(crate) around: Option<&'r Resolved>,
}

/// The form of a mention that has to be resolved; none of one that does not refer back.
pub(crate) fn form(reading: &Reading<'_>, source: &Range<usize>, kind: SourceKind) -> Option<&'static str> {
    if source.len() == 1 {
        let plain = &*reading.tokens[source.start].plain;
        let pronoun = match plain.split(['\'', '’']).next().unwrap_or(plain) {
            "he" | "his" | "him" => Some("he"),
            "she" | "her" => Some("she"),
            "it" | "its" => Some("it"),
            "they" | "their" | "them" => Some("they"),
            "who" | "which" | "whom" | "that" => Some("who"),
            "i" | "my" | "me" => Some("I"),
            "we" | "our" | "us" => Some("we"),
            _ => None,
        };
        if pronoun.is_some() {
            return pronoun;
        }
    }
    // "Special Counsel said", "prosecutors said": offices and people of whom more was told before.
    let office = kind == SourceKind::Person && lists().kinds.person.contains(&*reading.tokens[source.end - 1].plain);
    if office && !reading.tokens[source.start].has(Class::Determiner) {
        return Some("the person");
    }
    if source.len() == 1 && matches!(kind, SourceKind::Group | SourceKind::Anonymous | SourceKind::Government) {
        return Some("people");
    }
    let definite = reading.tokens[source.start].has(Class::Determiner)
        && matches!(&*reading.tokens[source.start].plain, "the" | "this" | "that" | "both" | "these" | "those");
    definite.then_some(match kind {
        SourceKind::Person => "the person",
        SourceKind::Organization | SourceKind::Government | SourceKind::Outlet => "the body",
        SourceKind::Document => "the document",
        SourceKind::Group | SourceKind::Anonymous | SourceKind::Unspecified => "the people",
    })
}

/// Whom it stands for, none if for itself; and all that was weighed, the likeliest first.
pub(crate) fn resolve<'d>(
    reading: &Reading<'_>,
    discourse: &'d Discourse<'_, '_>,
    mention: &Mention<'_>,
) -> (Option<&'d Resolved>, Vec<Choice>) {
    let head = mention.head(reading);
    let mut seen = Seen::default();
    let kind = likeliest(&mention.kinds).map_or(SourceKind::Unspecified, |number| SourceKind::ALL[number]);
    let own = own_words(reading, &mention.place, kind);
    let mut choices: Vec<(Option<&Resolved>, Choice)> = discourse
        .recent()
        // What was heard under the same words is no other choice than the words themselves.
        .filter(|(entity, _)| entity.named || entity.resolved.name != own)
        .filter(|(entity, _)| !misfits(reading, &mention.place, entity))
        .map(|(entity, spoke_last)| {
            let features = features(reading, mention, head.as_deref(), entity, spoke_last, &mut seen);
            (Some(&entity.resolved), Choice::new(&entity.resolved.name, features))
        })
        .collect();
    let same = head.as_deref().is_some_and(|head| discourse.recent().any(|(entity, _)| entity.about.contains(head)));
    choices.push((None, Choice::new(reading.words(&mention.place), itself(mention, same))));
    let none = HashMap::new();
    let weights = WEIGHTS.get(mention.form).unwrap_or(&none);
    let sum = |choice: &Choice| {
        choice.because.iter().map(|(feature, value)| weights.get(*feature).copied().unwrap_or_default() * value).sum::<f32>()
    };
    let scores: Vec<f32> = choices.iter().map(|(_, choice)| sum(choice)).collect();
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let total: f32 = scores.iter().map(|score| (score - most).exp()).sum();
    for ((_, choice), score) in choices.iter_mut().zip(&scores) {
        choice.probability = (score - most).exp() / total;
    }
    // Stable: of two alike the more recent one.
    choices.sort_by(|(_, a), (_, b)| b.probability.total_cmp(&a.probability));
    (choices[0].0, choices.into_iter().map(|(_, choice)| choice).collect())
}

/// A pronoun in the words that somebody says is left where nobody is likelier than this to be meant.
const SURE: f32 = 0.6;

/// "She said that she …": how much likelier whoever speaks is meant by a pronoun in words that are not quoted.
const OF_ITSELF: f32 = 8.0;

/// The name of the person whom a "he" or "she" stands for, where that is sure enough. `here` are the words that `speaker` says, up to
/// the pronoun; `quoted` is whoever says them in quotation marks.
pub(crate) fn person(
    reading: &Reading<'_>,
    discourse: &Discourse<'_, '_>,
    here: &Range<usize>,
    form: &'static str,
    speaker: Option<&Resolved>,
    quoted: Option<&Resolved>,
) -> Option<String> {
    let mut kinds = [0.0; SourceKind::ALL.len()];
    kinds[SourceKind::Person as usize] = 1.0;
    let mention = Mention { form, place: here.end..here.end + 1, kinds, around: None };
    let (_, choices) = resolve(reading, discourse, &mention);
    let other_gender = |choice: &Choice| choice.because.iter().any(|(feature, _)| *feature == "of the other gender");
    let is = |who: Option<&Resolved>, name: &str| who.is_some_and(|who| who.name == name);
    let fits = |entity: &Entity<'_>| choices.iter().any(|choice| choice.what == entity.resolved.name && !other_gender(choice));
    // "She said that Lind had lost her way": somebody named on the way may be meant as well.
    let others = discourse.recent().any(|(entity, _)| {
        let named = entity.named && entity.resolved.kind == SourceKind::Person && entity.last.start >= here.start;
        named && !is(speaker, &entity.resolved.name) && fits(entity)
    });
    let weighed = choices.iter().map(|choice| {
        let factor = match () {
            // Who is quoted says "I".
            () if is(quoted, &choice.what) => 0.0,
            () if is(speaker, &choice.what) && others => 1.0 / OF_ITSELF,
            () if is(speaker, &choice.what) && !other_gender(choice) => OF_ITSELF,
            () => 1.0,
        };
        (&choice.what, choice.probability * factor)
    });
    let all: f32 = weighed.clone().map(|(_, likely)| likely).sum();
    let named = weighed.filter(|(name, _)| discourse.is_named(name));
    named.max_by(|(_, a), (_, b)| a.total_cmp(b)).filter(|(_, likely)| *likely >= SURE * all).map(|(name, _)| name.clone())
}

impl Mention<'_> {
    /// The head noun of a phrase.
    fn head(&self, reading: &Reading<'_>) -> Option<String> {
        let pronoun = matches!(self.form, "he" | "she" | "it" | "they" | "who") || self.place.is_empty();
        (!pronoun).then(|| reading.tokens[head(reading, &without_article(reading, &self.place))].plain.to_string())
    }
}

/// How many were weighed already, by what they are.
#[derive(Default)]
struct Seen {
    people: usize,
    bodies: usize,
    others: usize,
}

impl Seen {
    /// Which of its sort an entity is, from the end of the text so far.
    fn rank(&mut self, kind: SourceKind) -> usize {
        let count = match kind {
            SourceKind::Person => &mut self.people,
            SourceKind::Organization | SourceKind::Government | SourceKind::Outlet => &mut self.bodies,
            SourceKind::Document | SourceKind::Group | SourceKind::Anonymous | SourceKind::Unspecified => &mut self.others,
        };
        *count += 1;
        *count - 1
    }
}

/// What speaks for an entity and against it: names of features with their values.
#[allow(clippy::cast_precision_loss, reason = "counts of mentions are small")]
fn features(
    reading: &Reading<'_>,
    mention: &Mention<'_>,
    head: Option<&str>,
    entity: &Entity<'_>,
    spoke_last: bool,
    seen: &mut Seen,
) -> Vec<(&'static str, f32)> {
    let kind = entity.resolved.kind;
    let (here, there) = (mention.place.start, entity.last.start);
    let apart = reading.sentence_number(here).saturating_sub(reading.sentence_number(there));
    let mut found = vec![
        ("its kind by the network", (mention.kinds[kind as usize] + 0.01).ln()),
        (kind_feature(kind), 1.0),
        (
            match apart {
                0 => "in the same sentence",
                1 => "in the sentence before",
                2 => "two sentences before",
                3 | 4 => "three or four sentences before",
                5..=8 => "up to eight sentences before",
                _ => "further before",
            },
            1.0,
        ),
        (
            match seen.rank(kind) {
                0 => "the last of its sort",
                1 => "the last but one of its sort",
                2 => "the last but two of its sort",
                _ => "earlier of its sort",
            },
            1.0,
        ),
        ("how often mentioned", (entity.times as f32).ln()),
    ];
    let mut if_so = |name: &'static str, holds: bool| {
        if holds {
            found.push((name, 1.0));
        }
    };
    if_so("spoke last", spoke_last);
    if_so("spoke", entity.spoke);
    if_so("has no name", !entity.named);
    if_so("only ever the first word of sentences", !entity.capital);
    let quoted = |at: usize| reading.quotation(at).map(|quotation| quotation.tokens.start);
    if_so("named in a quotation", quoted(there).is_some() && quoted(there) != quoted(here));
    if_so("named in the same quotation", quoted(there).is_some() && quoted(there) == quoted(here));
    if_so("in the same paragraph", reading.sentence(here).paragraph == reading.sentence(there).paragraph);
    if_so("in the paragraph before", reading.sentence(here).paragraph == reading.sentence(there).paragraph + 1);
    if_so("begins its sentence", reading.sentence(there).tokens.start + 1 >= there);
    if_so("just before", entity.last.end + 2 >= here && entity.last.end <= here);
    if_so("behind a preposition", there > 0 && reading.tokens[there - 1].has(Class::Preposition));
    if_so("a possessive", reading.token(entity.last.end).is_some_and(|token| matches!(&*token.plain, "'s" | "'" | "’")));
    let around = mention.around.map(|around| &around.name);
    if_so("speaks the words around it", around == Some(&entity.resolved.name));
    if_so("does not speak the words around it", around.is_some_and(|around| around != &entity.resolved.name));
    let wanted = match mention.form {
        "he" => Some(Gender::Man),
        "she" => Some(Gender::Woman),
        _ => head.and_then(|head| lists().genders.of(head)),
    };
    if let (Some(wanted), Some(gender)) = (wanted, entity.gender) {
        if_so("of its gender", wanted == gender);
        if_so("of the other gender", wanted != gender);
    }
    if let Some(head) = head {
        let name = entity.resolved.name.to_lowercase();
        if_so("has its head word in the name", name.split(' ').any(|word| word == head));
        if_so("has its head word as a title", entity.titles.contains(head));
        if_so("has its head word about it", entity.about.contains(head));
        let rest = mention.place.clone().skip(1).map(|at| &*reading.tokens[at].plain).filter(|&word| word != head);
        if_so(
            "has another word of it",
            rest.into_iter().any(|word| entity.about.contains(word) || name.split(' ').any(|other| other == word)),
        );
    }
    found
}

/// What speaks for a mention that stands for nothing named before.
fn itself(mention: &Mention<'_>, same_head: bool) -> Vec<(&'static str, f32)> {
    let mut found = vec![("itself", 1.0)];
    if mention.place.len() > 3 {
        found.push(("itself, in more than three words", 1.0));
    }
    if !same_head {
        found.push(("itself, its head word about nobody", 1.0));
    }
    found
}

fn kind_feature(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Person => "a person",
        SourceKind::Organization => "an organization",
        SourceKind::Government => "a government",
        SourceKind::Outlet => "an outlet",
        SourceKind::Document => "a document",
        SourceKind::Group => "a group",
        SourceKind::Anonymous => "anonymous",
        SourceKind::Unspecified => "unspecified",
    }
}
