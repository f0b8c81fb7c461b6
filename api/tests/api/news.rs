//! News of a made-up harbour town, with claims marked by hand.

use claims::{
    Act, Anonymity, Article, ArticleForm, Certainty, ChainLink, Claim, ClaimData, CodePoints, Confidence, Content, Cue, Extraction,
    Outcome, Part, Polarity, QuotationKind, Quote, SkipReason, Source, SourceKind, Stance,
};

/// One claim by its words, each looked for in the article.
pub(crate) struct Said {
    pub(crate) part: Part,
    pub(crate) source: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: SourceKind,
    pub(crate) cue: &'static str,
    pub(crate) content: &'static str,
    pub(crate) act: Act,
    pub(crate) stance: Stance,
    pub(crate) chain: &'static [(&'static str, SourceKind)],
    pub(crate) target: Option<&'static str>,
    pub(crate) role: Option<&'static str>,
    pub(crate) reason: Option<&'static str>,
}

const SAID: Said = Said {
    part: Part::Text,
    source: "",
    name: "",
    kind: SourceKind::Person,
    cue: "said",
    content: "",
    act: Act::Say,
    stance: Stance::Support,
    chain: &[],
    target: None,
    role: None,
    reason: None,
};

/// All of it, in no order.
pub(crate) fn all() -> Vec<Extraction> {
    vec![ferry_denied(), ferry_first(), ferry_second_version(), harbour_budget(), hostile(), german(), plain()]
}

/// A denial, a no comment, a query, an anonymous source in a chain, and a quotation over two paragraphs.
pub(crate) fn ferry_denied() -> Extraction {
    let form = form(
        "Port Ledger",
        "2026-04-14T09:30:00Z",
        "Harbour office denies secret talks over ferry sale",
        "https://ledger.example/2026/04/14/ferry",
        "The harbour office has denied that it negotiated the sale of the Lantern ferries behind closed doors.\n\n\
         The Tidewater Gazette reported on Sunday that the office had met a buyer three times, citing two people familiar with the talks, \
         who were not named because they feared for their posts.\n\n\
         “There were no talks, and there is no buyer,” harbour master Ines Okafor said on Tuesday. “Anyone who says otherwise should show \
         the papers.\n\n\
         “We would have told the council first.”\n\n\
         Northline Holdings, which the Gazette named as the buyer, declined to comment on the report.\n\n\
         Councillor Peer Lund asked whether the minutes of the March session had been shortened. The ferry workers’ union said it would \
         strike if the ships were sold, and warned that the island could be cut off for weeks.\n\n\
         The fares rose by 4% in January.",
    );
    let form = ArticleForm { byline: Some("Mara Quist".into()), section: Some("Harbour".into()), ..form };
    extraction(form, &FERRY)
}

const OFFICE: Said = Said {
    source: "The harbour office",
    name: "Harbour office",
    kind: SourceKind::Government,
    cue: "denied",
    act: Act::Deny,
    stance: Stance::Deny,
    ..SAID
};
const OKAFOR: Said = Said { source: "harbour master Ines Okafor", name: "Ines Okafor", role: Some("harbour master"), ..SAID };
const UNION: Said = Said { source: "The ferry workers’ union", name: "ferry workers’ union", kind: SourceKind::Organization, ..SAID };

/// What is said in [`ferry_denied`].
const FERRY: [Said; 10] = [
    Said { part: Part::Title, source: "Harbour office", cue: "denies", content: "secret talks over ferry sale", ..OFFICE },
    Said { content: "that it negotiated the sale of the Lantern ferries behind closed doors", ..OFFICE },
    Said {
        source: "The Tidewater Gazette",
        name: "The Tidewater Gazette",
        kind: SourceKind::Outlet,
        cue: "reported",
        content: "that the office had met a buyer three times, citing two people familiar with the talks",
        act: Act::Report,
        ..SAID
    },
    Said {
        source: "two people familiar with the talks",
        name: "two people familiar with the talks",
        kind: SourceKind::Anonymous,
        cue: "citing",
        content: "the office had met a buyer three times",
        chain: &[("The Tidewater Gazette", SourceKind::Outlet), ("two people familiar with the talks", SourceKind::Anonymous)],
        reason: Some("because they feared for their posts"),
        ..SAID
    },
    Said { content: "“There were no talks, and there is no buyer,”", act: Act::Deny, stance: Stance::Deny, ..OKAFOR },
    Said {
        content: "“Anyone who says otherwise should show the papers.\n\n“We would have told the council first.”",
        act: Act::Demand,
        ..OKAFOR
    },
    Said {
        source: "Northline Holdings",
        name: "Northline Holdings",
        kind: SourceKind::Organization,
        cue: "declined to comment",
        act: Act::Decline,
        stance: Stance::NoComment,
        target: Some("the report"),
        ..SAID
    },
    Said {
        source: "Councillor Peer Lund",
        name: "Peer Lund",
        role: Some("councillor"),
        cue: "asked",
        content: "whether the minutes of the March session had been shortened",
        act: Act::Question,
        stance: Stance::Query,
        ..SAID
    },
    Said { content: "it would strike if the ships were sold", act: Act::Promise, ..UNION },
    Said { cue: "warned", content: "that the island could be cut off for weeks", act: Act::Predict, ..UNION },
];

/// The first of two versions at one url.
pub(crate) fn ferry_first() -> Extraction {
    let text = "The harbour office is selling the Lantern ferries, two people familiar with the talks said.";
    ferry("Harbour office sells ferries", "2026-04-12", text)
}

/// The second, with another title and text.
pub(crate) fn ferry_second_version() -> Extraction {
    let text = "The harbour office has met a buyer of the Lantern ferries, two people familiar with the talks said.";
    ferry("Harbour office in talks to sell ferries", "2026-04-13", text)
}

fn ferry(title: &str, day: &str, text: &str) -> Extraction {
    let form = form("Tidewater Gazette", day, title, "https://gazette.example/ferries", text);
    let content = if text.contains("selling") {
        "The harbour office is selling the Lantern ferries"
    } else {
        "The harbour office has met a buyer of the Lantern ferries"
    };
    let said = Said {
        source: "two people familiar with the talks",
        name: "two people familiar with the talks",
        kind: SourceKind::Anonymous,
        content,
        ..SAID
    };
    extraction(form, &[said])
}

/// A day without a time, and one claim.
pub(crate) fn harbour_budget() -> Extraction {
    let text = "The island council wants 12 million crowns for new moorings.\n\nIt is the only way to keep the ferry, Ines Okafor argued.";
    let form = form("Port Ledger", "2026-02-03", "Council asks for new moorings", "https://ledger.example/2026/02/03/moorings", text);
    let said = Said { source: "Ines Okafor", name: "Ines Okafor", cue: "argued", content: "It is the only way to keep the ferry", ..SAID };
    extraction(form, &[said])
}

/// Every field holds markup, and the url is a script.
pub(crate) fn hostile() -> Extraction {
    let evil = "<script>alert(1)</script>";
    let text = "“<img src=x onerror=alert(2)>,” </p><script>alert(3)</script> said.\n\n\"'&amp;<b>";
    let form = ArticleForm {
        byline: Some(format!("{evil} byline")),
        section: Some("\"><svg onload=alert(4)>".into()),
        given_id: Some("\"><img src=y onerror=alert(5)>".into()),
        ..form(&format!("Outlet {evil}"), "2025-12-01", &format!("Title {evil} \"quoted\""), "javascript:alert(document.domain)", text)
    };
    let said = Said {
        source: "<script>alert(3)</script>",
        name: "<script>alert(3)</script>",
        content: "“<img src=x onerror=alert(2)>,”",
        role: Some("<i>role</i>"),
        target: Some("</p>"),
        ..SAID
    };
    extraction(form, &[said])
}

/// Kept without being read.
pub(crate) fn german() -> Extraction {
    let form = form(
        "Küstenbote",
        "2026-04-15",
        "Hafenamt weist Bericht zurück",
        "https://kuestenbote.example/1",
        "Das Hafenamt hat den Bericht über einen Verkauf der Fähren zurückgewiesen.",
    );
    let article = Article::new(ArticleForm { language: Some("de".into()), ..form }).unwrap();
    Extraction { article, outcome: Outcome::Skipped(SkipReason::Language), extractor: "gainsay test".into() }
}

/// Nothing but a text.
pub(crate) fn plain() -> Extraction {
    extraction(ArticleForm { text: "A line without anybody's word in it.".into(), ..ArticleForm::default() }, &[])
}

fn form(publisher: &str, published_at: &str, title: &str, url: &str, text: &str) -> ArticleForm {
    ArticleForm {
        url: Some(url.into()),
        publisher: Some(publisher.into()),
        published_at: published_at.parse().ok(),
        title: Some(title.into()),
        language: Some("en".into()),
        text: text.into(),
        ..ArticleForm::default()
    }
}

fn extraction(form: ArticleForm, said: &[Said]) -> Extraction {
    let article = Article::new(form).unwrap();
    let claims = said.iter().map(|said| claim(&article, said)).collect();
    Extraction { article, outcome: Outcome::Claims(claims), extractor: "gainsay test".into() }
}

fn claim(article: &Article, said: &Said) -> Claim {
    let text = if said.part == Part::Title { article.title.as_deref().unwrap() } else { &article.text };
    let index = CodePoints::new(text);
    let quote_from = |from: usize, words: &str| {
        if words.is_empty() {
            return Quote::default();
        }
        let byte = from + text[from..].find(words).unwrap_or_else(|| panic!("{words:?} is not in the article"));
        index.quote(&[index.span(byte..byte + words.len())]).unwrap()
    };
    let content = quote_from(0, said.content);
    let source = quote_from(0, said.source);
    // The nearest cue to the source, where a word occurs often.
    let near = source.spans.first().and_then(|span| index.byte(span.start)).unwrap_or(0);
    let cue = quote_from(if text[near..].contains(said.cue) { near } else { 0 }, said.cue);
    let target = said.target.map(|words| quote_from(0, words));
    let anonymous = (said.kind == SourceKind::Anonymous).then(|| Anonymity {
        number: Some(2),
        position: said.name.into(),
        reason: said.reason.map(Into::into),
    });
    let data = ClaimData {
        article_id: article.id(),
        version: 1,
        part: said.part,
        source: Some(Source {
            text: source.text,
            spans: source.spans,
            name: said.name.into(),
            kind: said.kind,
            role: said.role.map(Into::into),
            speaks_for: None,
            anonymous,
        }),
        chain: said.chain.iter().map(|&(name, kind)| ChainLink { name: name.into(), kind }).collect(),
        cue: Some(Cue { text: cue.text, spans: cue.spans, lemma: said.cue.into() }),
        content: Content { text: content.text, spans: content.spans, resolved: None },
        quotation: if said.content.starts_with('“') { QuotationKind::Direct } else { QuotationKind::Indirect },
        act: said.act,
        stance: said.stance,
        target,
        addressee: None,
        relies_on: None,
        polarity: Polarity::Positive,
        certainty: Certainty::Certain,
        said_on: None,
        happened_on: None,
        quantities: vec![],
        confidence: Confidence { content: 1.0, source: 1.0, act: 1.0 },
        rule: "test/by-hand".into(),
        extractor: "gainsay test".into(),
    };
    Claim::new(article, data).unwrap()
}
