//! Contents made to stand alone: whom pronouns mean, when "on Thursday" was, and what stays as it is.

use claims::{Article, ArticleForm, Claim, Outcome};

const STORY: &str = "The bridge over the Sorrel is safe, Mayor Mara Lindqvist said on Monday. She said that she had crossed it on Thursday.\n\n\
    “I was there yesterday, and I trust my engineers,” Lindqvist told reporters. “I’m sure of it.”\n\n\
    Jonas Weir, an engineer, said Lindqvist had ignored his letters.\n\n\
    “She never answered me,” Weir said.\n\n\
    Halden Steel, which built the bridge, denied any fault. “We have nothing to hide,” the company said in a statement.\n\n\
    Weir declined to comment on the statement.";

fn resolved(words: &str) -> Option<String> {
    let form = ArticleForm { text: STORY.into(), published_at: "2024-11-12".parse().ok(), ..ArticleForm::default() };
    let article = Article::new(form).unwrap_or_else(|error| unreachable!("{error}"));
    let Outcome::Claims(claims) = extract::analyse(&article).outcome else { unreachable!("the story is in English") };
    let claims: Vec<_> = claims.into_iter().map(Claim::into_data).collect();
    let found = claims.iter().filter(|claim| claim.content.text.contains(words)).min_by_key(|claim| claim.content.text.len());
    found.unwrap_or_else(|| unreachable!("no claim holds {words:?}: {claims:#?}")).content.resolved.clone()
}

#[test]
fn names_for_pronouns_and_days_of_the_calendar() {
    assert_eq!(resolved("had crossed it").as_deref(), Some("Mara Lindqvist had crossed it on 7 November 2024"));
}

#[test]
fn who_is_quoted_says_i_and_the_verb_agrees() {
    let quoted =
        "Mara Lindqvist was there on 11 November 2024, and Mara Lindqvist trusts Mara Lindqvist’s engineers, Mara Lindqvist is sure of it.";
    assert_eq!(resolved("I was there").as_deref(), Some(quoted));
}

#[test]
fn she_is_not_who_is_quoted() {
    assert_eq!(resolved("never answered").as_deref(), Some("Mara Lindqvist never answered Jonas Weir"));
}

#[test]
fn a_company_is_we() {
    assert_eq!(resolved("nothing to hide").as_deref(), Some("Halden Steel have nothing to hide"));
}

#[test]
fn short_names_are_the_fullest() {
    let ignored = resolved("had ignored").unwrap_or_default();
    assert!(ignored.starts_with("Mara Lindqvist had ignored"), "{ignored}");
}
