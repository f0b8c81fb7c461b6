//! The cards in the reader's margin: one a claim, numbered in the order in which the text comes to them.

use std::collections::BTreeMap;

use claims::{ClaimData, Source, Stance};
use store::{ArticleRecord, ClaimRecord};

use super::segments::Paragraph;
use super::view;

/// The cards of an article, by the place of their claims in its record.
pub(super) struct Cards(BTreeMap<usize, Card>);

/// A claim in the margin: what its words in the text do not say themselves.
pub(super) struct Card {
    pub(super) number: usize,
    pub(super) id: String,
    pub(super) stance_class: &'static str,
    /// The class of words within this claim's content that are another claim's content too.
    pub(super) within_class: &'static str,
    pub(super) stance: &'static str,
    pub(super) act: Option<&'static str>,
    pub(super) source: Option<SourceOnCard>,
    pub(super) cue: Option<String>,
    pub(super) target: Option<String>,
    pub(super) chain: Option<String>,
    pub(super) relies_on: Option<String>,
}

/// Who speaks, and where else.
pub(super) struct SourceOnCard {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) role: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) href: Option<String>,
}

impl Cards {
    /// Numbers the claims of `texts` as they come.
    pub(super) fn new(texts: &[&[Paragraph<'_>]], record: &ArticleRecord) -> Self {
        let order = texts.iter().copied().flatten().flat_map(|paragraph| &paragraph.claims);
        let publisher = record.article.publisher.as_deref();
        let card = |(i, &claim): (usize, &usize)| (claim, Card::new(i + 1, &record.claims[claim], publisher));
        Self(order.enumerate().map(card).collect())
    }

    /// The cards of `claims`, in their order.
    pub(super) fn of(&self, claims: &[usize]) -> Vec<&Card> {
        claims.iter().filter_map(|claim| self.0.get(claim)).collect()
    }
}

impl Card {
    fn new(number: usize, claim: &ClaimRecord, publisher: Option<&str>) -> Self {
        let data = &claim.data;
        Self {
            number,
            id: claim.id.to_string(),
            stance_class: view::stance_class(data.stance),
            within_class: within_class(data.stance),
            stance: view::stance(data.stance),
            act: view::act_beside(data.act, data.stance),
            source: data.source.as_ref().map(|source| SourceOnCard {
                name: source.name.clone(),
                kind: source.kind.as_str(),
                role: role(source),
                reason: source.anonymous.as_ref().and_then(|anonymous| anonymous.reason.clone()),
                href: claim.source_id.map(|id| format!("/claims?source_id={id}")),
            }),
            cue: data.cue.as_ref().map(|cue| cue.text.clone()),
            target: target(data),
            chain: chain(data, publisher),
            relies_on: data.relies_on.as_ref().map(|relied| relied.name.clone()),
        }
    }
}

/// The role, unless it only says the name again.
fn role(source: &Source) -> Option<String> {
    let role = source.role.as_deref()?.trim_matches(|c: char| c.is_whitespace() || c == ',');
    (!role.is_empty() && role.to_lowercase() != source.name.to_lowercase()).then(|| role.to_owned())
}

/// What is denied, confirmed or not commented on, unless the content's own words say it.
fn target(data: &ClaimData) -> Option<String> {
    let target = data.target.as_ref()?;
    (!target.text.is_empty() && !data.content.text.contains(&target.text)).then(|| target.text.clone())
}

/// The sources through which the words came; the publisher's own link says nothing new beside its article.
fn chain(data: &ClaimData, publisher: Option<&str>) -> Option<String> {
    let links = data.chain.iter().map(|link| link.name.as_str());
    let links: Vec<&str> = links.skip_while(|&name| publisher.is_some_and(|publisher| publisher.eq_ignore_ascii_case(name))).collect();
    (links.len() > 1).then(|| links.join(" ← "))
}

fn within_class(stance: Stance) -> &'static str {
    match stance {
        Stance::Support => "in-support",
        Stance::Deny => "in-deny",
        Stance::NoComment => "in-no-comment",
        Stance::Query => "in-query",
    }
}
