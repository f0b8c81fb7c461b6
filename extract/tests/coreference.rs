//! Whom pronouns, roles, short names and quotations without a source stand for.

use claims::{Article, ArticleForm, Claim, ClaimData, Outcome};

fn claims(text: &str) -> Vec<ClaimData> {
    let form = ArticleForm { text: text.to_owned(), language: Some("en".into()), ..ArticleForm::default() };
    let article = Article::new(form).unwrap_or_else(|error| unreachable!("{error}"));
    match extract::analyse(&article).outcome {
        Outcome::Claims(claims) => claims.into_iter().map(Claim::into_data).collect(),
        Outcome::Skipped(reason) => unreachable!("{reason:?}"),
    }
}

/// The name under which the claim is filed whose content holds these words.
fn who(text: &str, words: &str) -> String {
    let all = claims(text);
    let found = all.iter().filter(|claim| claim.content.text.contains(words)).min_by_key(|claim| claim.content.text.len());
    let Some(claim) = found else { unreachable!("no claim holds {words:?}: {all:#?}") };
    claim.source.as_ref().map(|source| source.name.clone()).unwrap_or_default()
}

const BRIDGE: &str = "The bridge over the Sorrel is safe, Mayor Mara Lindqvist said on Monday.\n\n\
    Jonas Weir, an engineer who inspected it in May, said the bearings were worn. He said he had told the council twice.\n\n\
    “Nobody told us anything,” the mayor said. She added that the report would be published.\n\n\
    Weir’s lawyer, Nina Aldous, said the council had the letters.";

#[test]
fn pronouns_stand_for_whom_they_fit() {
    assert_eq!(who(BRIDGE, "he had told the council"), "Jonas Weir");
    assert_eq!(who(BRIDGE, "the report would be published"), "Mara Lindqvist");
}

#[test]
fn a_role_stands_for_whoever_holds_it() {
    assert_eq!(who(BRIDGE, "Nobody told us"), "Mara Lindqvist");
}

#[test]
fn names_are_the_fullest_that_the_article_gives() {
    let text = "The Federal Harbour Safety Agency opened an inquiry on Friday. FHSA said three ships had been stopped.\n\n\
        Tom Brandt, the owner of two of them, said the inquiry was absurd. “They will find nothing,” Brandt told reporters.";
    assert_eq!(who(text, "three ships had been stopped"), "Federal Harbour Safety Agency");
    assert_eq!(who(text, "They will find nothing"), "Tom Brandt");
}

#[test]
fn names_that_are_offices_too_stay_names() {
    let text = "Anna King, who owns the ferry, said it would sail on Monday. The former Attorney General said nothing would sail at all.\n\n\
        “It will sail,” King said.";
    assert_eq!(who(text, "it would sail on Monday"), "Anna King");
    assert_eq!(who(text, "It will sail"), "Anna King");
    assert_ne!(who(text, "nothing would sail"), "General");
}

#[test]
fn several_names_are_all_named() {
    let text = "Mayor Mara Lindqvist and Jonas Weir said in a joint statement that the bridge would stay closed.";
    assert_eq!(who(text, "the bridge would stay closed"), "Mara Lindqvist and Jonas Weir");
}

#[test]
fn campaigns_are_filed_by_whose_they_are_and_told_apart() {
    let text = "Mara Lindqvist’s campaign said on Monday that the debate was off. The Weir campaign said on Tuesday that it would go on.";
    assert_eq!(who(text, "the debate was off"), "Lindqvist campaign");
    assert_eq!(who(text, "it would go on"), "Weir campaign");
}

#[test]
fn an_apposition_names_a_person() {
    let text = "Another engineer, Jonas Weir of Halden, said the bearings were worn.";
    assert_eq!(who(text, "the bearings were worn"), "Jonas Weir");
}

#[test]
fn sources_without_a_name_are_filed_without_their_clauses() {
    let text = "Two officials familiar with the talks, who asked not to be named, said the crew had been warned.";
    assert_eq!(who(text, "the crew had been warned"), "Two officials familiar with the talks");
}

#[test]
fn what_was_weighed_is_told() {
    let form = ArticleForm { text: BRIDGE.to_owned(), language: Some("en".into()), ..ArticleForm::default() };
    let article = Article::new(form).unwrap_or_else(|error| unreachable!("{error}"));
    let explained = extract::explain(&article);
    let plain: Vec<Claim> = explained.iter().map(|(claim, _)| claim.clone()).collect();
    assert_eq!(extract::analyse(&article).outcome, Outcome::Claims(plain), "explaining changes nothing");
    let step = explained.iter().flat_map(|(_, steps)| steps).find(|step| step.decided == "she: Mara Lindqvist");
    let Some(step) = step else { unreachable!("{explained:#?}") };
    assert_eq!((step.stage, step.weighed[0].what.as_str()), ("coreference", "Mara Lindqvist"));
    assert!(step.weighed[0].because.iter().any(|(feature, _)| *feature == "of its gender"), "{step:?}");
    let sum: f32 = step.weighed.iter().map(|choice| choice.probability).sum();
    assert!((sum - 1.0).abs() < 1e-4, "{sum}");
}
