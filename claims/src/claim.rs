//! Claims: one attributed statement in one article, whose every shown word stands in the article where it says.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Act, Article, ArticleId, Certainty, ChainLink, ClaimId, CodePoints, DateMention, Polarity, Quantity, QuotationKind, Quote, Source,
    Span, Stance,
};

/// Which text of the article the spans refer to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The text.
    #[default]
    Text,
    /// The title.
    Title,
}

/// The words that attribute, and their dictionary form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cue {
    /// The exact words, joined by one space.
    pub text: String,
    /// Where they stand.
    pub spans: Vec<Span>,
    /// The head word's dictionary form: "say", "deny", "according to".
    pub lemma: String,
}

/// The words attributed; both `text` and `spans` are empty where none are ("declined to comment").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Content {
    /// The exact words, joined by one space.
    pub text: String,
    /// Where they stand.
    pub spans: Vec<Span>,
    /// The same words made to stand alone: names for pronouns and short names, dates of the calendar, no quotation marks. A pronoun
    /// stays where it is not sure enough whom it means. None where there are no words.
    pub resolved: Option<String>,
}

/// How likely each decision is right, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Confidence {
    /// Of the content's place.
    pub content: f32,
    /// Of the source.
    pub source: f32,
    /// Of the act.
    pub act: f32,
}

/// A decision that is less likely right than this is shown as unsure.
const SURE: f32 = 0.6;

impl Confidence {
    /// The decisions that are unsure: of "content", "source", "act".
    pub fn unsure(&self) -> Vec<&'static str> {
        let decisions = [("content", self.content), ("source", self.source), ("act", self.act)];
        decisions.into_iter().filter(|&(_, likely)| likely < SURE).map(|(decision, _)| decision).collect()
    }
}

/// All that a claim says, as plain data. It becomes a [`Claim`] by [`Claim::new`], which checks it against the article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClaimData {
    /// The article version that it stands in.
    pub article_id: ArticleId,
    /// The number of that version among those of its url, from 1; the ledger counts, an extractor leaves 1.
    pub version: u32,
    /// Whether the spans are of the text or of the title.
    #[serde(rename = "in", default, skip_serializing_if = "is_text")]
    pub part: Part,
    /// Who is said to speak; none where the article does not say.
    pub source: Option<Source>,
    /// The nesting of sources, outermost first.
    pub chain: Vec<ChainLink>,
    /// The words that attribute; none where a quotation runs on without any.
    pub cue: Option<Cue>,
    /// The words attributed.
    pub content: Content,
    /// How they are given.
    pub quotation: QuotationKind,
    /// What kind of saying it is.
    pub act: Act,
    /// What that means for what is claimed.
    pub stance: Stance,
    /// The article's words for what is denied, confirmed or not commented on.
    pub target: Option<Quote>,
    /// To whom it was said.
    pub addressee: Option<Quote>,
    /// Whom the source itself rests on: "two officials" of "the Courier reported, citing two officials". Absent where nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relies_on: Option<Source>,
    /// Whether the content says that something is, or is not.
    pub polarity: Polarity,
    /// How sure the source is.
    pub certainty: Certainty,
    /// When it was said.
    pub said_on: Option<DateMention>,
    /// When what it tells of happened.
    pub happened_on: Option<DateMention>,
    /// The figures in the content.
    pub quantities: Vec<Quantity>,
    /// How likely the decisions are right.
    pub confidence: Confidence,
    /// The form that it was found in: "content-after", "content-before" or "content-around" its cue, "no-cue", "no-content";
    /// "own-voice" where the publisher itself speaks.
    pub rule: String,
    /// The extractor and its version: "gainsay 0.1.0".
    pub extractor: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_text(part: &Part) -> bool {
    *part == Part::Text
}

/// A claim whose words are exactly the article's. There is no other way to one than [`Claim::new`].
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Claim {
    id: ClaimId,
    #[serde(flatten)]
    data: ClaimData,
}

/// Why data is not a claim of an article.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// It names another article.
    #[error("the claim is of article {claimed}, not of {article}")]
    OtherArticle {
        /// The article it names.
        claimed: ArticleId,
        /// The article it was checked against.
        article: ArticleId,
    },
    /// Its words are not those of the article at its spans.
    #[error("the {role} of a claim in article {article} does not stand at its spans: {text:?} at {spans:?}")]
    NotInArticle {
        /// The article.
        article: ArticleId,
        /// Which words: source, cue, content, target, addressee or `relies_on`.
        role: &'static str,
        /// The words it shows.
        text: String,
        /// Where it says they stand.
        spans: Vec<Span>,
    },
    /// It says nothing.
    #[error("a claim in article {0} has neither cue nor content")]
    Empty(ArticleId),
}

impl Claim {
    /// Checks that `data` is of `article` and that every text in it equals the article's at its spans.
    pub fn new(article: &Article, data: ClaimData) -> Result<Self, ClaimError> {
        let text = match data.part {
            Part::Text => &article.text,
            Part::Title => article.title.as_deref().unwrap_or_default(),
        };
        Self::checked(article.id(), &CodePoints::new(text), data)
    }

    /// Checks all of an article's claims with one index a text.
    pub fn all(article: &Article, data: Vec<ClaimData>) -> Result<Vec<Self>, ClaimError> {
        let text = CodePoints::new(&article.text);
        let title = CodePoints::new(article.title.as_deref().unwrap_or_default());
        data.into_iter().map(|data| Self::checked(article.id(), if data.part == Part::Text { &text } else { &title }, data)).collect()
    }

    fn checked(article: ArticleId, index: &CodePoints<'_>, data: ClaimData) -> Result<Self, ClaimError> {
        if data.article_id != article {
            return Err(ClaimError::OtherArticle { claimed: data.article_id, article });
        }
        let source = data.source.as_ref().map(Source::quote).unwrap_or_default();
        let cue = data.cue.as_ref().map(|cue| Quote { text: cue.text.clone(), spans: cue.spans.clone() }).unwrap_or_default();
        let content = Quote { text: data.content.text.clone(), spans: data.content.spans.clone() };
        if cue.spans.is_empty() && content.spans.is_empty() {
            return Err(ClaimError::Empty(article));
        }
        let place = format!("{:?} {:?} {:?} {:?}", data.part, pairs(&source), pairs(&cue), pairs(&content));
        let target = data.target.clone().unwrap_or_default();
        let addressee = data.addressee.clone().unwrap_or_default();
        let relies_on = data.relies_on.as_ref().map(Source::quote).unwrap_or_default();
        let quotes = [
            ("source", source),
            ("cue", cue),
            ("content", content),
            ("target", target),
            ("addressee", addressee),
            ("relies_on", relies_on),
        ];
        for (role, quote) in quotes {
            if !quote.is_exact(index) {
                return Err(ClaimError::NotInArticle { article, role, text: quote.text, spans: quote.spans });
            }
        }
        Ok(Self { id: ClaimId::derive(article, &place), data })
    }

    /// The id that follows from its article and the places of its source, cue and content.
    pub fn id(&self) -> ClaimId {
        self.id
    }

    /// The claim as plain data.
    pub fn into_data(self) -> ClaimData {
        self.data
    }
}

impl Deref for Claim {
    type Target = ClaimData;

    fn deref(&self) -> &ClaimData {
        &self.data
    }
}

fn pairs(quote: &Quote) -> Vec<(u32, u32)> {
    quote.spans.iter().map(|&span| span.into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArticleForm, SourceKind};

    const TEXT: &str = "“There was no call,” the spokesman said.";

    fn article() -> Article {
        Article::new(ArticleForm { text: TEXT.to_owned(), ..ArticleForm::default() }).unwrap()
    }

    fn data(article: &Article) -> ClaimData {
        let index = CodePoints::new(&article.text);
        let quote = |start, end| index.quote(&[Span { start, end }]).unwrap();
        let (source, cue, content) = (quote(21, 34), quote(35, 39), quote(0, 20));
        ClaimData {
            article_id: article.id(),
            version: 1,
            part: Part::Text,
            source: Some(Source {
                text: source.text,
                spans: source.spans,
                name: "the spokesman".into(),
                kind: SourceKind::Person,
                role: None,
                speaks_for: None,
                anonymous: None,
            }),
            chain: vec![],
            cue: Some(Cue { text: cue.text, spans: cue.spans, lemma: "say".into() }),
            content: Content { text: content.text, spans: content.spans, resolved: None },
            quotation: QuotationKind::Direct,
            act: Act::Deny,
            stance: Stance::Deny,
            target: None,
            addressee: None,
            relies_on: None,
            polarity: Polarity::Negative,
            certainty: Certainty::Certain,
            said_on: None,
            happened_on: None,
            quantities: vec![],
            confidence: Confidence { content: 1.0, source: 1.0, act: 1.0 },
            rule: "test".into(),
            extractor: "gainsay 0.1.0".into(),
        }
    }

    #[test]
    fn its_words_stand_in_the_article() {
        let article = article();
        let claim = Claim::new(&article, data(&article)).unwrap();
        assert_eq!(claim.content.text, "“There was no call,”");
        assert_eq!(claim.source.as_ref().unwrap().text, "the spokesman");
    }

    #[test]
    fn other_words_cannot_be_built() {
        let article = article();
        let mut altered = data(&article);
        altered.content.text = "“There was a call,”".into();
        assert!(matches!(Claim::new(&article, altered), Err(ClaimError::NotInArticle { role: "content", .. })));
        let mut moved = data(&article);
        moved.cue.as_mut().unwrap().spans[0].end += 1;
        assert!(matches!(Claim::new(&article, moved), Err(ClaimError::NotInArticle { role: "cue", .. })));
        let mut beyond = data(&article);
        beyond.target = Some(Quote { text: "x".into(), spans: vec![Span { start: 90, end: 91 }] });
        assert!(matches!(Claim::new(&article, beyond), Err(ClaimError::NotInArticle { role: "target", .. })));
        let mut resting = data(&article);
        resting.relies_on = resting.source.clone().map(|source| Source { text: "the spokeswoman".into(), ..source });
        assert!(matches!(Claim::new(&article, resting), Err(ClaimError::NotInArticle { role: "relies_on", .. })));
    }

    #[test]
    fn a_claim_of_another_article_or_of_nothing_cannot_be_built() {
        let article = article();
        let other = Article::new(ArticleForm { text: "Other.".into(), ..ArticleForm::default() }).unwrap();
        assert!(matches!(Claim::new(&other, data(&article)), Err(ClaimError::OtherArticle { .. })));
        let mut empty = data(&article);
        empty.cue = None;
        empty.content = Content::default();
        assert!(matches!(Claim::new(&article, empty), Err(ClaimError::Empty(_))));
    }

    #[test]
    fn the_id_follows_from_the_place_alone() {
        let article = article();
        let claim = Claim::new(&article, data(&article)).unwrap();
        let mut reworded = data(&article);
        reworded.act = Act::Say;
        assert_eq!(Claim::new(&article, reworded).unwrap().id(), claim.id());
        let mut shorter = data(&article);
        shorter.source = None;
        assert_ne!(Claim::new(&article, shorter).unwrap().id(), claim.id());
    }

    #[test]
    fn json_has_the_published_names() {
        let article = article();
        let json = serde_json::to_value(Claim::new(&article, data(&article)).unwrap()).unwrap();
        assert_eq!(json["content"]["spans"], serde_json::json!([[0, 20]]));
        assert_eq!(json["act"], "deny");
        assert!(json.get("in").is_none(), "`in` is given only for titles");
        assert!(json["id"].is_string());
        assert!(json.get("relies_on").is_none(), "stored claims without it stay readable");
        assert_eq!(serde_json::from_value::<ClaimData>(json).unwrap(), data(&article));
    }
}
