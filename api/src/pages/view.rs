//! How dates, counts and links are written on every page.

use claims::{Act, SkipReason, Stance, Timestamp};
use store::StanceCounts;
use time::macros::format_description;
use url::Url;

/// An excerpt from this many characters on is the start of a longer text: it is cut at 240, and white space then made single.
const CUT_OFF: usize = 200;

/// A date as a machine and as a person reads it. A day stays a day.
#[derive(Debug)]
pub(super) struct When {
    /// As in `<time datetime>`.
    pub(super) machine: String,
    /// "11 November 2024" or "3 March 2025, 07:10 UTC".
    pub(super) person: String,
}

impl When {
    pub(super) fn new(timestamp: Timestamp) -> Self {
        let moment = timestamp.start();
        let person = if timestamp.is_moment() {
            moment.format(format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC"))
        } else {
            moment.format(format_description!("[day padding:none] [month repr:long] [year]"))
        };
        Self { person: person.unwrap_or_else(|_| timestamp.to_string()), machine: timestamp.to_string() }
    }
}

/// The address, if it is one that a browser may be led to.
pub(super) fn link(url: Option<&str>) -> Option<String> {
    let url = Url::parse(url?.trim()).ok()?;
    ["http", "https"].contains(&url.scheme()).then(|| url.into())
}

/// "1 claim", "2,106 claims".
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// The claims of an article in words, one phrase an entry with the stance it counts: "14 claims", "3 denials", "1 no comment".
pub(super) fn stances(counts: &StanceCounts) -> Vec<(&'static str, String)> {
    if counts.total() == 0 {
        return vec![("", "no claims found".to_owned())];
    }
    let mut phrases = vec![("", count(counts.total(), "claim", "claims"))];
    let marked = [
        ("deny", counts.deny, "denial", "denials"),
        ("no-comment", counts.no_comment, "no comment", "no comment"),
        ("query", counts.query, "query", "queries"),
    ];
    phrases.extend(marked.into_iter().filter(|row| row.1 > 0).map(|(stance, number, one, many)| (stance, count(number, one, many))));
    phrases
}

/// A stance in words.
pub(super) fn stance(stance: Stance) -> &'static str {
    match stance {
        Stance::NoComment => "no comment",
        other => other.as_str(),
    }
}

/// The class of a stance; those of the style sheet have no underscore.
pub(super) fn stance_class(stance: Stance) -> &'static str {
    match stance {
        Stance::NoComment => "no-comment",
        other => other.as_str(),
    }
}

/// The act beside its stance: nothing where both are one word.
pub(super) fn act_beside(act: Act, stance: Stance) -> Option<&'static str> {
    (act.as_str() != stance.as_str()).then(|| act.as_str())
}

/// Why an article was not read, in words.
pub(super) fn skipped(reason: SkipReason, language: Option<&str>) -> String {
    match reason {
        SkipReason::Language => format!("kept, not read: language {}", language.unwrap_or("unknown")),
    }
}

/// The start of a text, with an ellipsis after its last whole word where it ends in the midst of a sentence.
pub(super) fn cut_off(mut excerpt: String) -> String {
    let whole = excerpt.chars().count() < CUT_OFF || excerpt.ends_with(['.', '!', '?', '”', '"', '’', ')']);
    if let Some(last) = excerpt.rfind(' ').filter(|_| !whole) {
        excerpt.truncate(last);
        // Kept on the line of the last word.
        excerpt.push_str("\u{a0}…");
    }
    excerpt
}

/// "2,106".
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert_eq!(link(Some("https://outlet.example/a?b=1")).as_deref(), Some("https://outlet.example/a?b=1"));
        for url in
            ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "/articles", "outlet.example", "java\nscript:alert(1)"]
        {
            assert_eq!(link(Some(url)), None, "{url}");
        }
    }

    #[test]
    fn a_day_stays_a_day() {
        let person = |text: &str| When::new(text.parse().unwrap()).person;
        assert_eq!(person("2024-11-11"), "11 November 2024");
        assert_eq!(person("2025-03-03T07:10:00Z"), "3 March 2025, 07:10 UTC");
    }

    #[test]
    fn an_excerpt_ends_with_a_whole_word() {
        let text = "word ".repeat(48);
        assert_eq!(cut_off(format!("{text}unfini")), format!("{}\u{a0}…", text.trim_end()));
        assert_eq!(cut_off(format!("{text}done.")), format!("{text}done."));
        assert_eq!(cut_off("A headline of a text".into()), "A headline of a text");
    }

    #[test]
    fn counts_in_words() {
        let words = |counts| stances(&counts).into_iter().map(|(_, phrase)| phrase).collect::<Vec<_>>().join(" · ");
        assert_eq!(words(StanceCounts { support: 10, deny: 3, no_comment: 1, query: 0 }), "14 claims · 3 denials · 1 no comment");
        assert_eq!(words(StanceCounts { support: 0, deny: 1, no_comment: 0, query: 0 }), "1 claim · 1 denial");
        assert_eq!(words(StanceCounts::default()), "no claims found");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(100), "100");
    }
}
