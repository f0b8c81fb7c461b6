//! One article's claims as a table: who, by which words, what.

use std::io::{self, Write};

use claims::{Article, ClaimData, Content, Extraction, Part, Source, SourceKind, Stance};
use extract::Step;
use owo_colors::Style;

use crate::output::{counted, readable, stance_style, stance_words};
use crate::table::{Paragraph, write_paragraph, write_row};

/// Prints what was read from one article, at most `width` columns wide; below each claim the steps to it, where there are any.
pub fn write(out: &mut impl Write, width: usize, extraction: &Extraction, steps: &[Vec<Step>]) -> io::Result<()> {
    write_article(out, width, &extraction.article)?;
    if extraction.skipped().is_some() {
        let language = extraction.article.language.as_deref().unwrap_or("another language");
        return write_paragraph(
            out,
            width,
            &format!("Not read: the text is in {language}, and only English is read."),
            Style::new().yellow(),
        );
    }
    let claims = extraction.claims();
    write_paragraph(out, width, &count_stances(claims.iter().map(|claim| claim.stance)), Style::new())?;
    if claims.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let widths = column_widths(width);
    write_head(out, &widths)?;
    for (number, claim) in claims.iter().enumerate() {
        write_claim(out, &widths, claim, None)?;
        for step in steps.get(number).into_iter().flatten() {
            write_paragraph(out, width, &format!("{}: {}", step.stage, told(step)), Style::new().dimmed())?;
        }
    }
    Ok(())
}

/// Prints the names of the columns.
pub fn write_head(out: &mut impl Write, widths: &[usize; 3]) -> io::Result<()> {
    let head = |text| vec![Paragraph::new(text, Style::new().dimmed())];
    write_row(out, widths, &[head("SOURCE"), head("ACT, CUE"), head("CONTENT")])
}

/// Prints one claim as a row with a blank line above; `note` goes below its content.
pub fn write_claim(out: &mut impl Write, widths: &[usize; 3], claim: &ClaimData, note: Option<&str>) -> io::Result<()> {
    writeln!(out)?;
    let mut content = content_cell(claim);
    content.extend(note.map(|note| Paragraph::new(note, Style::new().dimmed())));
    write_row(out, widths, &[source_cell(claim), act_cell(claim), content])
}

/// The widths of the columns of a table that is `width` columns wide.
pub fn column_widths(width: usize) -> [usize; 3] {
    let source = (width * 3 / 10).clamp(12, 34);
    let act = (width / 6).clamp(8, 16);
    [source, act, width.saturating_sub(source + act + 4).max(10)]
}

/// What a step decided, what else it weighed, and what spoke for that: "say (say 93 %, report 5 %)".
fn told(step: &Step) -> String {
    let weighed: Vec<String> =
        step.weighed.iter().take(3).map(|choice| format!("{} {:.0} %", choice.what, choice.probability * 100.0)).collect();
    let because: Vec<&str> = step.weighed.iter().take(1).flat_map(|first| &first.because).map(|(feature, _)| *feature).collect();
    let weighed = if weighed.is_empty() { String::new() } else { format!(" ({})", weighed.join(", ")) };
    let because = if because.is_empty() { String::new() } else { format!("; {}", because.join(", ")) };
    format!("{}{weighed}{because}", step.decided)
}

fn write_article(out: &mut impl Write, width: usize, article: &Article) -> io::Result<()> {
    if let Some(title) = &article.title {
        write_paragraph(out, width, title, Style::new().bold())?;
    }
    let published = article.published_at.map(readable);
    let known = [&article.publisher, &published, &article.byline, &article.credit.as_ref().map(|credit| format!("credited to {credit}"))];
    let line = known.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · ");
    write_paragraph(out, width, &line, Style::new().dimmed())
}

/// "11 claims: 9 support, 1 deny, 1 no comment".
fn count_stances(stances: impl Iterator<Item = Stance>) -> String {
    let mut counts = store::StanceCounts::default();
    stances.for_each(|stance| counts.add(stance, 1));
    let each = [
        (counts.support, Stance::Support),
        (counts.deny, Stance::Deny),
        (counts.no_comment, Stance::NoComment),
        (counts.query, Stance::Query),
    ];
    let parts: Vec<String> =
        each.iter().filter(|(count, _)| *count > 0).map(|(count, stance)| format!("{count} {}", stance_words(*stance))).collect();
    let total = counted(counts.total(), "claim");
    if parts.is_empty() { total } else { format!("{total}: {}", parts.join(", ")) }
}

fn source_cell(claim: &ClaimData) -> Vec<Paragraph> {
    let dim = Style::new().dimmed();
    let Some(source) = &claim.source else {
        return vec![Paragraph::new("(none named)", dim)];
    };
    let mut cell = vec![Paragraph::new(&source.name, Style::new().bold()), Paragraph::new(&describe(source), dim)];
    // The outermost link is the publisher and the innermost the source itself, which are shown already.
    if let [_, between @ .., _] = claim.chain.as_slice()
        && !between.is_empty()
    {
        let names: Vec<&str> = between.iter().map(|link| link.name.as_str()).collect();
        cell.push(Paragraph::new(&format!("as told by {}", names.join(" ← ")), dim));
    }
    cell.extend(claim.relies_on.iter().map(|relied| Paragraph::new(&format!("resting on {}", relied.name), dim)));
    cell
}

/// Kind and role: "person, Kremlin spokesperson"; for an anonymous source what the article says of it.
fn describe(source: &Source) -> String {
    let mut parts = vec![source.kind.to_string()];
    // A source without a name of its own goes by its role.
    parts.extend(source.role.clone().filter(|role| !source.name.contains(role.as_str())));
    if let Some(anonymous) = &source.anonymous {
        if source.kind != SourceKind::Anonymous {
            parts.push("not named".to_owned());
        }
        if !source.name.eq_ignore_ascii_case(&anonymous.position) {
            parts.push(anonymous.position.clone());
        }
        parts.extend(anonymous.reason.clone());
    }
    parts.join(", ")
}

fn act_cell(claim: &ClaimData) -> Vec<Paragraph> {
    let mut cell = vec![Paragraph::new(claim.act.as_str(), stance_style(claim.stance).bold())];
    if let Some(cue) = &claim.cue {
        cell.push(Paragraph::new(&format!("“{}”", cue.text), Style::new().dimmed()));
    }
    if claim.part == Part::Title {
        cell.push(Paragraph::new("in the title", Style::new().dimmed()));
    }
    cell
}

fn content_cell(claim: &ClaimData) -> Vec<Paragraph> {
    let mut cell = Vec::new();
    if !claim.content.text.is_empty() {
        cell.push(Paragraph::new(&stretches(&claim.content).join(" … "), stance_style(claim.stance)));
    }
    let target = claim.target.iter().filter(|target| target.text != claim.content.text).map(|target| format!("about: {}", target.text));
    let addressee = claim.addressee.iter().map(|addressee| format!("to: {}", addressee.text));
    let unsure = claim.confidence.unsure().join(", ");
    let unsure = (!unsure.is_empty()).then(|| format!("unsure: {unsure}"));
    cell.extend(target.chain(addressee).chain(unsure).map(|text| Paragraph::new(&text, Style::new().dimmed())));
    cell
}

/// The words of each span of `content`, whose text joins them by one space.
pub fn stretches(content: &Content) -> Vec<String> {
    let mut chars = content.text.chars();
    let lengths = content.spans.iter().map(|span| span.end.saturating_sub(span.start) as usize);
    lengths
        .map(|length| {
            let words = chars.by_ref().take(length).collect();
            chars.next();
            words
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use claims::{Act, Anonymity, ArticleForm, Certainty, ChainLink, Claim, CodePoints, Confidence, Cue, Outcome, Polarity, QuotationKind};
    use unicode_width::UnicodeWidthStr;

    use super::*;

    const TEXT: &str = "The Courier reported that two officials familiar with the talks, who asked not to be named, said “東京 was told of the \
                        crack in November”. The ministry declined to comment on the report.";

    fn extraction() -> Extraction {
        let form = ArticleForm {
            title: Some("A title".into()),
            publisher: Some("The Echo".into()),
            published_at: "2026-03-05".parse().ok(),
            text: TEXT.into(),
            ..ArticleForm::default()
        };
        let article = Article::new(form).unwrap();
        let mut report = claim(
            &article,
            Act::Say,
            Stance::Support,
            ["two officials familiar with the talks", "said", "東京 was told of the crack in November"],
        );
        let mut silence = claim(&article, Act::Decline, Stance::NoComment, ["The ministry", "declined to comment", "the report"]);
        silence.target = Some(claims::Quote { text: silence.content.text, spans: silence.content.spans });
        silence.content = Content::default();
        let index = CodePoints::new(&article.text);
        report.relies_on = silence.source.clone();
        let spans = ["東京 was told", "in November"].map(|words| {
            let start = article.text.find(words).unwrap();
            index.span(start..start + words.len())
        });
        let quote = index.quote(&spans).unwrap();
        report.content = Content { text: quote.text, spans: quote.spans, resolved: None };
        let claims = Claim::all(&article, vec![report, silence]).unwrap();
        Extraction { article, outcome: Outcome::Claims(claims), extractor: "test".into() }
    }

    fn claim(article: &Article, act: Act, stance: Stance, [source, cue, content]: [&str; 3]) -> ClaimData {
        let index = CodePoints::new(&article.text);
        let spans = |words: &str| {
            let start = article.text.find(words).unwrap();
            vec![index.span(start..start + words.len())]
        };
        let anonymous = source.contains("officials");
        ClaimData {
            article_id: article.id(),
            version: 1,
            part: Part::Text,
            source: Some(Source {
                text: source.into(),
                spans: spans(source),
                name: source.into(),
                kind: if anonymous { SourceKind::Anonymous } else { SourceKind::Government },
                role: None,
                speaks_for: None,
                anonymous: anonymous.then(|| Anonymity {
                    number: Some(2),
                    position: "officials familiar with the talks".into(),
                    reason: None,
                }),
            }),
            chain: if anonymous {
                vec![
                    ChainLink { name: "The Echo".into(), kind: SourceKind::Outlet },
                    ChainLink { name: "The Courier".into(), kind: SourceKind::Outlet },
                    ChainLink { name: "two officials".into(), kind: SourceKind::Anonymous },
                ]
            } else {
                vec![]
            },
            cue: Some(Cue { text: cue.into(), spans: spans(cue), lemma: "say".into() }),
            content: Content { text: content.into(), spans: spans(content), resolved: None },
            quotation: QuotationKind::Direct,
            act,
            stance,
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

    fn table(width: usize) -> String {
        let mut styled = Vec::new();
        write(&mut styled, width, &extraction(), &[]).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(styled).unwrap()).to_string()
    }

    #[test]
    fn says_who_by_which_words_what() {
        let table = table(80);
        assert!(table.starts_with("A title\nThe Echo · 5 March 2026\n2 claims: 1 support, 1 no comment\n\nSOURCE "), "{table}");
        let row = "two officials familiar    say            東京 was told … in November\n\
                   with the talks            “said”\n";
        assert!(table.contains(row), "{table}");
        assert!(table.contains("as told by The Courier\n"), "{table}");
        assert!(table.contains("about: the report"), "{table}");
        assert_eq!(table.matches("resting on The ministry\n").count(), 1, "only where somebody is named: {table}");
    }

    #[test]
    fn what_is_unsure_is_said_to_be() {
        let mut read = extraction();
        let article = read.article.clone();
        let mut doubted: Vec<ClaimData> = read.claims().iter().map(|claim| claim.clone().into_data()).collect();
        doubted[0].confidence = Confidence { content: 0.9, source: 0.5, act: 0.3 };
        read.outcome = Outcome::Claims(Claim::all(&article, doubted).unwrap());
        let mut out = Vec::new();
        write(&mut out, 80, &read, &[]).unwrap();
        let table = anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string();
        assert_eq!(table.matches("unsure: source, act\n").count(), 1, "{table}");
    }

    #[test]
    fn steps_stand_below_their_claim() {
        let choice = |what: &str, probability, because| extract::Choice { what: what.into(), probability, because };
        let weighed = vec![choice("Ann Lee", 0.9, vec![("spoke last", 1.0)]), choice("Paul Ryde", 0.1, vec![])];
        let step = Step { stage: "coreference", decided: "she: Ann Lee".into(), weighed };
        let mut out = Vec::new();
        write(&mut out, 100, &extraction(), &[vec![step], vec![]]).unwrap();
        let table = anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string();
        assert!(table.contains("coreference: she: Ann Lee (Ann Lee 90 %, Paul Ryde 10 %); spoke last\n"), "{table}");
    }

    #[test]
    fn fits_any_width() {
        for width in [40, 60, 80, 120, 140] {
            let table = table(width);
            let widest = table.lines().map(UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= width, "{widest} columns at {width}:\n{table}");
        }
    }

    #[test]
    fn an_article_in_another_language_is_said_to_be_unread() {
        let mut out = Vec::new();
        let read = extraction();
        let skipped =
            Extraction { outcome: Outcome::Skipped(claims::SkipReason::Language), article: read.article.in_language("fr"), ..read };
        write(&mut out, 80, &skipped, &[]).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("Not read: the text is in fr"));
    }
}
