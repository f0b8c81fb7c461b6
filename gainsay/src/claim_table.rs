//! One article's claims as a table: who, by which words, what.

use std::io::{self, Write};

use claims::{Article, ClaimData, Extraction, Part, Source, SourceKind, Stance};
use owo_colors::Style;

use crate::output::{counted, readable, stance_style, stance_words};
use crate::table::{Paragraph, write_paragraph, write_row};

/// Prints what was read from one article, at most `width` columns wide.
pub fn write(out: &mut impl Write, width: usize, extraction: &Extraction) -> io::Result<()> {
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
    for claim in claims {
        write_claim(out, &widths, claim, None)?;
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
    if claim.chain.len() > 1 {
        let via: Vec<&str> = claim.chain.iter().map(|link| link.name.as_str()).collect();
        cell.push(Paragraph::new(&via.join(" ← "), dim));
    }
    cell
}

/// Kind and role: "person, Kremlin spokesperson"; for an anonymous source what the article says of it.
fn describe(source: &Source) -> String {
    let mut parts = vec![source.kind.to_string()];
    parts.extend(source.role.clone());
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
        cell.push(Paragraph::new(&claim.content.text, stance_style(claim.stance)));
    }
    let target = claim.target.iter().map(|target| format!("about: {}", target.text));
    let addressee = claim.addressee.iter().map(|addressee| format!("to: {}", addressee.text));
    cell.extend(target.chain(addressee).map(|text| Paragraph::new(&text, Style::new().dimmed())));
    cell
}
