//! The most likely well-formed tags: inside only after begin or inside of the same.

/// A tag for each piece, by the log probabilities of each tag; `after` names, for a tag that may not stand anywhere, the two
/// that it may follow.
pub(crate) fn tags<const TAGS: usize>(scores: &[[f32; TAGS]], after: &[(usize, [usize; 2])]) -> Vec<usize> {
    let may_follow = |tag: usize, before: Option<usize>| {
        let allowed = after.iter().find(|(inside, _)| *inside == tag).map(|(_, allowed)| allowed);
        allowed.is_none_or(|allowed| before.is_some_and(|before| allowed.contains(&before)))
    };
    // For each piece and tag: the best way there comes from which tag, and how likely it is.
    let mut ways: Vec<[(usize, f32); TAGS]> = Vec::with_capacity(scores.len());
    for scores in scores {
        let mut here = [(0, f32::NEG_INFINITY); TAGS];
        for (tag, way) in here.iter_mut().enumerate() {
            *way = match ways.last() {
                Some(last) => {
                    best(last.iter().enumerate().filter(|&(before, _)| may_follow(tag, Some(before))).map(|(at, way)| (at, way.1)))
                }
                None if may_follow(tag, None) => (0, 0.0),
                None => *way,
            };
            way.1 += scores[tag];
        }
        ways.push(here);
    }
    let mut path = vec![0; scores.len()];
    let mut tag = ways.last().map_or(0, |last| best(last.iter().enumerate().map(|(at, way)| (at, way.1))).0);
    for (at, ways) in ways.iter().enumerate().rev() {
        path[at] = tag;
        tag = ways[tag].0;
    }
    path
}

/// The first of the likeliest.
fn best(ways: impl Iterator<Item = (usize, f32)>) -> (usize, f32) {
    ways.fold((0, f32::NEG_INFINITY), |best, way| if way.1 > best.1 { way } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSIDE_AFTER_BEGIN: &[(usize, [usize; 2])] = &[(2, [1, 2])];

    #[test]
    fn inside_never_stands_without_its_begin() {
        let likely = [[0.6_f32, 0.1, 0.3], [0.2, 0.1, 0.7], [0.3, 0.1, 0.6]].map(|row| row.map(f32::ln));
        assert_eq!(tags(&likely, &[]), [0, 2, 2]);
        assert_eq!(tags(&likely, INSIDE_AFTER_BEGIN), [1, 2, 2]);
        assert_eq!(tags(&likely[1..2], INSIDE_AFTER_BEGIN), [0]);
    }

    #[test]
    fn nothing_has_no_tags() {
        assert!(tags::<3>(&[], INSIDE_AFTER_BEGIN).is_empty());
    }
}
