//! Act, kind and name of attributions whose words are known already: what is decided after the network has found them.

use claims::{Act, Article, CodePoints, SourceKind, Span};

use crate::directory::Directory;
use crate::reading::Reading;
use crate::speakers::speakers;
use crate::{acts, assemble, chain, network};

/// An attribution whose words somebody marked in an article's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// The words that name the source.
    pub source: Vec<Span>,
    /// The words that attribute.
    pub cue: Vec<Span>,
    /// The words attributed.
    pub content: Vec<Span>,
}

/// What a claim's labels are where its words are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// What kind of saying it is.
    pub act: Act,
    /// What sort of source speaks; unspecified where there is none.
    pub kind: SourceKind,
    /// The name to file the source under; empty where it has none.
    pub who: String,
}

/// Act, kind and name of attributions whose words are marked, in their order, as the stages after the network decide them: to measure
/// those apart from what is found. None where the text has no word at the marks.
pub fn label(article: &Article, marked: &[Marked]) -> Vec<Option<Labels>> {
    let reading = Reading::new(&article.text);
    let directory = Directory::new(&reading);
    let found = network::labelled(&reading, &marked.iter().map(|one| in_bytes(&article.text, one)).collect::<Vec<_>>());
    let mut placed: Vec<_> = found.into_iter().enumerate().filter_map(|(number, one)| Some((number, one?))).collect();
    placed.sort_by_key(|(_, one)| (one.start(), one.end()));
    let (numbers, attributions): (Vec<_>, Vec<_>) = placed.into_iter().unzip();
    let speakers = speakers(&reading, &directory, &attributions, &chain::enclosing(&attributions));
    let mut labels = vec![None; marked.len()];
    for ((number, attribution), speaker) in numbers.into_iter().zip(&attributions).zip(speakers) {
        let act = acts::act(&reading, attribution, assemble::quotation_kind(&reading, attribution));
        let (kind, who) = speaker.resolved.map_or((SourceKind::Unspecified, String::new()), |who| (who.kind, who.name));
        labels[number] = Some(Labels { act, kind, who });
    }
    labels
}

/// Marks in bytes; those outside the text are left out.
fn in_bytes(text: &str, marked: &Marked) -> neural::Marked {
    let index = CodePoints::new(text);
    let range = |span: &Span| Some(index.byte(span.start)?..index.byte(span.end)?);
    let ranges = |spans: &[Span]| spans.iter().filter_map(range).collect();
    neural::Marked { cue: marked.cue.first().and_then(range), source: ranges(&marked.source), content: ranges(&marked.content) }
}
