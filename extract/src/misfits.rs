//! Whom a role or body cannot stand for, whatever the weights of coreference say: the annotated articles hold too few such mentions to
//! learn it from.

use std::ops::Range;

use claims::SourceKind;

use crate::discourse::Entity;
use crate::kinds::head;
use crate::lists::lists;
use crate::reading::Reading;
use crate::roles::without_article;

/// Whether the words at `place` tell that they do not stand for `entity`.
pub(crate) fn misfits(reading: &Reading<'_>, place: &Range<usize>, entity: &Entity<'_>) -> bool {
    is_foreign(reading, place, entity) || is_of_another(reading, place, entity)
}

/// "The Norwegian premier" is nobody of whom the article says that it is of another country alone.
fn is_foreign(reading: &Reading<'_>, place: &Range<usize>, entity: &Entity<'_>) -> bool {
    let country = place.clone().find_map(|at| lists().country(&reading.tokens[at].plain));
    let of = || entity.about.iter().filter_map(|word| lists().country(word));
    let person = entity.resolved.kind == SourceKind::Person;
    country.is_some_and(|country| person && of().next().is_some() && of().all(|other| other != country))
}

/// "The Lindqvist campaign" is not "the Weir campaign".
fn is_of_another(reading: &Reading<'_>, place: &Range<usize>, entity: &Entity<'_>) -> bool {
    let Some(name) = place.clone().find_map(|at| reading.name(at)) else { return false };
    let own = lists().kinds.own_names.contains(&*reading.tokens[head(reading, &without_article(reading, place))].plain);
    let last = reading.words(&(name.bare.end - 1..name.bare.end));
    own && !entity.resolved.name.split(' ').any(|word| word == last)
}
