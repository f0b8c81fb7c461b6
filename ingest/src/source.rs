//! What inputs come down to: files, pages and streams, each opened when its turn comes.

use std::fmt;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use url::Url;

use crate::Overrides;
use crate::fetch::{Fetcher, shown};
use crate::input::Input;
use crate::page::Origin;
use crate::records::{self, Problem, RecordError, Records};

/// One thing to read articles from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A page on the web.
    Url(Url),
    /// A file.
    File(PathBuf),
}

/// The sources of `inputs`, in their order, a folder's files in the order of their paths; and the folders that cannot be read.
pub fn sources(inputs: &[Input]) -> Vec<Result<Source, RecordError>> {
    let mut sources = Vec::new();
    for input in inputs {
        match input {
            Input::Stdin => sources.push(Ok(Source::Stdin)),
            Input::Url(url) => sources.push(Ok(Source::Url(url.clone()))),
            Input::File(path) => sources.push(Ok(Source::File(path.clone()))),
            Input::Directory(folder) => sources.extend(records::files_below(folder).into_iter().map(|file| file.map(Source::File))),
        }
    }
    sources
}

impl Source {
    /// Opens it: its articles, with what `overrides` says where they are silent.
    pub async fn open(&self, overrides: &Overrides, fetcher: &Fetcher) -> Result<Records, RecordError> {
        let (name, overrides) = (self.to_string(), overrides.clone());
        let fail = |problem| RecordError { name: name.clone(), line: None, problem };
        let opening = match self {
            Self::Url(url) => {
                let content = fetcher.get_content(url).await.map_err(|error| fail(Problem::Fetch(error)))?;
                let origin = Origin { url: Some(content.url), charset: content.charset };
                let name = name.clone();
                tokio::task::spawn_blocking(move || records::from_reader(Cursor::new(content.body), &name, &origin, &overrides))
            }
            Self::File(path) => {
                let path = path.clone();
                tokio::task::spawn_blocking(move || records::open(&path, &overrides))
            }
            Self::Stdin => {
                let name = name.clone();
                tokio::task::spawn_blocking(move || records::from_reader(std::io::stdin(), &name, &Origin::default(), &overrides))
            }
        };
        opening.await.unwrap_or_else(|error| Err(fail(Problem::Unreadable(error.to_string()))))
    }

    /// Its size in bytes, where that can be known beforehand.
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::File(path) => std::fs::metadata(path).ok().map(|found| found.len()),
            Self::Stdin | Self::Url(_) => None,
        }
    }

    /// What the progress of its import is kept under: a file's path, size and time of change, so that a changed file is another.
    pub(crate) fn progress_name(&self) -> Option<String> {
        let Self::File(path) = self else { return None };
        let found = std::fs::metadata(path).ok()?;
        let changed = found.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
        Some(format!("{} of {} bytes, changed at {changed}", absolute(path).display(), found.len()))
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => Input::Stdin.fmt(f),
            Self::Url(url) => f.write_str(&shown(url)),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::header;
    use axum::routing::get;

    use super::*;

    const SENTENCE: &str =
        "<p>The minister denied on Monday that the call took place, and her spokesman declined to comment on it any further.</p>";

    async fn open(url: &str, fetcher: &Fetcher) -> Result<Records, String> {
        let source = Source::Url(Url::parse(url).unwrap());
        source.open(&Overrides::default(), fetcher).await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_url_is_read_as_what_it_holds() {
        let page = (
            [(header::CONTENT_TYPE, "text/html; charset=windows-1252")],
            [b"<html><title>Caf\xe9</title><article>", SENTENCE.repeat(6).as_bytes()].concat(),
        );
        let lines = "{\"text\": \"One.\"}\n{\"text\": \"Two.\"}";
        let routes = Router::new().route("/page", get(|| async { page })).route("/lines", get(move || async move { lines }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let fetcher = Fetcher::new(&["127.0.0.1/32".parse().unwrap()]).unwrap();
        let article = open(&format!("{base}/page"), &fetcher).await.unwrap().next().unwrap().unwrap();
        assert_eq!((article.title.as_deref(), article.url.clone()), (Some("Café"), Some(format!("{base}/page"))));
        assert_eq!(open(&format!("{base}/lines"), &fetcher).await.unwrap().count(), 2);
    }

    #[tokio::test]
    async fn what_cannot_be_fetched_is_one_line() {
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let line = async |url: String, fetcher: &Fetcher| open(&url, fetcher).await.err().unwrap();
        let (strict, local) = (Fetcher::new(&[]).unwrap(), Fetcher::new(&["127.0.0.0/8".parse().unwrap()]).unwrap());
        assert_eq!(
            line(format!("http://user:secret@{closed}/a"), &local).await,
            format!("http://{closed}/a: the server cannot be reached: Connection refused")
        );
        assert_eq!(
            line("http://localhost/a".to_owned(), &strict).await.replace("::1", "127.0.0.1"),
            "http://localhost/a: localhost is at a private address (127.0.0.1): to allow it, name its network in ingest.allow_private"
        );
    }
}
