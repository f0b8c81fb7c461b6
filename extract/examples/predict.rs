//! Predictions for the attribution score: `extract/examples/predict < ARTICLES.jsonl > PREDICTED.jsonl`, with articles as
//! `{"id", "text", …}`, one a line, and out of it `{"id", "attributions": [{"source", "cue", "content", "act", "kind", "who", "rule", "lemma"}]}`.

use std::error::Error;
use std::io::{BufRead, Write};

use claims::{Article, ArticleForm, Claim, Outcome, SourceKind, Span};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let given: Value = serde_json::from_str(&line?)?;
        let text = |field: &str| given[field].as_str().map(str::to_owned);
        let published_at = text("published_at").and_then(|date| date.parse().ok());
        let form = ArticleForm {
            text: text("text").unwrap_or_default(),
            language: Some("en".to_owned()),
            publisher: text("publisher"),
            published_at,
            ..ArticleForm::default()
        };
        let Outcome::Claims(claims) = extract::analyse(&Article::new(form)?).outcome else { continue };
        let attributions: Vec<Value> = claims.iter().map(attribution).collect();
        writeln!(out, "{}", json!({"id": given["id"], "attributions": attributions}))?;
    }
    Ok(())
}

fn attribution(claim: &Claim) -> Value {
    let none: Vec<Span> = Vec::new();
    json!({
        "source": claim.source.as_ref().map_or(&none, |source| &source.spans),
        "cue": claim.cue.as_ref().map_or(&none, |cue| &cue.spans),
        "content": claim.content.spans,
        "act": claim.act,
        "kind": claim.source.as_ref().map_or(SourceKind::Unspecified, |source| source.kind),
        "who": claim.source.as_ref().map(|source| &source.name),
        "rule": claim.rule,
        "lemma": claim.cue.as_ref().map(|cue| &cue.lemma),
    })
}
