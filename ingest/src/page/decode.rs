//! The bytes of a page to text: by its byte order mark, as UTF-8, by what the server or the page names, else as windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far into a page its own naming of an encoding is looked for.
const HEAD: usize = 16 * 1024;

/// Decodes a page; what cannot be decoded becomes U+FFFD.
pub(super) fn decode<'a>(bytes: &'a [u8], named_by_server: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
    }
    // Pages in UTF-8 that say otherwise are commoner than others that happen to be valid UTF-8.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let named = named_by_server
        .and_then(|label| Encoding::for_label(label.trim().as_bytes()))
        .or_else(|| named_in_page(bytes))
        // UTF-8 with a broken character stays UTF-8; UTF-16 cannot have been read as ASCII to get here.
        .filter(|encoding| encoding.is_ascii_compatible());
    let encoding = named.unwrap_or_else(|| if mostly_utf8(bytes) { UTF_8 } else { WINDOWS_1252 });
    encoding.decode_without_bom_handling(bytes).0
}

/// The encoding that a `<meta charset>` or an XML declaration names.
fn named_in_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD.min(bytes.len()))?.to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head).into_owned();
    ["charset=", "encoding="].iter().find_map(|key| {
        head.match_indices(key).find_map(|(at, _)| {
            let label = head.get(at + key.len()..)?.trim_start_matches(['"', '\'', ' ']);
            let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).unwrap_or(label.len());
            Encoding::for_label(label.get(..end)?.as_bytes())
        })
    })
}

/// Whether nearly all that is not ASCII is valid UTF-8: a page cut off or pasted together.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 10 * bad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_bytes_show_goes_before_what_is_said_of_them() {
        assert_eq!(decode("<meta charset=iso-8859-1>café".as_bytes(), Some("latin1")), "<meta charset=iso-8859-1>café");
        assert_eq!(decode(b"\xff\xfe<\0p\0>\0", None), "<p>");
    }

    #[test]
    fn the_server_the_page_and_then_the_old_default() {
        assert_eq!(decode(b"<meta charset=windows-1252>\xca", Some("windows-1251")), "<meta charset=windows-1252>К");
        let page = b"<meta http-equiv=Content-Type content=\"text/html; charset=windows-1251\">\xca";
        assert!(decode(page, None).ends_with('К'));
        assert!(decode(page, Some("no-such-encoding")).ends_with('К'));
        assert_eq!(decode(b"caf\xe9 \x93so\x94", None), "café “so”");
    }

    #[test]
    fn one_broken_character_does_not_garble_the_others() {
        let mut page = "“Ça va”, dit-il. “Très bien”, répond-elle, ‘été’.".repeat(2).into_bytes();
        page.push(0xc3);
        let text = decode(&page, None);
        assert!(text.starts_with("“Ça va”") && text.ends_with('\u{fffd}'), "{text}");
    }
}
