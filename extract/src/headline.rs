//! Headline forms: "Peskov: “There was no call”".

use claims::{Act, SourceKind};

use crate::attribution::{Attribution, Scores};
use crate::directory::Directory;
use crate::reading::Reading;

/// "X: “Y”" where the text knows X as a person by full name: anything else before a colon may be a topic.
pub(crate) fn attribution(title: &Reading<'_>, directory: &Directory) -> Option<Attribution> {
    let colon = (1..title.tokens.len()).find(|&at| title.is(at, ":"))?;
    let known = directory.fullest(&title.tokens[colon - 1].plain, usize::MAX)?;
    let named = known.to_lowercase().ends_with(&title.plain(&(0..colon)));
    let quotation =
        title.quotation(colon + 1).filter(|quotation| quotation.tokens.start == colon + 1 && quotation.tokens.end == title.tokens.len())?;
    named.then(|| Attribution {
        cue: None,
        source: Some(0..colon),
        content: vec![quotation.tokens.clone()],
        scores: Scores::of(Act::Say, SourceKind::Person),
    })
}
