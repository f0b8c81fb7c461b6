//! The format of a file, told by its first bytes.

use std::io::Read;

use encoding_rs::{Encoding, UTF_8};

use super::Problem;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One article a line.
    Jsonl,
    /// One article over several lines.
    Json,
    Html,
    Text,
}

/// Names of binary formats that may begin without a NUL.
const SIGNATURES: [(&[u8], &str); 9] = [
    (b"%PDF-", " (PDF)"),
    (b"PK\x03\x04", " (ZIP, or an office document)"),
    (b"\x89PNG", " (PNG)"),
    (b"\xff\xd8\xff", " (JPEG)"),
    (b"GIF8", " (GIF)"),
    (b"\x28\xb5\x2f\xfd", " (zstd)"),
    (b"BZh", " (bzip2)"),
    (b"\xfd7zXZ", " (xz)"),
    (b"\x1f\x8b", " (gzip within gzip)"),
];

/// Up to `limit` bytes from the start of `reader`; fewer only if it ends.
pub(super) fn peek(reader: &mut impl Read, limit: usize) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(limit);
    reader.take(limit as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Tells the format of a file that begins with `head` and is called `name`.
pub(super) fn format(head: &[u8], name: &str) -> Result<Format, Problem> {
    if head.iter().all(u8::is_ascii_whitespace) && head.len() < super::HEAD {
        return Err(Problem::Empty);
    }
    if let Some((_, what)) = SIGNATURES.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(Problem::Binary(what));
    }
    let marked = Encoding::for_bom(head);
    let head = match marked {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(head.get(mark..).unwrap_or_default()).0.into_owned(),
        None if is_binary(head) => return Err(Problem::Binary("")),
        None => String::from_utf8_lossy(head).into_owned(),
    };
    let start = head.trim_start();
    let named = |ends: &[&str]| {
        let name = name.to_lowercase();
        ends.iter().any(|end| name.trim_end_matches(".gz").ends_with(end))
    };
    if let Some(tag) = first_tag(start) {
        return match tag.as_str() {
            "rss" | "feed" | "rdf:rdf" => Err(Problem::Feed),
            _ if is_html(&start.to_lowercase()) || named(&[".html", ".htm", ".xhtml"]) => Ok(Format::Html),
            _ => Ok(Format::Text),
        };
    }
    let is_utf8 = marked.is_none_or(|(encoding, _)| encoding == UTF_8);
    if is_utf8 && (start.starts_with('{') || named(&[".jsonl", ".ndjson", ".json"])) {
        return Ok(json(start, named(&[".jsonl", ".ndjson"]), named(&[".json"])));
    }
    let is_page = named(&[".html", ".htm", ".xhtml"]) && is_html(&start.to_lowercase());
    Ok(if is_page { Format::Html } else { Format::Text })
}

/// JSON by its first line: whole in itself, or the beginning of a longer one; text if it is neither and not named as JSON.
fn json(start: &str, named_lines: bool, named_one: bool) -> Format {
    let (first, more) = start.split_once('\n').map_or((start, false), |(first, _)| (first, true));
    let begins = |text: &str| serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>().next();
    match begins(first) {
        Some(Ok(_)) => Format::Jsonl,
        // A first line that goes on beyond what was looked at.
        Some(Err(error)) if error.is_eof() && !more => Format::Jsonl,
        Some(Err(error)) if error.is_eof() && (!named_lines || matches!(begins(start), Some(Ok(_)))) => Format::Json,
        _ if named_lines => Format::Jsonl,
        _ if named_one => Format::Json,
        // A broken line of articles rather than a text that happens to begin with a brace.
        _ if first.trim_start_matches('{').trim_start().starts_with('"') => Format::Jsonl,
        _ => Format::Text,
    }
}

/// The name of the first tag, comments and declarations passed over; none if the file does not begin with markup.
fn first_tag(start: &str) -> Option<String> {
    let mut rest = start;
    loop {
        let after = rest.trim_start().strip_prefix('<')?;
        rest = match after.as_bytes().first()? {
            b'!' if after.starts_with("!--") => after.split_once("-->")?.1,
            b'!' if after.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("!doctype")) => return Some("html".to_owned()),
            b'?' => after.split_once('>')?.1,
            first if first.is_ascii_alphabetic() => {
                let end = after.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(after.len());
                return after.get(..end).map(str::to_lowercase);
            }
            _ => return None,
        };
    }
}

fn is_html(lower: &str) -> bool {
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta",
        "<article",
        "<div",
        "<p>",
        "<p ",
        "<h1",
        "<script",
        "<section",
        "<main",
    ]
    .iter()
    .any(|tag| lower.contains(tag))
}

/// NUL bytes, or more than a tenth that is neither UTF-8 nor printable: not even a text in an old encoding has that.
fn is_binary(head: &[u8]) -> bool {
    if head.contains(&0) {
        return true;
    }
    let control = head.iter().filter(|byte| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c | 0x1b)).count();
    let broken: usize = head.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    control * 10 > head.len() || broken * 3 > head.len()
}
