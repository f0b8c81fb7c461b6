//! Tests of reading records.

use std::io::{Cursor, Write as _};

use claims::MAX_TEXT_BYTES;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Vec<Result<Article, String>> {
    match from_reader(Cursor::new(bytes.to_vec()), name, &Origin::default(), &Overrides::default()) {
        Ok(records) => records.map(|record| record.map_err(|error| error.to_string())).collect(),
        Err(error) => vec![Err(error.to_string())],
    }
}

fn texts(name: &str, bytes: &[u8]) -> Vec<String> {
    read(name, bytes).into_iter().map(|record| record.map_or_else(|error| format!("! {error}"), |article| article.text.clone())).collect()
}

#[test]
fn plain_text_is_kept_byte_for_byte() {
    let text = "  A headline\r\n\r\n\tText  with “quotes”.\n\n";
    let article = read("a", text.as_bytes()).remove(0).unwrap();
    assert_eq!((article.text.as_str(), article.title.as_deref()), (text, None));
    assert_eq!(texts("a.gz", &gzip(text.as_bytes())), [text]);
}

#[test]
fn text_with_a_byte_order_mark_is_decoded() {
    assert_eq!(texts("a.txt", "\u{feff}Text.".as_bytes()), ["Text."]);
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain("“Text”.".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(texts("a.txt", &utf16), ["“Text”."]);
    let broken: Vec<u8> = [0xfeff_u16, 0x54, 0xd800, 0x54].iter().flat_map(|unit| unit.to_le_bytes()).collect();
    assert_eq!(texts("a.txt", &broken), ["! a.txt: it is not valid UTF-16LE: save the text as UTF-8"]);
}

#[test]
fn the_content_tells_the_format_whatever_the_name() {
    let lines = "{\"text\": \"One.\"}\n\n{\"text\": \"Two.\"}\n";
    assert_eq!(texts("a.txt", lines.as_bytes()), ["One.", "Two."]);
    assert_eq!(texts("a", &gzip(lines.as_bytes())), ["One.", "Two."]);
    assert_eq!(texts("a.jsonl", b"{\n  \"text\": \"One.\",\n  \"title\": null\n}"), ["One."]);
    assert_eq!(texts("a.txt", b"{\n  \"text\": \"One.\",\n  \"title\": null\n}"), ["One."]);
    assert_eq!(texts("a", b"{sic} is how the letter begins."), ["{sic} is how the letter begins."]);
    assert_eq!(texts("a", b"<3 is what she wrote."), ["<3 is what she wrote."]);
    let page =
        format!("<!-- x --><html><head><title>T</title></head><body><p>{}</p></body></html>", "The minister denied the call. ".repeat(20));
    assert!(texts("a.txt", page.as_bytes())[0].starts_with("The minister denied the call. The"));
}

#[test]
fn a_bad_line_is_one_error_and_the_rest_goes_on() {
    let mut lines = b"{\"text\": \"One.\"}\n{\"text\": \n{\"id\": \"n3\"}\n{\"text\": \" \"}\n{\"text\": \"\xff\"}\n".to_vec();
    lines.extend(b"{\"text\": \"Nul \\u0000.\"}\n[1]\n{\"text\": \"A\", \"published_at\": \"soon\"}\n{\"text\": \"Last.\"}");
    assert_eq!(
        texts("n.jsonl", &lines),
        [
            "One.",
            "! n.jsonl, line 2: it is not an article as JSON: text: EOF while parsing a value",
            "! n.jsonl, line 3: it is not an article as JSON: missing field `text` at column 12",
            "! n.jsonl, line 4: the text is empty: an article needs at least one word",
            "! n.jsonl, line 5: byte 10 (counted from 0) is not valid UTF-8: save the text as UTF-8",
            "! n.jsonl, line 6: the text holds a NUL character: is this a binary file?",
            "! n.jsonl, line 7: it is not an article as JSON: an article is an object, which begins with {",
            "! n.jsonl, line 8: it is not an article as JSON: published_at: \"soon\" is not a date: give a day as 2024-11-11 or a moment as 2024-11-11T12:00:00Z, from 1600 to 2199 at column 37",
            "Last.",
        ]
    );
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    for field in ["id", "url", "publisher", "published_at", "modified_at", "title", "byline", "section", "credit", "language"] {
        let line = format!("{{\"text\": \"One.\", \"{field}\": [1]}}\n");
        let said = texts("n.jsonl", line.as_bytes()).remove(0);
        assert!(said.starts_with(&format!("! n.jsonl, line 1: it is not an article as JSON: {field}: invalid type: sequence")), "{said}");
    }
    assert!(texts("n.jsonl", b"{\"text\": 5}")[0].contains("JSON: text: invalid type: integer `5`"));
    assert!(texts("n.jsonl", b"{\"text\": \"One.\"} {}")[0].contains("trailing characters"));
}

#[test]
fn a_line_without_end_is_passed_over_without_being_held() {
    let long = std::io::repeat(b'x').take(100 * 1024 * 1024);
    let stream = Cursor::new(b"{\"text\": \"One.\"}\n".to_vec()).chain(long).chain(Cursor::new(b"\n{\"text\": \"Two.\"}".to_vec()));
    let records = from_reader(stream, "n.jsonl", &Origin::default(), &Overrides::default()).unwrap();
    let read: Vec<_> = records.map(|record| record.map(|article| article.text.clone()).map_err(|error| error.to_string())).collect();
    assert_eq!(
        read,
        [
            Ok("One.".into()),
            Err("n.jsonl, line 2: the line is longer than 30 MiB, more than one article has: it is passed over".into()),
            Ok("Two.".into())
        ]
    );
}

#[test]
fn empty_and_binary_files_are_named() {
    let line = |bytes: &[u8]| texts("a", bytes).remove(0);
    assert_eq!(line(b""), "! a: it is empty");
    assert_eq!(line(b" \n\n"), "! a: it is empty");
    assert_eq!(line(&gzip(b"")), "! a: it is empty");
    assert_eq!(line(b"\x7fELF\x02\x01\x01\0\0\0"), "! a: it is a binary file: give plain text, HTML, or articles as JSON, gzipped or not");
    assert!(line(b"%PDF-1.7 text").starts_with("! a: it is a binary file (PDF)"));
    assert!(line(&gzip(&gzip(b"x"))).starts_with("! a: it is a binary file (gzip within gzip)"));
    let noise: Vec<u8> = (0..4_000u32).map(|n| u8::try_from(n * 7919 % 254 + 1).unwrap()).collect();
    assert!(line(&noise).starts_with("! a: it is a binary file:"), "{}", line(&noise));
    assert_eq!(line(b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>"), "! a: it is a feed: add its address with `gainsay add`");
}

#[test]
fn broken_utf_8_in_a_text_is_named_by_its_byte() {
    assert_eq!(texts("a.txt", b"Caf\xe9 and more text"), ["! a.txt: byte 3 (counted from 0) is not valid UTF-8: save the text as UTF-8"]);
}

#[test]
fn a_text_over_the_limit_is_refused_without_being_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.txt");
    let mut file = File::create(&path).unwrap();
    file.write_all(&b"All work and no play. ".repeat(1_000)).unwrap();
    file.set_len(100 * 1024 * 1024).unwrap();
    let mut records = open(&path, &Overrides::default()).unwrap();
    let error = records.next().unwrap().unwrap_err().to_string();
    assert!(
        error.ends_with("large.txt: it is larger than 15 MiB, the most that one article has: give archives as one article a line (JSONL)"),
        "{error}"
    );
    assert!(records.bytes_read() < 1_000_000, "{}", records.bytes_read());
    assert!(records.next().is_none());
}

#[test]
fn a_gzip_bomb_stops_at_the_limit() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let chunk = b"boom ".repeat(200_000);
    for _ in 0..100 {
        encoder.write_all(&chunk).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < MAX_TEXT_BYTES / 4);
    assert!(texts("a.gz", &bomb)[0].starts_with("! a.gz: it is larger than 15 MiB"));
}

#[test]
fn damaged_gzip_is_named() {
    let mut zipped = gzip(&b"The minister denied the call. ".repeat(5_000));
    zipped.truncate(zipped.len() / 2);
    assert!(
        texts("a.gz", &zipped)[0].starts_with("! a.gz: it cannot be read: its gzip data is damaged or cut off"),
        "{:?}",
        texts("a.gz", &zipped)
    );
}

#[test]
fn several_gzip_members_are_one_file() {
    let two = [gzip(b"{\"text\": \"One.\"}\n"), gzip(b"{\"text\": \"Two.\"}\n")].concat();
    assert_eq!(texts("a.gz", &two), ["One.", "Two."]);
}

#[test]
fn overrides_speak_only_where_the_article_is_silent() {
    let overrides = Overrides { publisher: Some("Mine".into()), published_at: "2024-11-11".parse().ok() };
    let lines = b"{\"text\": \"One.\"}\n{\"text\": \"Two.\", \"publisher\": \"Theirs\", \"published_at\": \"2020-01-01\"}".to_vec();
    let records = from_reader(Cursor::new(lines), "n", &Origin::default(), &overrides).unwrap();
    let read: Vec<_> = records
        .map(|record| record.map(|article| (article.publisher.clone().unwrap(), article.published_at.unwrap().to_string())).unwrap())
        .collect();
    assert_eq!(read, [("Mine".into(), "2024-11-11".into()), ("Theirs".into(), "2020-01-01".into())]);
}

#[test]
fn skipping_counts_as_reading_does() {
    let lines = b"{\"text\": \"One.\"}\n\nbroken\n{\"text\": \"Three.\"}".to_vec();
    let mut records = from_reader(Cursor::new(lines), "n.jsonl", &Origin::default(), &Overrides::default()).unwrap();
    assert!(records.skip_one() && records.skip_one());
    assert_eq!(records.next().unwrap().unwrap().text, "Three.");
    assert_eq!(records.line(), Some(4));
    assert!(!records.skip_one());
}
