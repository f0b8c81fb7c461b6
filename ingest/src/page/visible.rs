//! What a page shows of its article where it states nothing for machines: headline, byline, date line.

use claims::Timestamp;
use scraper::{ElementRef, Html};

use super::{Stated, byline, dates, language, line, select, title};

/// Where outlets show the date, the surest first.
const DATE: [&str; 8] = [
    "[itemprop~=datePublished]",
    "time[pubdate]",
    "article time[datetime], main time[datetime]",
    "time[datetime]",
    "time",
    "[class*=publish i][class*=date i], [class*=pub-date i], [class*=pubdate i], [class*=post-date i], [class*=posted-on i], [class*=entry-date i], [class*=article-date i], [class*=story-date i]",
    "[class*=dateline i], [class*=timestamp i], [class*=published i], [id*=pubdate i], [class*=date i], [id*=date i]",
    "[class*=byline i], [class*=meta i], [class*=author i], [class*=posted i], [class*=time i]",
];
const BYLINE: [&str; 4] = [
    "[itemprop~=author] [itemprop~=name]",
    "a[rel~=author], [itemprop~=author]",
    "[class*=byline i] a, [class*=author-name i], [class*=author_name i], [class*=authorname i]",
    "[class~=byline i], [class~=author i], [class*=byline i]",
];
/// The most elements of one kind that are looked at.
const MAX_ELEMENTS: usize = 40;

/// What the page shows; `outlet` is the publisher's name, if known.
pub(super) fn stated(document: &Html, outlet: Option<&str>) -> Stated {
    let lang = select(document, "html[lang], html[xml\\:lang]").into_iter().find_map(|html| html.attr("lang").and_then(language));
    Stated {
        title: headline(document, outlet),
        byline: BYLINE.iter().find_map(|css| {
            let names: Vec<String> = select(document, css).into_iter().take(3).map(text).filter(|name| is_name(name)).collect();
            byline(names.into_iter().take(1))
        }),
        published_at: DATE.iter().find_map(|css| select(document, css).into_iter().take(MAX_ELEMENTS).find_map(date)),
        language: lang,
        ..Stated::default()
    }
}

/// The first heading that the page's `<title>` repeats, else the `<title>` without the outlet, else the first heading.
fn headline(document: &Html, outlet: Option<&str>) -> Option<String> {
    let tag = select(document, "head > title, title").into_iter().find_map(|element| line(&text(element), 2_000));
    let headings: Vec<String> =
        select(document, "h1").into_iter().take(MAX_ELEMENTS).filter_map(|heading| line(&text(heading), 2_000)).collect();
    let repeated = headings.iter().find(|heading| tag.as_ref().is_some_and(|tag| tag.contains(heading.as_str())) && heading.contains(' '));
    repeated.cloned().or_else(|| tag.map(|tag| title::of_tag(&tag, outlet))).or_else(|| headings.first().cloned())
}

/// The date that an element states in its attributes or its few words.
fn date(element: ElementRef<'_>) -> Option<Timestamp> {
    let attributes = ["datetime", "content", "data-datetime", "data-timestamp", "data-time", "data-date", "title"];
    let stated = attributes.iter().find_map(|key| element.attr(key).and_then(dates::parse));
    stated.or_else(|| {
        let words = line(&text(element), 200)?;
        dates::parse(&words)
    })
}

/// Whether a byline is short enough to be names.
fn is_name(text: &str) -> bool {
    (1..=12).contains(&text.split_whitespace().count())
}

fn text(element: ElementRef<'_>) -> String {
    // Long elements that merely bear a class of interest would cost their whole text at each level of nesting.
    element.text().take(60).collect::<Vec<_>>().join(" ")
}
