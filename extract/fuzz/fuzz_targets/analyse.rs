//! Any bytes as an article, its first line the title: every claim's words stand where it says, and no stage's claim is dropped.

#![no_main]

use claims::{Article, ArticleForm, Claim, Outcome};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // No article holds a NUL character.
    let text = String::from_utf8_lossy(bytes).replace('\0', " ");
    let (title, text) = text.split_once('\n').map_or((None, &*text), |(title, text)| (Some(title.to_owned()), text));
    let form = ArticleForm { title, text: text.to_owned(), language: Some("en".to_owned()), ..ArticleForm::default() };
    let Ok(article) = Article::new(form) else { return };
    // Asserts by itself that nothing was dropped.
    let Outcome::Claims(claims) = extract::analyse(&article).outcome else { panic!("English is read") };
    for claim in claims {
        assert_eq!(Claim::new(&article, claim.clone().into_data()).as_ref(), Ok(&claim));
    }
});
