//! The mistakes as one standalone page without scripts: each article's text with what is annotated and what is predicted, in place.

use std::borrow::Cow;
use std::io::{self, Write};

use claims::{Act, CodePoints, QuotationKind, SourceKind};

use super::annotated::{Annotated, Attribution, Role};
use super::compare::Comparison;
use super::figures::Figures;
use super::mistakes::{Mistake, Wrong, mistakes};
use super::table;
use crate::article_page::escape;

const STYLE: &str = include_str!("page.css");

/// How much of a content the list under an article repeats, in characters: the whole stands above.
const SHOWN: usize = 240;

/// Writes the page: the figures, how many mistakes of each sort, then each article that has any.
pub fn write(out: &mut impl Write, figures: &Figures, articles: &[Annotated], predicted: &[Vec<Attribution>]) -> io::Result<()> {
    let found: Vec<Vec<Mistake>> = articles
        .iter()
        .zip(predicted)
        .map(|(article, predicted)| mistakes(&Comparison::new(&article.form.text, &article.attributions, predicted)))
        .collect();
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Mistakes in place</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Mistakes in place</h1>\n"
    )?;
    let mut lines = Vec::new();
    table::write(&mut lines, figures)?;
    writeln!(out, "<details><summary>All figures</summary><pre>{}</pre></details>", escape(&String::from_utf8_lossy(&lines)))?;
    write_counts(out, &found)?;
    write_contents(out, articles, &found)?;
    for (number, ((article, predicted), mistakes)) in articles.iter().zip(predicted).zip(&found).enumerate() {
        if !mistakes.is_empty() {
            write_article(out, number + 1, article, predicted, mistakes)?;
        }
    }
    writeln!(out, "</body>\n</html>")
}

fn write_counts(out: &mut impl Write, found: &[Vec<Mistake>]) -> io::Result<()> {
    let all = || found.iter().flatten().flat_map(|mistake| &mistake.wrong);
    write!(out, "<p class=\"counts\">")?;
    for wrong in Wrong::ALL {
        write!(out, "<span class=\"badge\">{} {}</span> ", wrong.as_str(), all().filter(|other| **other == wrong).count())?;
    }
    writeln!(
        out,
        "</p>\n<p class=\"key\">Content: <mark class=\"gc pc\">annotated and predicted</mark> <mark class=\"gc\">annotated only</mark> \
         <mark class=\"pc\">predicted only</mark>. Source: <mark class=\"gs ps\">both</mark> <mark class=\"gs\">annotated</mark> \
         <mark class=\"ps\">predicted</mark>. Cue: <mark class=\"gq pq\">both</mark> <mark class=\"gq\">annotated</mark> \
         <mark class=\"pq\">predicted</mark>. An attribution may be wrong in several ways. A <b>wrong span</b> shares less than half of the \
         content, and counts as missed and spurious; an <b>inexact span</b> counts as found.</p>"
    )
}

fn write_contents(out: &mut impl Write, articles: &[Annotated], found: &[Vec<Mistake>]) -> io::Result<()> {
    writeln!(out, "<ol class=\"contents\">")?;
    for (number, (article, mistakes)) in articles.iter().zip(found).enumerate() {
        let (number, id) = (number + 1, escape(&article.id));
        match mistakes.len() {
            0 => writeln!(out, "<li>{id}: no mistake</li>")?,
            count => writeln!(out, "<li><a href=\"#a{number}\">{id}</a>: {count}</li>")?,
        }
    }
    writeln!(out, "</ol>")
}

fn write_article(
    out: &mut impl Write,
    number: usize,
    article: &Annotated,
    predicted: &[Attribution],
    mistakes: &[Mistake],
) -> io::Result<()> {
    writeln!(out, "<section id=\"a{number}\">\n<h2>{}</h2>", escape(&article.id))?;
    if let Some(title) = &article.form.title {
        writeln!(out, "<h3>{}</h3>", escape(title))?;
    }
    write!(out, "<div class=\"text\">")?;
    let text = Marked { number, text: &article.form.text, index: CodePoints::new(&article.form.text) };
    text.write(out, &article.attributions, predicted, mistakes)?;
    writeln!(out, "</div>\n<ol class=\"mistakes\">")?;
    for (at, mistake) in mistakes.iter().enumerate() {
        let at = at + 1;
        write!(out, "<li id=\"m{number}-{at}\"><a href=\"#t{number}-{at}\">↑</a> ")?;
        for wrong in &mistake.wrong {
            write!(out, "<span class=\"badge\">{}</span> ", wrong.as_str())?;
        }
        if mistake.wrong.iter().any(|wrong| matches!(wrong, Wrong::Span | Wrong::Edge)) {
            write!(out, "<small>{:.0} % of the content shared</small>", 100.0 * mistake.jaccard)?;
        }
        for (side, attribution) in [
            ("annotated", mistake.gold.map(|place| &article.attributions[place])),
            ("predicted", mistake.predicted.map(|place| &predicted[place])),
        ] {
            if let Some(attribution) = attribution {
                text.write_attribution(out, side, attribution)?;
            }
        }
        writeln!(out, "</li>")?;
    }
    writeln!(out, "</ol>\n</section>")
}

/// A text that is written with marks.
struct Marked<'t> {
    number: usize,
    text: &'t str,
    index: CodePoints<'t>,
}

/// The classes of annotated and predicted source, cue and content.
const CLASSES: [[&str; 3]; 2] = [["gs", "gq", "gc"], ["ps", "pq", "pc"]];

/// What happens at a byte of the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// One fewer attribution of a side has a role here.
    Ends(usize, usize),
    /// A mistake is shown here, by its number.
    Mistake(usize),
    /// One more attribution of a side has a role here.
    Begins(usize, usize),
}

impl Marked<'_> {
    /// The text, each piece between two edges marked for all that covers it, with the number of each mistake where it begins.
    fn write(&self, out: &mut impl Write, gold: &[Attribution], predicted: &[Attribution], mistakes: &[Mistake]) -> io::Result<()> {
        let mut events: Vec<(usize, Event)> = Vec::new();
        for (side, attributions) in [gold, predicted].into_iter().enumerate() {
            for attribution in attributions {
                for (role, name) in Role::ALL.into_iter().enumerate() {
                    for span in attribution.spans(name) {
                        let Some((start, end)) = self.index.byte(span.start).zip(self.index.byte(span.end)) else { continue };
                        events.extend([(start, Event::Begins(side, role)), (end, Event::Ends(side, role))]);
                    }
                }
            }
        }
        let shown = mistakes.iter().enumerate().filter_map(|(at, mistake)| Some((self.index.byte(mistake.at)?, Event::Mistake(at + 1))));
        events.extend(shown);
        events.sort_unstable();
        let mut open = [[0_usize; 3]; 2];
        let mut done = 0;
        for (byte, event) in events {
            write_piece(out, &self.text[done..byte], &open)?;
            done = byte;
            match event {
                Event::Begins(side, role) => open[side][role] += 1,
                Event::Ends(side, role) => open[side][role] -= 1,
                Event::Mistake(at) => {
                    let number = self.number;
                    write!(out, "<a class=\"number\" id=\"t{number}-{at}\" href=\"#m{number}-{at}\">{at}</a>")?;
                }
            }
        }
        write_piece(out, &self.text[done..], &open)
    }

    /// One side of a mistake: source, cue, content, and the labels that it has.
    fn write_attribution(&self, out: &mut impl Write, side: &str, attribution: &Attribution) -> io::Result<()> {
        write!(out, "<br><span class=\"side {side}\">{side}</span> ")?;
        for (role, name) in Role::ALL.into_iter().enumerate() {
            let stretches: Vec<&str> = attribution.spans(name).iter().filter_map(|&span| self.index.slice(span)).collect();
            let words = if stretches.is_empty() { format!("no {}", name.as_str()) } else { stretches.join(" … ") };
            let class = if stretches.is_empty() { "none" } else { ["s", "q", "c"][role] };
            write!(out, "<span class=\"{class}\">{}</span> ", escape(&shortened(&words)))?;
        }
        let who = attribution.who.as_deref().filter(|who| !who.is_empty());
        let labels = [
            attribution.act.map(Act::as_str),
            attribution.quotation.map(QuotationKind::as_str),
            attribution.kind.map(SourceKind::as_str),
            who,
            attribution.rule.as_deref(),
        ];
        let labels: Vec<Cow<'_, str>> = labels.into_iter().flatten().map(escape).collect();
        write!(out, "<small>{}</small>", labels.join(" · "))
    }
}

fn write_piece(out: &mut impl Write, piece: &str, open: &[[usize; 3]; 2]) -> io::Result<()> {
    let classes: Vec<&str> =
        (0..2).flat_map(|side| (0..3).filter(move |&role| open[side][role] > 0).map(move |role| CLASSES[side][role])).collect();
    match (piece.is_empty(), classes.is_empty()) {
        (true, _) => Ok(()),
        (false, true) => write!(out, "{}", escape(piece)),
        (false, false) => write!(out, "<mark class=\"{}\">{}</mark>", classes.join(" "), escape(piece)),
    }
}

fn shortened(words: &str) -> Cow<'_, str> {
    match words.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", &words[..end])),
        None => Cow::Borrowed(words),
    }
}
