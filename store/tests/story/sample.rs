//! Extractions built by hand, whose claims stand in their article.

use claims::{
    Act, Article, ArticleForm, Certainty, Claim, ClaimData, CodePoints, Confidence, Content, Cue, Extraction, Outcome, Part, Polarity,
    QuotationKind, Quote, SkipReason, Source, SourceKind, Stance,
};

/// The words of one claim, each to be found in the text.
#[derive(Clone, Copy)]
pub(crate) struct Said {
    pub(crate) source: Option<(&'static str, &'static str, SourceKind)>,
    pub(crate) cue: &'static str,
    pub(crate) content: &'static str,
    pub(crate) act: Act,
    pub(crate) part: Part,
}

/// A claim of `name`, called `words` in the text.
pub(crate) fn said(words: &'static str, name: &'static str, kind: SourceKind, cue: &'static str, content: &'static str, act: Act) -> Said {
    Said { source: Some((words, name, kind)), cue, content, act, part: Part::Text }
}

/// An article in the making.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) form: ArticleForm,
    said: Vec<Said>,
    extractor: &'static str,
}

pub(crate) fn draft(text: &str) -> Draft {
    let form = ArticleForm { text: text.to_owned(), language: Some("en".to_owned()), ..ArticleForm::default() };
    Draft { form, said: Vec::new(), extractor: "gainsay 0.1.0" }
}

impl Draft {
    pub(crate) fn url(mut self, url: &str) -> Self {
        self.form.url = Some(url.to_owned());
        self
    }

    pub(crate) fn publisher(mut self, publisher: &str) -> Self {
        self.form.publisher = Some(publisher.to_owned());
        self
    }

    pub(crate) fn title(mut self, title: &str) -> Self {
        self.form.title = Some(title.to_owned());
        self
    }

    pub(crate) fn published(mut self, at: &str) -> Self {
        self.form.published_at = Some(at.parse().unwrap());
        self
    }

    pub(crate) fn modified(mut self, at: &str) -> Self {
        self.form.modified_at = Some(at.parse().unwrap());
        self
    }

    pub(crate) fn given(mut self, id: &str) -> Self {
        self.form.given_id = Some(id.to_owned());
        self
    }

    pub(crate) fn says(mut self, said: Said) -> Self {
        self.said.push(said);
        self
    }

    pub(crate) fn read_by(mut self, extractor: &'static str) -> Self {
        self.extractor = extractor;
        self
    }

    pub(crate) fn done(&self) -> Extraction {
        let article = Article::new(self.form.clone()).unwrap();
        let claims = self.said.iter().map(|said| claim(&article, *said, self.extractor)).collect();
        Extraction { article, outcome: Outcome::Claims(claims), extractor: self.extractor.to_owned() }
    }

    pub(crate) fn skipped(&self) -> Extraction {
        let article = Article::new(self.form.clone()).unwrap().in_language("de");
        Extraction { article, outcome: Outcome::Skipped(SkipReason::Language), extractor: self.extractor.to_owned() }
    }
}

fn claim(article: &Article, said: Said, extractor: &str) -> Claim {
    let text = if said.part == Part::Text { &article.text } else { article.title.as_ref().unwrap() };
    let source = said.source.map(|(words, name, kind)| {
        let Quote { text, spans } = quote(text, words);
        Source { text, spans, name: name.to_owned(), kind, role: None, speaks_for: None, anonymous: None }
    });
    let (cue, content) = (quote(text, said.cue), quote(text, said.content));
    let stance = match said.act {
        Act::Deny => Stance::Deny,
        Act::Decline => Stance::NoComment,
        Act::Question => Stance::Query,
        _ => Stance::Support,
    };
    let data = ClaimData {
        article_id: article.id(),
        version: 1,
        part: said.part,
        source,
        chain: vec![],
        cue: Some(Cue { text: cue.text, spans: cue.spans, lemma: said.cue.to_owned() }),
        content: Content { text: content.text, spans: content.spans, resolved: None },
        quotation: QuotationKind::Indirect,
        act: said.act,
        stance,
        target: None,
        addressee: None,
        relies_on: None,
        polarity: Polarity::Positive,
        certainty: Certainty::Certain,
        said_on: None,
        happened_on: None,
        quantities: vec![],
        confidence: Confidence { content: 0.9, source: 0.8, act: 0.7 },
        rule: "by hand".to_owned(),
        extractor: extractor.to_owned(),
    };
    Claim::new(article, data).unwrap()
}

/// The first place of `words` in `text`; nowhere for no words.
fn quote(text: &str, words: &str) -> Quote {
    if words.is_empty() {
        return Quote::default();
    }
    let start = text.find(words).unwrap_or_else(|| panic!("{words:?} is not in {text:?}"));
    let index = CodePoints::new(text);
    index.quote(&[index.span(start..start + words.len())]).unwrap()
}

/// A many-sided story: five articles of three outlets, one without url and date, one in another language.
pub(crate) fn story() -> Vec<Extraction> {
    let call = draft("“There was no such call,” Dmitry Peskov said on Monday. Two officials said the men spoke on Thursday.")
        .url("https://outlet.example/1")
        .publisher("The Outlet")
        .title("Kremlin denies call")
        .published("2024-11-11T12:00:00Z")
        .given("n1")
        .says(said("Two officials", "two officials", SourceKind::Anonymous, "said the", "the men spoke on Thursday", Act::Say))
        .says(said("Dmitry Peskov", "Dmitry Peskov", SourceKind::Person, "said on", "“There was no such call,”", Act::Deny))
        .says(Said {
            source: Some(("Kremlin", "Kremlin", SourceKind::Government)),
            cue: "denies",
            content: "call",
            act: Act::Deny,
            part: Part::Title,
        });
    let mayor = draft("The mayor of Zürich promised cheaper trams. Is it enough, critics asked. The operator declined to comment.")
        .url("https://outlet.example/2")
        .publisher("The Outlet")
        .title("Cheaper trams promised")
        .published("2024-11-11")
        .says(said("The mayor of Zürich", "mayor of Zürich", SourceKind::Person, "promised", "cheaper trams", Act::Promise))
        .says(said("critics", "critics", SourceKind::Group, "asked", "Is it enough", Act::Question))
        .says(said("The operator", "The operator", SourceKind::Organization, "declined to comment", "", Act::Decline));
    let gazette = draft("DMITRY PESKOV confirmed that the men had spoken. “It was short,” he said.")
        .url("https://gazette.example/a")
        .publisher("Gazette")
        .title("A call after all")
        .published("2024-11-18T08:00:00Z")
        .says(said("DMITRY PESKOV", "DMITRY PESKOV", SourceKind::Person, "confirmed", "that the men had spoken", Act::Confirm))
        .says(Said { source: None, cue: "said", content: "“It was short,”", act: Act::Say, part: Part::Text });
    let undated = draft("Nobody knows when this was written, a reader said.").says(said(
        "a reader",
        "a reader",
        SourceKind::Anonymous,
        "said",
        "Nobody knows when this was written",
        Act::Say,
    ));
    let german = draft("Der Sprecher sagte nichts.").url("https://blatt.example/x").publisher("Das Blatt").published("2024-11-12");
    vec![call.done(), mayor.done(), gazette.done(), undated.done(), german.skipped()]
}
