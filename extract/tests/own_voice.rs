//! What an article says in its outlet's own voice, beside what it says others say.

use claims::{Act, Article, ArticleForm, ChainLink, Claim, ClaimData, Outcome, SourceKind, Stance};

const TEXT: &str = "The Palace spokesman, Karl Brandt, denied on Monday that the king had met the Norland premier, calling the story “pure fiction”.
Brandt has a history of dismissing reports that later prove to be true; in May he called the camps at Lind an invention, despite clear satellite evidence of them.
He also claimed, without offering any proof, that the Northern Gazette had been paid. “There is no evidence for any of it,” he said.
The mayor, Nina Berg, said that Brandt had offered no evidence for the claim.
Asked about the loan, Brandt said on Friday: “It was repaid.”";

fn claims(text: &str, publisher: Option<&str>) -> Vec<ClaimData> {
    let form = ArticleForm {
        text: text.into(),
        publisher: publisher.map(str::to_owned),
        published_at: "2024-11-11".parse().ok(),
        language: Some("en".into()),
        ..ArticleForm::default()
    };
    let article = Article::new(form).unwrap_or_else(|error| unreachable!("{error}"));
    match extract::analyse(&article).outcome {
        Outcome::Claims(claims) => claims.into_iter().map(Claim::into_data).collect(),
        Outcome::Skipped(_) => Vec::new(),
    }
}

fn remarks(text: &str, publisher: Option<&str>) -> Vec<ClaimData> {
    claims(text, publisher).into_iter().filter(|claim| claim.rule == "own-voice").collect()
}

#[test]
fn remarks_on_record_and_evidence_are_claims_of_the_outlet() {
    let found = remarks(TEXT, Some("The Outlet"));
    let contents: Vec<&str> = found.iter().map(|claim| claim.content.text.as_str()).collect();
    let expected = [
        "Brandt has a history of dismissing reports that later prove to be true",
        "despite clear satellite evidence of them",
        "without offering any proof",
    ];
    assert_eq!(contents, expected);
    for claim in found {
        let source = claim.source.unwrap_or_else(|| unreachable!());
        assert_eq!((source.name.as_str(), source.kind, source.text.as_str()), ("The Outlet", SourceKind::Outlet, ""));
        assert!(source.spans.is_empty() && claim.cue.is_none());
        assert_eq!((claim.act, claim.stance), (Act::Say, Stance::Support));
        assert_eq!(claim.chain, [ChainLink { name: "The Outlet".into(), kind: SourceKind::Outlet }]);
    }
}

#[test]
fn nobody_elses_claim_becomes_the_outlets() {
    // With the marks that the rules look for taken out, the rest of the article reads the same.
    let others = claims(TEXT, Some("The Outlet")).into_iter().filter(|claim| claim.rule != "own-voice");
    let names: Vec<Option<String>> = others.map(|claim| claim.source.map(|source| source.name)).collect();
    assert!(names.len() >= 6 && !names.contains(&Some("The Outlet".into())), "{names:?}");
    // The remarks before it do not make the outlet whoever "It was repaid" is taken to be said by.
    assert_eq!(names.last(), Some(&Some("Karl Brandt".into())));
}

#[test]
fn without_a_publisher_nobody_is_named() {
    let found = remarks(TEXT, None);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|claim| claim.source.is_none() && claim.chain.is_empty()));
}
