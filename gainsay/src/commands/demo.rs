//! `gainsay demo`: the sample news in a ledger, and its pages.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use bus::{ArticleFetchedV1, Receipt};
use claims::{Article, ArticleForm};
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};

use crate::cli::Globals;
use crate::embedded::{Embedded, block_on};
use crate::outcome::{Done, complain};
use crate::serving;
use crate::settings::{self, Logs};

/// The sample news, one article a line.
const NEWS: &str = include_str!("../../demo/news.jsonl");

/// Articles that are on their way at once.
const AT_ONCE: usize = 8;

const EXAMPLES: &str = "\
Examples:
  gainsay demo
  gainsay demo --listen 127.0.0.1:0
  gainsay demo --data /tmp/demo      keeps the ledger, for gainsay search --data /tmp/demo and others

The news is made up: eighteen articles on one affair, with denials that do not last. No network is needed.";

/// Loads the sample news and serves its pages
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Where the pages are served; port 0 takes a free one [default: 127.0.0.1:8080, or a free port where that is taken]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

/// Serves until it is stopped. Without `--data` the ledger is gone with it.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut settings = settings::load(globals, Logs::Warnings)?;
    settings.api.listen = arguments.listen.unwrap_or_else(|| free_or_any(settings.api.listen));
    let temporary = tempfile::Builder::new().prefix("gainsay-demo-").tempdir().context("there is no temporary folder to use")?;
    let folder = globals.data.as_deref().unwrap_or(temporary.path());
    if !globals.quiet {
        complain("the sample news is made up; Ctrl-C stops");
    }
    block_on(serving::serve(folder, settings, "The demo is at", load_news))?;
    Ok(Done::All)
}

/// A demo should come up also where something else has the usual port.
fn free_or_any(address: SocketAddr) -> SocketAddr {
    if std::net::TcpListener::bind(address).is_ok() { address } else { SocketAddr::new(address.ip(), 0) }
}

/// Sends the sample news down the pipeline and waits until all of it is in the ledger.
async fn load_news(embedded: &Embedded) -> anyhow::Result<()> {
    let messages: Vec<ArticleFetchedV1> = sample_news()?.into_iter().map(|article| ArticleFetchedV1 { article }).collect();
    let receipts = stream::iter(messages).map(|message| async move { embedded.bus.publish(&message).await });
    let receipts: Vec<Receipt> = receipts.buffered(AT_ONCE).try_collect().await.context("the sample news cannot be loaded")?;
    match receipts.into_iter().find_map(|receipt| if let Receipt::Quarantined(why) = receipt { Some(why) } else { None }) {
        Some(why) => bail!("the sample news cannot be loaded: {why}"),
        None => Ok(()),
    }
}

fn sample_news() -> anyhow::Result<Vec<Article>> {
    let article = |line| anyhow::Ok(Article::new(serde_json::from_str::<ArticleForm>(line)?)?);
    NEWS.lines().map(article).collect::<Result<_, _>>().context("the sample news is damaged")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_sample_news_is_what_its_description_says() {
        let news = sample_news().unwrap();
        assert_eq!(news.len(), 18);
        let distinct = |field: fn(&Article) -> Option<String>| news.iter().filter_map(field).collect::<BTreeSet<_>>().len();
        assert_eq!(distinct(|article| Some(article.id().to_string())), 18);
        assert_eq!(distinct(|article| article.url.clone()), 17, "one address has two versions");
        assert_eq!(distinct(|article| article.publisher.clone()), 6);
        assert_eq!(distinct(|article| article.published_at.map(|at| at.day().to_string())), 10);
        assert!(news.iter().all(|article| article.url.as_deref().is_some_and(|url| url.contains(".example/"))));
        for article in &news {
            let words = article.text.split_whitespace().count();
            assert!((250..=600).contains(&words), "{:?} has {words} words", article.given_id);
        }
    }
}
