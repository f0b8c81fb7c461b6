//! Which of two extractions of one article stays: decided here for both databases, whatever order they come in.

use std::collections::HashMap;

use uuid::Uuid;

use crate::Commit;
use crate::entry::Entry;

/// What the ledger holds of an article, as far as the decision needs it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Held {
    pub(crate) id: Uuid,
    pub(crate) digest: Vec<u8>,
    pub(crate) reading: Vec<u8>,
}

/// What a batch comes to.
#[derive(Debug)]
pub(crate) struct Settled<'b, 'e> {
    /// One a member of the batch, in its order.
    pub(crate) answers: Vec<Commit>,
    /// Entries of articles that are new, by id.
    pub(crate) added: Vec<&'b Entry<'e>>,
    /// Entries that take the place of what is held, by id.
    pub(crate) replaced: Vec<&'b Entry<'e>>,
}

impl<'b, 'e> Settled<'b, 'e> {
    /// Every entry to write, by id.
    pub(crate) fn written(&self) -> Vec<&'b Entry<'e>> {
        let mut all: Vec<_> = self.added.iter().chain(&self.replaced).copied().collect();
        all.sort_by_key(|entry| entry.id);
        all
    }
}

/// Settles `batch` against what is `held` of its articles.
///
/// Of different metadata the smaller digest stays, so that order does not matter. Of the same article read differently the
/// later reading stays: that is how a newer extractor takes over.
pub(crate) fn settle<'b, 'e>(batch: &'b [Entry<'e>], held: Vec<Held>) -> Settled<'b, 'e> {
    let held: HashMap<Uuid, Held> = held.into_iter().map(|row| (row.id, row)).collect();
    let mut winners: HashMap<Uuid, &'b Entry<'e>> = HashMap::new();
    let answers = batch
        .iter()
        .map(|entry| {
            let now = match (winners.get(&entry.id), held.get(&entry.id)) {
                (Some(winner), _) => Some((&winner.digest[..], &winner.reading[..])),
                (None, Some(row)) => Some((&row.digest[..], &row.reading[..])),
                (None, None) => None,
            };
            let answer = decide(entry, now);
            if answer != Commit::Unchanged {
                winners.insert(entry.id, entry);
            }
            answer
        })
        .collect();
    let mut winners: Vec<_> = winners.into_values().collect();
    winners.sort_by_key(|entry| entry.id);
    let (replaced, added) = winners.into_iter().partition(|entry| held.contains_key(&entry.id));
    Settled { answers, added, replaced }
}

fn decide(entry: &Entry<'_>, now: Option<(&[u8], &[u8])>) -> Commit {
    let Some((digest, reading)) = now else { return Commit::Added };
    match entry.digest[..].cmp(digest) {
        std::cmp::Ordering::Less => Commit::Replaced,
        std::cmp::Ordering::Equal if entry.reading[..] != *reading => Commit::Replaced,
        _ => Commit::Unchanged,
    }
}
