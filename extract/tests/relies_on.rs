//! Whom the source of a claim itself rests on.

use claims::{Article, ArticleForm, Claim, ClaimData, Outcome, Source, SourceKind};

const HARBOUR: &str = "The harbour was sold in May, the Lind Courier reported on Monday, citing two officials familiar with the talks.\n\n\
    Citing police sources, the Halden Gazette said that three men had been arrested.\n\n\
    The crane will be sold in May, according to the Norland Echo, which obtained the memo.\n\n\
    The report, based on interviews with 20 former employees, says the crane was never inspected.\n\n\
    Mayor Mara Lindqvist said that the harbour was safe.\n\n\
    The harbour union declined to comment, citing the lawsuit. The ferry company said that its boats were late, citing bad weather.\n\n\
    “The Courier is lying, citing officials who do not exist,” Jonas Weir said.";

fn explained() -> Vec<(Claim, Vec<extract::Step>)> {
    let form = ArticleForm { text: HARBOUR.to_owned(), language: Some("en".into()), ..ArticleForm::default() };
    let article = Article::new(form).unwrap_or_else(|error| unreachable!("{error}"));
    let explained = extract::explain(&article);
    let plain: Vec<Claim> = explained.iter().map(|(claim, _)| claim.clone()).collect();
    assert_eq!(extract::analyse(&article).outcome, Outcome::Claims(plain));
    explained
}

/// Whom the claims rest on that have this cue and hold these words.
fn relied(claims: &[(Claim, Vec<extract::Step>)], cue: &str, words: &str) -> Option<Source> {
    let fits = |claim: &&ClaimData| claim.cue.as_ref().is_some_and(|found| found.text == cue) && claim.content.text.contains(words);
    let claim = claims.iter().map(|(claim, _)| &**claim).find(fits);
    let Some(claim) = claim else { unreachable!("no claim with {cue:?} holds {words:?}: {claims:#?}") };
    claim.relies_on.clone()
}

#[test]
fn a_claim_tells_whom_its_source_rests_on() {
    let claims = explained();
    let seen = |cue: &str, words: &str| relied(&claims, cue, words).map(|source| (source.text, source.name, source.kind));
    let expected = |text: &str, name: &str, kind| Some((text.to_owned(), name.to_owned(), kind));
    let officials = "two officials familiar with the talks";
    assert_eq!(seen("reported", "The harbour was sold"), expected(officials, officials, SourceKind::Anonymous));
    assert_eq!(seen("said", "three men had been arrested"), expected("police sources", "police sources", SourceKind::Anonymous));
    assert_eq!(seen("according to", "The crane will be sold"), expected("the memo", "memo", SourceKind::Document));
    let interviews = "interviews with 20 former employees";
    assert_eq!(seen("says", "the crane was never inspected"), expected(interviews, interviews, SourceKind::Document));
    let anonymity = relied(&claims, "reported", "The harbour was sold").and_then(|source| source.anonymous);
    assert_eq!(anonymity.map(|told| (told.number, told.position)), Some((Some(2), "officials familiar with the talks".into())));
}

#[test]
fn a_reason_or_somebody_in_a_quotation_is_nobody_to_rest_on() {
    let claims = explained();
    for (cue, words) in [("said", "the harbour was safe"), ("said", "its boats were late"), ("said", "The Courier is lying")] {
        assert_eq!(relied(&claims, cue, words), None, "{cue} {words}");
    }
    assert_eq!(relied(&claims, "declined to comment", ""), None);
}

#[test]
fn the_step_is_told_only_where_somebody_is_found() {
    for (claim, steps) in explained() {
        let step = steps.iter().find(|step| step.stage == "relies on").map(|step| step.decided.clone());
        let expected = claim.relies_on.as_ref().map(|who| format!("{}: {}, {}", who.text, who.name, who.kind));
        assert_eq!(step, expected);
    }
}

#[test]
fn citing_somebody_is_no_claim_beside_the_one_that_rests_on_them() {
    let claims = explained();
    let cues: Vec<&str> = claims.iter().filter_map(|(claim, _)| claim.cue.as_ref()).map(|cue| cue.text.as_str()).collect();
    assert!(cues.contains(&"reported"), "{cues:?}");
    let of_the_sale = claims.iter().filter(|(claim, _)| claim.content.text == "The harbour was sold in May").count();
    assert_eq!(of_the_sale, 1, "{cues:?}");
}
