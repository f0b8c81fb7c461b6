//! One article read whole: sources with their names, runs of quotation, chains, dates, figures and titles.

use claims::{Act, Article, ArticleForm, Claim, ClaimData, Outcome, Part, QuotationKind, SourceKind, Stance};

const TEXT: &str = "The Palace has denied reports that the king, Otto Lind, met the Norland premier, Eva Holm, calling the story “pure fiction”.
The Northern Gazette first reported that a meeting had taken place, and said Lind had offered Holm a loan. Reuters also reported on a meeting.
“It is completely untrue. It is an old fable,” the Palace spokesman, Karl Brandt, said when asked about the meeting. “There was no loan.
“This is what passes for news these days.”
Brandt added that Lind had no plans to travel.
According to the Northern Gazette, Lind sent “two trusted men” to the border. It added that 400 soldiers were there.
Holm’s press chief, Nina Berg, declined to comment on the report.
Two officials familiar with the talks, who spoke on condition of anonymity because they were not authorized to discuss them, said on Sunday that at least 3 million crowns had been paid.
On Monday the Norland parliament’s speaker confirmed the meeting, describing it as “useful”.";

fn article() -> Article {
    let form = ArticleForm {
        text: TEXT.into(),
        title: Some("Palace denies king met premier".into()),
        publisher: Some("The Outlet".into()),
        published_at: "2024-11-11".parse().ok(),
        ..ArticleForm::default()
    };
    Article::new(form).unwrap_or_else(|error| unreachable!("{error}"))
}

fn claims() -> Vec<ClaimData> {
    match extract::analyse(&article()).outcome {
        Outcome::Claims(claims) => claims.into_iter().map(Claim::into_data).collect(),
        Outcome::Skipped(_) => Vec::new(),
    }
}

/// The claim whose content begins with these words.
fn claim(start: &str) -> ClaimData {
    let all = claims();
    let seen: Vec<String> = all.iter().map(|claim| claim.content.text.clone()).collect();
    all.into_iter()
        .find(|claim| claim.part == Part::Text && claim.content.text.starts_with(start))
        .unwrap_or_else(|| unreachable!("{start}: {seen:#?}"))
}

fn who(claim: &ClaimData) -> (String, SourceKind) {
    let source = claim.source.as_ref();
    source.map_or_else(|| unreachable!("no source: {claim:?}"), |source| (source.name.clone(), source.kind))
}

#[test]
fn denials_have_their_source_and_target() {
    let denied = claim("reports that the king");
    assert_eq!((who(&denied), denied.act, denied.stance), (("Palace".into(), SourceKind::Government), Act::Deny, Stance::Deny));
    assert!(denied.target.is_some_and(|target| target.text.starts_with("reports that the king")));
    let called = claim("the story “pure fiction”");
    assert_eq!((who(&called).0.as_str(), called.act, called.quotation), ("Palace", Act::Deny, QuotationKind::Mixed));
}

#[test]
fn a_quotation_goes_on_after_its_cue() {
    let denied = claim("“It is completely untrue.");
    assert_eq!(denied.content.text, "“It is completely untrue. It is an old fable,” “There was no loan.");
    assert_eq!((denied.act, denied.rule.as_str(), denied.quotation), (Act::Deny, "content-around", QuotationKind::Direct));
    let source = denied.source.clone().unwrap_or_else(|| unreachable!());
    assert_eq!(source.text, "the Palace spokesman, Karl Brandt");
    assert_eq!(
        (source.name.as_str(), source.role.as_deref(), source.speaks_for.as_deref()),
        ("Karl Brandt", Some("Palace spokesman"), Some("Palace"))
    );
    assert_eq!(denied.target.map(|target| target.text), Some("the meeting".into()));
}

#[test]
fn a_quotation_that_runs_on_in_the_next_paragraph_is_a_claim_of_the_same_source() {
    let on = claim("“This is what passes");
    assert_eq!((on.cue.as_ref(), on.quotation), (None, QuotationKind::Direct));
    assert_eq!(who(&on), ("Karl Brandt".into(), SourceKind::Person));
}

#[test]
fn outlets_are_told_and_it_refers_to_them() {
    assert_eq!(who(&claim("Lind sent")), ("Northern Gazette".into(), SourceKind::Outlet));
    assert_eq!(who(&claim("400 soldiers")), ("Northern Gazette".into(), SourceKind::Outlet));
    assert_eq!(claim("400 soldiers").quantities[0].of.as_deref(), Some("soldiers"));
    assert_eq!(claim("a meeting had").act, Act::Report);
}

#[test]
fn chains_begin_with_the_publisher_and_nest() {
    let names = |claim: &ClaimData| claim.chain.iter().map(|link| link.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&claim("Lind had no plans")), ["The Outlet", "Karl Brandt"]);
}

#[test]
fn last_names_and_refusals() {
    assert_eq!(who(&claim("Lind had no plans")), ("Karl Brandt".into(), SourceKind::Person));
    let refused = claim("the report");
    assert_eq!((who(&refused).0.as_str(), refused.act, refused.stance), ("Nina Berg", Act::Decline, Stance::NoComment));
}

#[test]
fn anonymous_sources_keep_number_position_and_reason() {
    let said = claim("at least 3 million crowns");
    let source = said.source.clone().unwrap_or_else(|| unreachable!());
    let anonymous = source.anonymous.unwrap_or_else(|| unreachable!());
    assert_eq!((source.kind, anonymous.number), (SourceKind::Anonymous, Some(2)));
    assert_eq!(anonymous.position, "officials familiar with the talks");
    assert_eq!(anonymous.reason.as_deref(), Some("because they were not authorized to discuss them"));
    assert_eq!(said.said_on.map(|date| date.value), Some("2024-11-10".into()));
    assert!((said.quantities[0].value - 3e6).abs() < 1.0 && said.quantities[0].approximate);
}

#[test]
fn participles_share_the_subject() {
    assert_eq!(claim("it as “useful”").source.map(|source| source.text), Some("the Norland parliament’s speaker".into()));
}

#[test]
fn the_title_is_a_text_of_its_own() {
    let titled: Vec<ClaimData> = claims().into_iter().filter(|claim| claim.part == Part::Title).collect();
    assert_eq!(titled.len(), 1);
    assert_eq!((titled[0].content.text.as_str(), titled[0].act), ("king met premier", Act::Deny));
}

/// Name, kind and act of the first claim of a text.
fn first_of(text: &str) -> (String, SourceKind, Act) {
    let article = Article::new(ArticleForm { text: text.into(), ..ArticleForm::default() }).unwrap_or_else(|error| unreachable!("{error}"));
    let Outcome::Claims(claims) = extract::analyse(&article).outcome else { unreachable!("{text} is English") };
    let source = claims[0].source.as_ref().unwrap_or_else(|| unreachable!("{claims:?}"));
    (source.name.clone(), source.kind, claims[0].act)
}

#[test]
fn a_company_is_called_by_its_first_word_unless_a_person_is() {
    let company = first_of("Halden Motors shut the plant on Monday.\nHalden said that there had been no such warning.");
    assert_eq!(company, ("Halden Motors".into(), SourceKind::Organization, Act::Deny));
    let person = first_of("Anna Halden left Halden Motors on Monday.\nHalden said that the plant was old.");
    assert_eq!(person, ("Anna Halden".into(), SourceKind::Person, Act::Say));
}
