//! The nesting of sources: the outlet outermost, then whoever's words a claim stands in, then its own source.

use claims::{ChainLink, SourceKind};

use crate::attribution::Attribution;

/// For each attribution the ones whose content it stands in, outermost first. They are sorted by place.
pub(crate) fn enclosing(attributions: &[Attribution]) -> Vec<Vec<usize>> {
    // Contents are nested or apart almost always, and an attribution only looks back a little: this stays linear.
    const REACH: usize = 24;
    (0..attributions.len())
        .map(|inner| {
            let from = inner.saturating_sub(REACH);
            let to = (inner + REACH).min(attributions.len());
            let mut around: Vec<usize> =
                (from..to).filter(|&outer| outer != inner && encloses(&attributions[outer], &attributions[inner])).collect();
            around.sort_by_key(|&outer| usize::MAX - width(&attributions[outer]));
            around
        })
        .collect()
}

/// The chain of one claim; a source does not follow itself.
pub(crate) fn chain(publisher: Option<&str>, around: &[ChainLink], own: Option<ChainLink>) -> Vec<ChainLink> {
    let outlet = publisher.map(|name| ChainLink { name: name.to_owned(), kind: SourceKind::Outlet });
    let mut chain: Vec<ChainLink> = Vec::new();
    for link in outlet.into_iter().chain(around.iter().cloned()).chain(own) {
        if chain.last().is_none_or(|last| last.name != link.name) {
            chain.push(link);
        }
    }
    chain
}

fn encloses(outer: &Attribution, inner: &Attribution) -> bool {
    let (start, end) = (inner.start(), inner.end());
    outer.content.iter().any(|range| range.start <= start && end <= range.end)
}

fn width(attribution: &Attribution) -> usize {
    attribution.content.iter().map(ExactSizeIterator::len).sum()
}
