//! What holds of articles, claims and words whatever stands in them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use claims::{
    Act, Article, ArticleForm, Certainty, Claim, ClaimData, ClaimError, CodePoints, Confidence, Content, DatePrecision, Polarity,
    QuotationKind, Quote, SkipReason, SourceKind, Span, Stance,
};
use proptest::option;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Any text: letters of every script, controls, marks without a letter, characters beyond the basic plane.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ \\t\\r\\n\u{85}\u{a0}\u{2028}\u{feff}e\u{301}\u{200d}🙂👨\u{202e}\"\\\\/\u{7f}]{0,20}"]
}

fn form() -> impl Strategy<Value = ArticleForm> {
    let dates = option::of(prop_oneof![
        Just("2024-02-29"),
        Just("1600-01-01"),
        Just("2199-12-31T23:59:59Z"),
        Just("2024-11-11T00:30:00.75+02:00"),
        Just(" 1969-12-31T23:59:59-11:00 "),
    ]);
    let fields = proptest::collection::vec(option::of(text()), 8);
    (fields, dates.clone(), dates, text()).prop_map(|(fields, published, modified, text)| {
        let mut fields = fields.into_iter();
        let mut field = |most: usize| fields.next().flatten().map(|text| text[..text.floor_char_boundary(most)].to_owned());
        ArticleForm {
            given_id: field(1_000),
            url: field(4_000),
            publisher: field(500),
            published_at: published.map(|at| at.parse().unwrap()),
            modified_at: modified.map(|at| at.parse().unwrap()),
            title: field(10_000),
            byline: field(5_000),
            section: field(500),
            credit: field(2_000),
            language: field(35),
            text,
        }
    })
}

proptest! {
    #[test]
    fn an_article_is_the_same_however_often_it_travels(form in form()) {
        let sent: ArticleForm = serde_json::from_str(&serde_json::to_string(&form).unwrap()).unwrap();
        prop_assert_eq!(&sent, &form);
        let Ok(article) = Article::new(form.clone()) else {
            prop_assert!(Article::new(sent).is_err());
            return Ok(());
        };
        prop_assert_eq!(&Article::new(sent).unwrap(), &article);
        prop_assert_eq!(&article.text, &form.text, "byte for byte");
        let json = serde_json::to_string(&article).unwrap();
        let read: Article = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &article);
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
        prop_assert_eq!(Article::new(read.into_form()).unwrap(), article);
    }

    #[test]
    fn spans_may_touch_and_never_overlap(text in "[^\\x00]{1,40}", mut cuts in proptest::collection::vec(0_u32..44, 4)) {
        let Ok(article) = Article::new(ArticleForm { text, ..ArticleForm::default() }) else { return Ok(()) };
        let index = CodePoints::new(&article.text);
        let spans = |cuts: &[u32]| vec![Span { start: cuts[0], end: cuts[1] }, Span { start: cuts[2], end: cuts[3] }];
        let built = |spans: &[Span]| index.quote(spans).map(|quote| Claim::new(&article, data(&article, quote)));
        if let Some(claim) = built(&spans(&cuts)) {
            prop_assert_eq!(claim.is_ok(), cuts[1] <= cuts[2], "{:?}", cuts);
        }
        cuts.sort_unstable();
        let fits = cuts[0] < cuts[1] && cuts[2] < cuts[3] && cuts[3] as usize <= index.len();
        prop_assert_eq!(built(&spans(&cuts)).is_some_and(|claim| claim.is_ok()), fits, "{:?}", cuts);
    }
}

#[test]
fn adjacent_spans_are_taken_and_overlapping_ones_refused() {
    let article = Article::new(ArticleForm { text: "no such call".into(), ..ArticleForm::default() }).unwrap();
    let build = |text: &str, spans: [(u32, u32); 2]| {
        let quote = Quote { text: text.to_owned(), spans: spans.map(Span::from).to_vec() };
        Claim::new(&article, data(&article, quote))
    };
    assert_eq!(build("no such", [(0, 2), (3, 7)]).unwrap().content.text, "no such");
    assert_eq!(build("no  such", [(0, 3), (3, 7)]).unwrap().content.spans.len(), 2);
    for (text, spans) in [("no s such", [(0, 4), (3, 7)]), ("such no", [(3, 7), (0, 2)]), ("no no", [(0, 2), (0, 2)])] {
        let refused = build(text, spans).unwrap_err();
        assert!(matches!(&refused, ClaimError::NotInArticle { role: "content", .. }), "{refused}");
    }
}

#[test]
fn every_word_is_the_same_in_json_shown_and_read() {
    words(Act::ALL, Act::as_str);
    words(Stance::ALL, Stance::as_str);
    words(QuotationKind::ALL, QuotationKind::as_str);
    words(Polarity::ALL, Polarity::as_str);
    words(Certainty::ALL, Certainty::as_str);
    words(SourceKind::ALL, SourceKind::as_str);
    words(DatePrecision::ALL, DatePrecision::as_str);
    assert_eq!(serde_json::to_value(SkipReason::Language).unwrap(), SkipReason::Language.as_str());
}

fn words<T>(all: &[T], as_str: fn(T) -> &'static str)
where
    T: Copy + Debug + Display + FromStr<Err = String> + PartialEq + Serialize + DeserializeOwned,
{
    assert!(!all.is_empty());
    for &one in all {
        let word = as_str(one);
        assert_eq!(one.to_string(), word);
        assert_eq!(word.parse::<T>(), Ok(one));
        assert_eq!(serde_json::to_value(one).unwrap(), word);
        assert_eq!(serde_json::from_value::<T>(word.into()).unwrap(), one);
        assert!(word.to_uppercase().parse::<T>().unwrap_err().contains(word), "the error lists what there is");
    }
}

/// A claim that says only `content`.
fn data(article: &Article, content: Quote) -> ClaimData {
    ClaimData {
        article_id: article.id(),
        version: 1,
        part: claims::Part::Text,
        source: None,
        chain: vec![],
        cue: None,
        content: Content { text: content.text, spans: content.spans, resolved: None },
        quotation: QuotationKind::Direct,
        act: Act::Say,
        stance: Stance::Support,
        target: None,
        addressee: None,
        relies_on: None,
        polarity: Polarity::Positive,
        certainty: Certainty::Certain,
        said_on: None,
        happened_on: None,
        quantities: vec![],
        confidence: Confidence { content: 1.0, source: 1.0, act: 1.0 },
        rule: "test".into(),
        extractor: "test".into(),
    }
}
