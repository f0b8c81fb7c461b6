//! Predictions by this build's own extractor, on all cores.

use std::path::Path;
use std::thread;

use claims::{Article, Claim, Part, SourceKind};
use extract::{Labels, Marked, analyse, label};

use super::annotated::{Annotated, Attribution, InputError, Predictions};

/// Reads each of `articles`, which came from `file`; with `given_spans` only to label what is annotated. An article that cannot be one is
/// named.
pub fn predict(articles: &[Annotated], file: &Path, given_spans: bool) -> Result<Predictions, InputError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let batch = articles.len().div_ceil(cores).max(1);
    let one = if given_spans { labelled } else { found };
    let read = |articles: &[Annotated]| articles.iter().map(|article| one(article, file)).collect::<Result<Vec<_>, _>>();
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

fn given(article: &Annotated, file: &Path) -> Result<Article, InputError> {
    Article::new(article.form.clone()).map_err(|error| InputError::new(file, Some(article.line), error))
}

fn found(article: &Annotated, file: &Path) -> Result<Vec<Attribution>, InputError> {
    let given = given(article, file)?;
    let extraction = analyse(&given).into_extraction(given);
    // Titles are not annotated.
    Ok(extraction.claims().iter().filter(|claim| claim.part == Part::Text).map(attribution).collect())
}

fn labelled(article: &Annotated, file: &Path) -> Result<Vec<Attribution>, InputError> {
    let mark = |one: &Attribution| Marked { source: one.source.clone(), cue: one.cue.clone(), content: one.content.clone() };
    let marked: Vec<_> = article.attributions.iter().map(mark).collect();
    let labels = label(&given(article, file)?, &marked);
    Ok(article.attributions.iter().zip(labels).filter_map(|(one, labels)| Some(with(one, labels?))).collect())
}

/// The words of an annotated attribution with labels of ours.
fn with(one: &Attribution, labels: Labels) -> Attribution {
    let Attribution { source, cue, content, .. } = one.clone();
    let Labels { act, kind, who } = labels;
    Attribution { source, cue, content, act: Some(act), kind: Some(kind), who: Some(who), ..Attribution::default() }
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
