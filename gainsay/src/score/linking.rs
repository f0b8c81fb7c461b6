//! Which annotated attribution a predicted one is: pairs by the letters that they share, one to one, the best first.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::letters::Letters;

/// Two attributions that share letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The annotated one's place among the annotated.
    pub gold: usize,
    /// The predicted one's place among the predicted.
    pub predicted: usize,
    /// Letters shared over letters in either, above 0 and at most 1.
    pub jaccard: f64,
}

/// All pairs that share letters, best first; of equally good ones the later first.
///
/// One sweep over the edges of all runs, so that the work grows with what overlaps and not with all that could.
#[allow(clippy::cast_precision_loss, reason = "an article has far fewer letters than a float counts exactly")]
pub fn candidates(gold: &[Letters], predicted: &[Letters]) -> Vec<Candidate> {
    let mut edges = edges(gold, true);
    edges.extend(self::edges(predicted, false));
    // Ends before beginnings: runs that only touch share nothing.
    edges.sort_unstable_by_key(|edge| (edge.at, edge.begins));
    let (mut open_gold, mut open_predicted): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut pairs: HashSet<(usize, usize)> = HashSet::new();
    for edge in edges {
        let (own, other) = if edge.is_gold { (&mut open_gold, &open_predicted) } else { (&mut open_predicted, &open_gold) };
        if edge.begins {
            pairs.extend(other.iter().map(|&other| if edge.is_gold { (edge.owner, other) } else { (other, edge.owner) }));
            own.push(edge.owner);
        } else if let Some(at) = own.iter().position(|&owner| owner == edge.owner) {
            own.swap_remove(at);
        }
    }
    let candidate = |(one, other): (usize, usize)| {
        let shared = gold[one].shared(&predicted[other]);
        let either = gold[one].len() + predicted[other].len() - shared;
        Candidate { gold: one, predicted: other, jaccard: shared as f64 / either as f64 }
    };
    let mut candidates: Vec<Candidate> = pairs.into_iter().map(candidate).collect();
    candidates.sort_unstable_by(best_first);
    candidates
}

fn best_first(a: &Candidate, b: &Candidate) -> Ordering {
    b.jaccard.total_cmp(&a.jaccard).then((b.gold, b.predicted).cmp(&(a.gold, a.predicted)))
}

/// Takes from `candidates`, which are in order, each whose partners are both still free and that share enough.
pub fn link(candidates: &[Candidate], at_least: f64, taken: &mut Taken) -> Vec<Candidate> {
    let mut links = Vec::new();
    for candidate in candidates.iter().filter(|candidate| candidate.jaccard >= at_least) {
        let (gold, predicted) = (&mut taken.gold[candidate.gold], &mut taken.predicted[candidate.predicted]);
        if !*gold && !*predicted {
            (*gold, *predicted) = (true, true);
            links.push(*candidate);
        }
    }
    links
}

/// Which attributions have a partner.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Of the annotated.
    pub gold: Vec<bool>,
    /// Of the predicted.
    pub predicted: Vec<bool>,
}

impl Taken {
    /// None has yet, of so many.
    pub fn none(gold: usize, predicted: usize) -> Self {
        Self { gold: vec![false; gold], predicted: vec![false; predicted] }
    }
}

/// Where a run begins or ends.
struct Edge {
    at: u32,
    begins: bool,
    is_gold: bool,
    owner: usize,
}

fn edges(of: &[Letters], is_gold: bool) -> Vec<Edge> {
    let runs = of.iter().enumerate().flat_map(|(owner, letters)| letters.runs().iter().map(move |&run| (owner, run)));
    runs.flat_map(|(owner, (start, end))| [(start, true), (end, false)].map(|(at, begins)| Edge { at, begins, is_gold, owner })).collect()
}

#[cfg(test)]
mod tests {
    use claims::Span;

    use super::*;
    use crate::score::letters::Text;

    fn letters(of: &[&[(u32, u32)]]) -> Vec<Letters> {
        let text = Text::new(&"x".repeat(40));
        of.iter().map(|places| text.letters(&places.iter().map(|&place| Span::from(place)).collect::<Vec<_>>())).collect()
    }

    #[test]
    fn the_sweep_finds_what_comparing_all_with_all_finds() {
        let gold = letters(&[&[(0, 10)], &[(2, 5), (20, 25)], &[], &[(30, 40)], &[(10, 12)]]);
        let predicted = letters(&[&[(0, 10)], &[(4, 22)], &[(25, 30)], &[(24, 31)]]);
        let found: HashSet<(usize, usize)> = candidates(&gold, &predicted).iter().map(|c| (c.gold, c.predicted)).collect();
        let all = (0..gold.len()).flat_map(|i| (0..predicted.len()).map(move |j| (i, j)));
        assert_eq!(found, all.filter(|&(i, j)| gold[i].shared(&predicted[j]) > 0).collect());
    }

    #[test]
    fn the_best_pair_goes_first_and_of_equals_the_last() {
        let gold = letters(&[&[(0, 10)], &[(0, 10)], &[(0, 9)]]);
        let predicted = letters(&[&[(0, 9)], &[(0, 10)]]);
        let found = candidates(&gold, &predicted);
        let order: Vec<(usize, usize)> = found.iter().map(|c| (c.gold, c.predicted)).collect();
        assert_eq!(order, [(2, 0), (1, 1), (0, 1), (2, 1), (1, 0), (0, 0)]);
        let mut taken = Taken::none(3, 2);
        let links: Vec<(usize, usize)> = link(&found, 0.5, &mut taken).iter().map(|c| (c.gold, c.predicted)).collect();
        assert_eq!(links, [(2, 0), (1, 1)]);
        assert_eq!(taken.gold, [false, true, true]);
    }
}
