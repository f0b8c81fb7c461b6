//! From attributions to the data of claims: names, kinds, acts, chain, dates and figures put together.

use claims::{Act, Article, ChainLink, ClaimData, Content, Cue as ClaimCue, Part, QuotationKind, Source, SourceKind};

use crate::analysis::EXTRACTOR;
use crate::attribution::Attribution;
use crate::directory::{Directory, Resolved};
use crate::explain::{Step, steps};
use crate::reading::Reading;
use crate::standalone::Standalone;
use crate::{acts, addressee, chain, confidence, cues, kinds, own_voice, relies_on, speakers, time_and_quantities};

/// A claim as data, and the steps to it.
pub(crate) type Explained = (ClaimData, Vec<Step>);

/// The claims of one text of an article as data, in the order of the text, each with the steps to it.
pub(crate) fn claims(
    article: &Article,
    part: Part,
    reading: &Reading<'_>,
    directory: &Directory,
    attributions: &[Attribution],
) -> Vec<Explained> {
    let dates = time_and_quantities::dates(reading, article.published_at.map(claims::Timestamp::day));
    let around = chain::enclosing(attributions);
    let speakers = speakers::speakers(reading, directory, attributions, &around);
    let rests_on = relies_on::relies_on(reading, directory, attributions, &around, &speakers);
    let standalone = Standalone::new(reading, directory, attributions, &speakers);
    let link = |resolved: &Resolved| ChainLink { name: resolved.name.clone(), kind: resolved.kind };
    let outlet = own_voice::speaker(article.publisher.as_deref());
    let is_outlet = |number: usize| speakers[number].resolved.as_ref().is_some_and(|who| Some(&who.name) == article.publisher.as_ref());
    let remarks = own_voice::remarks(reading, attributions, is_outlet);
    let own = remarks.iter().map(|remark| (&remark.attribution, &outlet, &[][..], None, Some(remark)));
    let attributed = attributions.iter().enumerate().filter(|&(number, _)| !relies_on::restates(attributions, &rests_on, number));
    let attributed = attributed.map(|(number, one)| (one, &speakers[number], &around[number][..], rests_on[number].as_ref(), None));
    let mut found: Vec<(usize, Explained)> = Vec::with_capacity(attributions.len());
    for (attribution, voice, around, relied, remark) in attributed.chain(own) {
        let speaker = voice.resolved.as_ref();
        let quotation = quotation_kind(reading, attribution);
        let act = acts::act(reading, attribution, quotation);
        // Who tells nothing claims nothing, but for a refusal to tell.
        if attribution.content.is_empty() && act != Act::Decline {
            continue;
        }
        let cue = attribution.cue.as_ref().map(|tokens| cues::cue(reading, tokens));
        let content = reading.quote(&attribution.content);
        let quote = |range: &std::ops::Range<usize>| reading.quote(std::slice::from_ref(range));
        let outer: Vec<ChainLink> = around.iter().filter_map(|&outer| speakers[outer].resolved.as_ref().map(link)).collect();
        let data = ClaimData {
            article_id: article.id(),
            version: 1,
            part,
            source: speaker.map(|speaker| source(reading, attribution.source.as_ref(), speaker)),
            chain: chain::chain(article.publisher.as_deref(), &outer, speaker.map(link)),
            cue: attribution.cue.as_ref().zip(cue.as_ref()).map(|(tokens, cue)| {
                let words = quote(tokens);
                ClaimCue { text: words.text, spans: words.spans, lemma: cue.lemma.clone() }
            }),
            content: Content {
                text: content.text,
                spans: content.spans,
                resolved: standalone.content(reading, directory, &dates, &attribution.content),
            },
            quotation,
            act,
            stance: acts::stance(act),
            target: acts::target(reading, attribution, cue.as_ref(), act).map(|range| quote(&range)),
            addressee: cue.as_ref().and_then(|cue| addressee::addressee(reading, attribution, cue)).map(|range| quote(&range)),
            relies_on: relied.map(|(words, who)| source(reading, Some(words), who)),
            polarity: acts::polarity(reading, attribution),
            certainty: acts::certainty(reading, attribution, act),
            said_on: time_and_quantities::said_on(reading, attribution, &dates),
            happened_on: time_and_quantities::happened_on(reading, attribution, &dates),
            quantities: time_and_quantities::quantities(reading, attribution),
            confidence: remark.map_or_else(|| confidence::confidence(attribution, voice, act), |_| own_voice::CONFIDENCE),
            rule: remark.map_or(attribution.form(), |_| own_voice::RULE).to_owned(),
            extractor: EXTRACTOR.to_owned(),
        };
        let mut steps = steps(attribution, voice, &data);
        steps.extend(remark.map(own_voice::Remark::step));
        found.push((attribution.start(), (data, steps)));
    }
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, explained)| explained).collect()
}

fn source(reading: &Reading<'_>, words: Option<&std::ops::Range<usize>>, speaker: &Resolved) -> Source {
    let anonymous = words.filter(|_| speaker.kind == SourceKind::Anonymous).map(|range| kinds::anonymity(reading, range));
    let words = words.map(|range| reading.quote(std::slice::from_ref(range))).unwrap_or_default();
    Source {
        text: words.text,
        spans: words.spans,
        name: speaker.name.clone(),
        kind: speaker.kind,
        role: speaker.role.clone(),
        speaks_for: speaker.speaks_for.clone(),
        anonymous,
    }
}

/// Direct where all of the content is quotations, mixed where some is.
pub(crate) fn quotation_kind(reading: &Reading<'_>, attribution: &Attribution) -> QuotationKind {
    let whole = |range: &std::ops::Range<usize>| {
        reading
            .quotation(range.start)
            .is_some_and(|quotation| quotation.tokens.start == range.start && quotation.tokens.end + 1 >= range.end)
    };
    let any = attribution.content.iter().any(|range| range.clone().any(|at| reading.quotation(at).is_some()));
    match () {
        () if !attribution.content.is_empty() && attribution.content.iter().all(whole) => QuotationKind::Direct,
        () if any => QuotationKind::Mixed,
        () => QuotationKind::Indirect,
    }
}
