//! One article as a standalone HTML page, its claims highlighted in place and listed below.

use std::borrow::Cow;
use std::io::{self, Write};

use claims::{Claim, CodePoints, Extraction, Part, Span, Stance};

use crate::claim_table::stretches;
use crate::output::readable;

const STYLE: &str = include_str!("article_page.css");

/// Writes the page.
pub fn write(out: &mut impl Write, extraction: &Extraction) -> io::Result<()> {
    let article = &extraction.article;
    let title = article.title.as_deref().unwrap_or("An article");
    let language = escape(article.language.as_deref().unwrap_or("en"));
    write!(
        out,
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<article>\n<h1>",
        escape(title)
    )?;
    write_marked(out, title, extraction.claims(), Part::Title)?;
    write!(out, "</h1>\n<p class=\"about\">")?;
    let published = article.published_at.map(readable);
    let known = [&article.publisher, &published, &article.byline, &article.url];
    let known: Vec<Cow<'_, str>> = known.into_iter().flatten().map(|text| escape(text)).collect();
    write!(out, "{}</p>\n<div class=\"text\">", known.join(" · "))?;
    write_marked(out, &article.text, extraction.claims(), Part::Text)?;
    writeln!(out, "</div>\n</article>")?;
    if extraction.skipped().is_some() {
        writeln!(out, "<p class=\"about\">This text was not read for claims: it is not in English.</p>")?;
    }
    write_list(out, extraction.claims())?;
    writeln!(out, "</body>\n</html>")
}

/// What a stretch of text is to a claim.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Source,
    Cue,
    Content,
}

impl Role {
    fn class(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Cue => "cue",
            Self::Content => "content",
        }
    }
}

/// Where a stretch begins or ends.
struct Edge {
    byte: usize,
    begins: bool,
    claim: usize,
    role: Role,
}

/// Writes `text` with every stretch that belongs to a claim in a `<mark>`. Stretches may overlap: each piece between
/// two edges is marked for all that cover it.
fn write_marked(out: &mut impl Write, text: &str, claims: &[Claim], part: Part) -> io::Result<()> {
    let mut done = 0;
    let mut open: Vec<(usize, Role)> = Vec::new();
    let mut seen = vec![false; claims.len()];
    for edge in edges(text, claims, part) {
        write_piece(out, &text[done..edge.byte], claims, &open)?;
        done = edge.byte;
        let stretch = (edge.claim, edge.role);
        if !edge.begins {
            open.retain(|&other| other != stretch);
            continue;
        }
        if !std::mem::replace(&mut seen[edge.claim], true) {
            let number = edge.claim + 1;
            write!(out, "<a class=\"number\" id=\"at-{number}\" href=\"#claim-{number}\">{number}</a>")?;
        }
        open.push(stretch);
    }
    write_piece(out, &text[done..], claims, &open)
}

fn edges(text: &str, claims: &[Claim], part: Part) -> Vec<Edge> {
    let index = CodePoints::new(text);
    let mut edges = Vec::new();
    for (claim, data) in claims.iter().enumerate().filter(|(_, claim)| claim.part == part) {
        let source = data.source.iter().flat_map(|source| &source.spans).map(|span| (Role::Source, *span));
        let cue = data.cue.iter().flat_map(|cue| &cue.spans).map(|span| (Role::Cue, *span));
        let content = data.content.spans.iter().map(|span| (Role::Content, *span));
        for (role, Span { start, end }) in source.chain(cue).chain(content) {
            let places = index.byte(start).zip(index.byte(end));
            let Some((start, end)) = places else { continue };
            edges.push(Edge { byte: start, begins: true, claim, role });
            edges.push(Edge { byte: end, begins: false, claim, role });
        }
    }
    // Ends before beginnings, so that neighbours do not overlap.
    edges.sort_by_key(|edge| (edge.byte, edge.begins));
    edges
}

fn write_piece(out: &mut impl Write, piece: &str, claims: &[Claim], open: &[(usize, Role)]) -> io::Result<()> {
    let Some((claim, role)) = open.last() else {
        return write!(out, "{}", escape(piece));
    };
    if piece.is_empty() {
        return Ok(());
    }
    let claim = &claims[*claim];
    let title = match &claim.source {
        Some(source) => format!("{}: {}", source.name, claim.act),
        None => claim.act.to_string(),
    };
    write!(out, "<mark class=\"{} {}\" title=\"{}\">{}</mark>", role.class(), claim.stance, escape(&title), escape(piece))
}

fn write_list(out: &mut impl Write, claims: &[Claim]) -> io::Result<()> {
    if claims.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Claims</h2>\n<ol class=\"claims\">")?;
    for (i, claim) in claims.iter().enumerate() {
        let number = i + 1;
        let name = claim.source.as_ref().map_or("(none named)", |source| &source.name);
        let cue = claim.cue.as_ref().map_or("", |cue| &cue.text);
        let content = if claim.content.text.is_empty() {
            claim.target.as_ref().map_or(String::new(), |target| format!("(about {})", target.text))
        } else {
            stretches(&claim.content).join(" … ")
        };
        writeln!(
            out,
            "<li id=\"claim-{number}\" class=\"{stance}\"><b>{name}</b> <i>{cue}</i> <a href=\"#at-{number}\">{act}{silence}</a>{resting}{unsure}<br>{content}</li>",
            stance = claim.stance,
            name = escape(name),
            cue = escape(cue),
            act = claim.act,
            resting = resting(claim),
            unsure = unsure(claim),
            silence = if claim.stance == Stance::NoComment { " (no comment)" } else { "" },
            content = escape(&content),
        )?;
    }
    writeln!(out, "</ol>")
}

/// Whom the source itself rests on, where that is said.
fn resting(claim: &Claim) -> String {
    claim.relies_on.as_ref().map(|relied| format!(" <small>resting on {}</small>", escape(&relied.name))).unwrap_or_default()
}

/// What is told of decisions that are unsure.
fn unsure(claim: &Claim) -> String {
    let unsure = claim.confidence.unsure();
    if unsure.is_empty() { String::new() } else { format!(" <small>unsure: {}</small>", unsure.join(", ")) }
}

/// `text` as it stands in HTML, between tags or in a quoted attribute.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use claims::{Article, ArticleForm};

    use super::*;

    #[test]
    fn nothing_in_an_article_is_markup() {
        let form =
            ArticleForm { title: Some("<b>&\"".into()), text: "<script>alert('x')</script> & more".into(), ..ArticleForm::default() };
        let article = Article::new(form).unwrap();
        let extraction = extract::analyse(&article).into_extraction(article);
        let mut page = Vec::new();
        write(&mut page, &extraction).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("<title>&lt;b&gt;&amp;&quot;</title>"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; more"), "{page}");
        assert!(!page.contains("<script"), "{page}");
    }
}
