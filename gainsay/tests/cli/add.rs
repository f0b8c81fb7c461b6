//! `gainsay add`.

use crate::harness::{gainsay, text};

const LIST: &str = r#"<opml version="2.0"><head/><body><outline text="News">
<outline type="rss" text="A" xmlUrl="https://a.example/feed.xml"/><outline type="rss" text="B" xmlUrl="https://b.example/feed.xml"/>
</outline></body></opml>"#;

#[test]
fn addresses_and_lists_are_added_once() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("feeds.opml");
    std::fs::write(&list, LIST).unwrap();
    let add = |feeds: &[&str]| gainsay(&[&["add", "--data", text(folder.path())], feeds].concat());
    assert_eq!(add(&["https://a.example/feed.xml"]).done(), "1 feed added; gainsay serve polls them\n");
    assert_eq!(add(&[text(&list)]).done(), "1 feed added, 1 known already; gainsay serve polls them\n");
}

#[test]
fn what_is_no_feed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("feeds.txt");
    std::fs::write(&list, "no list").unwrap();
    let add = |feeds: &[&str]| gainsay(&[&["add", "--data", text(folder.path())], feeds].concat());
    let run = add(&["https://a.example/feed.xml", text(&list)]);
    assert_eq!(run.status, 3, "{run:?}");
    run.complained_once(&["feeds.txt: it is not a list of feeds (OPML)", "the address of a feed"]);
    add(&["/nowhere.opml"]).failed(1, &["/nowhere.opml", "No such file"]);
    add(&["-"]).failed(1, &["- is neither the address of a feed nor an OPML file"]);
    add(&["outlet.example/feed"]).failed(1, &["outlet.example/feed", "https://"]);
    std::fs::write(&list, b"\xff\xfe\x80").unwrap();
    add(&[text(&list)]).failed(1, &["feeds.txt", "not text"]);
    let secret = add(&["http://user:secret@[x/feed"]);
    secret.failed(1, &["http://[x/feed"]);
    assert!(!secret.stderr.contains("secret"), "{secret:?}");
}
