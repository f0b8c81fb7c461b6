//! Every rule with its examples: what must give a claim does, with just its source, cue and content, and near misses give none.

use claims::{Article, ArticleForm, Claim, Outcome};
use serde::Deserialize;

#[derive(Deserialize)]
struct Examples {
    #[serde(default)]
    rule: Vec<Rule>,
    #[serde(default, rename = "match")]
    matches: Vec<Match>,
    #[serde(default, rename = "miss")]
    misses: Vec<String>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    name: String,
    #[serde(rename = "match")]
    matches: Vec<Match>,
    #[serde(rename = "miss")]
    misses: Vec<String>,
}

#[derive(Deserialize)]
struct Match {
    text: String,
    source: Option<String>,
    cue: String,
    content: Vec<String>,
    act: Option<String>,
}

const FILES: [(&str, &str); 5] = [
    ("verbs", include_str!("../rules/verbs.toml")),
    ("no_comment", include_str!("../rules/no_comment.toml")),
    ("nouns", include_str!("../rules/nouns.toml")),
    ("according_to", include_str!("../rules/according_to.toml")),
    ("adverbs", include_str!("../rules/adverbs.toml")),
];

#[test]
fn all_examples_hold() {
    let mut faults = Vec::new();
    for (file, text) in FILES {
        let examples: Examples = toml::from_str(text).unwrap();
        let own = Rule { name: file.to_owned(), matches: examples.matches, misses: examples.misses };
        for rule in examples.rule.iter().chain([&own]) {
            assert!(rule.name == file || !(rule.matches.is_empty() || rule.misses.is_empty()), "{file}/{} lacks examples", rule.name);
            faults.extend(rule.matches.iter().filter_map(unmet).map(|fault| format!("{file}/{}: {fault}", rule.name)));
            faults.extend(rule.misses.iter().filter_map(|text| wrongly_met(text)).map(|fault| format!("{file}/{}: {fault}", rule.name)));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

fn claims(text: &str) -> Vec<Claim> {
    let form = ArticleForm { text: text.to_owned(), language: Some("en".into()), ..ArticleForm::default() };
    match Article::new(form).map(|article| extract::analyse(&article).outcome) {
        Ok(Outcome::Claims(claims)) => claims,
        _ => Vec::new(),
    }
}

fn unmet(example: &Match) -> Option<String> {
    let found = claims(&example.text);
    let fits = |claim: &Claim| {
        let source = claim.source.as_ref().map(|source| source.text.clone());
        let cue = claim.cue.as_ref().map(|cue| cue.text.clone()).unwrap_or_default();
        let slices: Vec<String> = claim.content.spans.iter().map(|span| slice(&example.text, *span)).collect();
        let act = example.act.as_ref().is_none_or(|act| act == claim.act.as_str());
        source == example.source && cue == example.cue && slices == example.content && act
    };
    (!found.iter().any(fits)).then(|| format!("{:?} gives {:?}", example.text, found.iter().map(shown).collect::<Vec<_>>()))
}

fn wrongly_met(text: &str) -> Option<String> {
    let found = claims(text);
    (!found.is_empty()).then(|| format!("{text:?} must give nothing, but gives {:?}", found.iter().map(shown).collect::<Vec<_>>()))
}

fn slice(text: &str, span: claims::Span) -> String {
    text.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect()
}

fn shown(claim: &Claim) -> String {
    let source = claim.source.as_ref().map(|source| source.text.as_str()).unwrap_or_default();
    let cue = claim.cue.as_ref().map(|cue| cue.text.as_str()).unwrap_or_default();
    format!("[{}: {source} | {cue} | {} | {}]", claim.rule, claim.content.text, claim.act)
}
