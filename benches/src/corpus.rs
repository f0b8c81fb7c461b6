//! What the benchmarks work on: the sample news, often enough for a steady figure, each copy an article of its own.

use anyhow::Context as _;
use claims::{Article, ArticleForm};

/// The sample news that ships with the binary.
const NEWS: &str = include_str!("../../gainsay/demo/news.jsonl");

/// How many copies of it.
const COPIES: usize = 20;

/// The articles: no two share a text or a url.
pub(crate) fn articles() -> anyhow::Result<Vec<Article>> {
    let mut articles = Vec::new();
    for copy in 0..COPIES {
        for line in NEWS.lines() {
            let mut form: ArticleForm = serde_json::from_str(line).context("the sample news is not in the article form")?;
            form.url = form.url.map(|url| format!("{url}?copy={copy}"));
            form.text = format!("{}\n\nCopy {copy}.", form.text);
            articles.push(Article::new(form)?);
        }
    }
    Ok(articles)
}

/// Bytes of text in all of them.
pub(crate) fn bytes(articles: &[Article]) -> usize {
    articles.iter().map(|article| article.text.len()).sum()
}
