//! What stands between an article's paragraphs and is no part of it: teasers, calls to subscribe, date lines, lists of other stories.

use super::dates::{self, Order};

/// What it says, one phrase a line; its head explains it.
const LIST: &str = include_str!("furniture.txt");

/// A paragraph, and how many of its letters are a link's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) linked: usize,
}

/// `paragraphs` without the furniture.
pub(super) fn cleared(paragraphs: Vec<Paragraph>) -> Vec<String> {
    let (between, ending) = LIST.split_once("\nEND\n").unwrap_or((LIST, ""));
    let total: usize = paragraphs.iter().map(|paragraph| paragraph.text.len()).sum();
    let mut before = 0;
    let end = paragraphs.iter().position(|paragraph| {
        let is_end = before * 2 > total && listed(&paragraph.text, ending);
        before += paragraph.text.len();
        is_end
    });
    let kept = paragraphs.into_iter().take(end.unwrap_or(usize::MAX));
    let texts = kept.filter(|paragraph| !listed(&paragraph.text, between) && !is_teaser(paragraph) && !is_date_line(&paragraph.text));
    texts.map(|paragraph| paragraph.text).collect()
}

/// Whether one of the phrases of `list` is `text`, or begins it.
fn listed(text: &str, list: &str) -> bool {
    let lower: String = text.chars().take(200).flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    list.lines().filter(|phrase| !phrase.starts_with('#') && !phrase.is_empty()).any(|phrase| match phrase.strip_suffix('…') {
        // A call is short; a long paragraph that begins alike is the article's own.
        Some(beginning) => lower.starts_with(beginning) && text.len() < 400 && !in_use(text, beginning),
        None => bare == phrase,
    })
}

/// Whether a one-word phrase begins an ordinary sentence here: "Copyright law, he said, …".
fn in_use(text: &str, beginning: &str) -> bool {
    !beginning.contains([' ', ':', '©', '('])
        && text.chars().nth(beginning.chars().count()).is_some_and(|next| next == ' ')
        && text.len() > 80
}

/// A paragraph that is nothing but a link and no sentence: the headline of another story.
fn is_teaser(paragraph: &Paragraph) -> bool {
    let letters = paragraph.text.chars().filter(|c| c.is_alphanumeric()).count();
    paragraph.linked * 10 >= letters * 9 && !ends_as_a_sentence(&paragraph.text)
}

/// A short line with a date that is no sentence: "By A. Writer - 10 April 2019".
fn is_date_line(text: &str) -> bool {
    text.split_whitespace().count() <= 16 && !ends_as_a_sentence(text) && dates::parse_in(text, Order::DayFirst).is_some()
}

fn ends_as_a_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '’', '\'', ')', ']', '»']).ends_with(['.', '!', '?', '…', ':', '。', '！', '？'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraphs(texts: &[&str]) -> Vec<Paragraph> {
        texts.iter().map(|text| Paragraph { text: (*text).to_owned(), linked: 0 }).collect()
    }

    #[test]
    fn furniture_goes_and_the_article_stays() {
        let text = "The minister denied that the call took place, and his deputy declined to comment.";
        let page = [
            "By A. Writer - 10 April 2019",
            text,
            "ADVERTISEMENT",
            "READ MORE: Why they called",
            text,
            "Copyright law, he said, was never discussed in that call or in any other that he remembers.",
            "Related news",
            "Another story.",
        ];
        assert_eq!(cleared(paragraphs(&page)), [text, text, page[5]]);
    }

    #[test]
    fn a_linked_headline_goes_and_a_linked_sentence_stays() {
        let linked = |text: &str| Paragraph { text: text.to_owned(), linked: text.chars().filter(|c| c.is_alphanumeric()).count() };
        assert_eq!(cleared(vec![linked("Ministers at odds over call"), linked("He denied it.")]), ["He denied it."]);
    }

    #[test]
    fn what_would_end_an_article_at_its_beginning_does_not() {
        let texts = ["Related topics", "The minister denied the call.", "He did so twice, and at length, before parliament."];
        assert_eq!(cleared(paragraphs(&texts)), texts);
    }
}
