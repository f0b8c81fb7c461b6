//! What a page shows of its article where it states nothing for machines: headline, byline, date line.

use claims::Timestamp;
use scraper::{ElementRef, Html};

use super::dates::{self, Order};
use super::{Stated, byline, language, line, select, title};

/// Where outlets mark the date for machines, the surest first.
const MARKED_DATE: [&str; 3] = ["[itemprop~=datePublished]", "time[pubdate]", "article time[datetime], main time[datetime]"];
/// Where outlets show the date, the surest first.
const SHOWN_DATE: [&str; 5] = [
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
        published_at: first_date(document, &MARKED_DATE, Order::Unknown),
        language: lang,
        ..Stated::default()
    }
}

/// The date that the page shows, where it is marked nowhere: by the elements that are called after it, else in a short line after
/// the headline, else in one before it.
pub(super) fn shown_date(document: &Html, title: Option<&str>, language: Option<&str>) -> Option<Timestamp> {
    // English pages leave open whether the day or the month comes first; all others begin with the day.
    let order = if language.is_some_and(|code| code != "en") { Order::DayFirst } else { Order::Unknown };
    first_date(document, &SHOWN_DATE, order).or_else(|| {
        let lines = || {
            let texts = document.tree.nodes().filter_map(|node| {
                let read = !node.parent()?.value().as_element().is_some_and(|parent| matches!(parent.name(), "script" | "style" | "title"));
                node.value().as_text().filter(|text| read && text.len() < 400)
            });
            texts.filter_map(|text| line(text, 200))
        };
        let after = lines().skip_while(|text| title.is_some_and(|title| text != title)).find_map(|text| dates::parse_in(&text, order));
        after.or_else(|| lines().find_map(|text| dates::parse_in(&text, order)))
    })
}

fn first_date(document: &Html, places: &[&str], order: Order) -> Option<Timestamp> {
    places.iter().find_map(|css| select(document, css).into_iter().take(MAX_ELEMENTS).find_map(|element| date(element, order)))
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
fn date(element: ElementRef<'_>, order: Order) -> Option<Timestamp> {
    let attributes = ["datetime", "content", "data-datetime", "data-timestamp", "data-time", "data-date", "title"];
    let stated = attributes.iter().find_map(|key| element.attr(key).and_then(dates::parse));
    stated.or_else(|| {
        let words = line(&text(element), 200)?;
        dates::parse_in(&words, order)
    })
}

/// Whether a byline is short enough to be names, and has no date in it.
fn is_name(text: &str) -> bool {
    !text.chars().any(|c| c.is_ascii_digit()) && (1..=12).contains(&text.split_whitespace().count())
}

fn text(element: ElementRef<'_>) -> String {
    // Long elements that merely bear a class of interest would cost their whole text at each level of nesting.
    element.text().take(60).collect::<Vec<_>>().join(" ")
}
