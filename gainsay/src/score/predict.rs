//! Predictions by this build's own extractor, on all cores.

use std::path::Path;
use std::thread;

use claims::{Article, Claim, Part, SourceKind};
use extract::analyse;

use super::annotated::{Annotated, Attribution, InputError, Predictions};

/// Reads each of `articles`, which came from `file`. An article that cannot be one is named.
pub fn predict(articles: &[Annotated], file: &Path) -> Result<Predictions, InputError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let batch = articles.len().div_ceil(cores).max(1);
    let read = |articles: &[Annotated]| articles.iter().map(|article| attributions(article, file)).collect::<Result<Vec<_>, _>>();
    let batches: Vec<thread::Result<Result<Vec<_>, InputError>>> = thread::scope(|scope| {
        let threads: Vec<_> = articles.chunks(batch).map(|batch| scope.spawn(move || read(batch))).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut predictions = Predictions::default();
    for batch in batches {
        let broken = |_| InputError::new(file, None, "reading its articles broke off");
        predictions.of_article.extend(batch.map_err(broken)??);
    }
    Ok(predictions)
}

fn attributions(article: &Annotated, file: &Path) -> Result<Vec<Attribution>, InputError> {
    let given = Article::new(article.form.clone()).map_err(|error| InputError::new(file, Some(article.line), error))?;
    let extraction = analyse(&given).into_extraction(given);
    // Titles are not annotated.
    Ok(extraction.claims().iter().filter(|claim| claim.part == Part::Text).map(attribution).collect())
}

/// What of a claim is compared.
fn attribution(claim: &Claim) -> Attribution {
    let source = claim.source.as_ref();
    Attribution {
        source: source.map(|source| source.spans.clone()).unwrap_or_default(),
        cue: claim.cue.as_ref().map(|cue| cue.spans.clone()).unwrap_or_default(),
        content: claim.content.spans.clone(),
        quotation: Some(claim.quotation),
        act: Some(claim.act),
        kind: Some(source.map_or(SourceKind::Unspecified, |source| source.kind)),
        who: Some(source.map(|source| source.name.clone()).unwrap_or_default()),
        rule: Some(claim.rule.clone()),
        lemma: claim.cue.as_ref().map(|cue| cue.lemma.clone()),
    }
}
