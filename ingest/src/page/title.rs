//! Headlines: the outlet's name at their end or beginning is taken off.

const SEPARATORS: [&str; 9] = [" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " / "];

/// `title` without the name of its `outlet`, if it ends or begins with it.
pub(super) fn without_outlet(title: &str, outlet: Option<&str>) -> String {
    let Some(outlet) = outlet.map(key).filter(|outlet| !outlet.is_empty()) else { return title.to_owned() };
    let mut title = title.trim();
    loop {
        let last = SEPARATORS.iter().filter_map(|separator| title.rfind(separator).map(|at| (at, separator.len()))).max();
        let Some((at, length)) = last else { break };
        let (head, tail) = (title.get(..at).unwrap_or_default(), title.get(at + length..).unwrap_or_default());
        if !head.trim().is_empty() && names(tail, &outlet) {
            title = head.trim_end();
        } else {
            break;
        }
    }
    let first = SEPARATORS.iter().filter_map(|separator| title.find(separator).map(|at| (at, separator.len()))).min();
    if let Some((at, length)) = first {
        let (head, tail) = (title.get(..at).unwrap_or_default(), title.get(at + length..).unwrap_or_default());
        if key(head) == outlet && !tail.trim().is_empty() {
            title = tail.trim_start();
        }
    }
    title.to_owned()
}

/// The headline in a `<title>`: without the outlet, or, where that is not known, without a last part of few words.
pub(super) fn of_tag(title: &str, outlet: Option<&str>) -> String {
    let cleaned = without_outlet(title, outlet);
    if outlet.is_some() {
        return cleaned;
    }
    let last = SEPARATORS.iter().filter_map(|separator| cleaned.rfind(separator).map(|at| (at, separator.len()))).max();
    let Some((at, length)) = last else { return cleaned };
    let (head, tail) = (cleaned.get(..at).unwrap_or_default(), cleaned.get(at + length..).unwrap_or_default());
    let words = |text: &str| text.split_whitespace().count();
    if words(tail) <= 4 && words(head) >= 4 { head.trim_end().to_owned() } else { cleaned }
}

/// Whether `tail` is the outlet's name, perhaps with its place or section around it.
fn names(tail: &str, outlet: &str) -> bool {
    let tail = key(tail);
    tail == outlet
        || (outlet.len() >= 4 && tail.len() >= 4 && (tail.contains(outlet) || outlet.contains(&tail)) && tail.len() < outlet.len() + 20)
}

/// A name as compared: letters and digits alone, "the" and ".com" aside.
fn key(name: &str) -> String {
    let lower = name.to_lowercase();
    let bare = lower.trim().trim_start_matches("the ").trim_start_matches("www.").trim_end_matches(".com");
    bare.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_off_the_outlet_and_nothing_else() {
        for (title, outlet, expected) in [
            ("Ministers deny the call - The Outlet", "The Outlet", "Ministers deny the call"),
            ("Ministers deny the call | World | Outlet.com", "Outlet", "Ministers deny the call | World"),
            ("The Outlet: a history - and more", "The Outlet", "The Outlet: a history - and more"),
            ("Outlet | Ministers deny - the call", "Outlet", "Ministers deny - the call"),
            ("Spider-Man - a review", "Outlet", "Spider-Man - a review"),
            ("Outlet", "Outlet", "Outlet"),
        ] {
            assert_eq!(without_outlet(title, Some(outlet)), expected);
        }
    }

    #[test]
    fn a_short_last_part_of_a_title_tag_is_the_outlet() {
        assert_eq!(of_tag("Ministers deny that they called - Evening Courier", None), "Ministers deny that they called");
        assert_eq!(of_tag("Ministers deny the call", None), "Ministers deny the call");
        assert_eq!(of_tag("A call - denied by ministers of all parties", None), "A call - denied by ministers of all parties");
    }
}
