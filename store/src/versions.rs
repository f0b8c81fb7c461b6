//! The numbers of an article's versions: counted when read, so that the order of arrival leaves no trace.

use std::collections::HashMap;

use claims::{Article, ArticleId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::VersionSummary;
use crate::rows::timestamp;

/// One article version of a url.
#[derive(Debug, FromRow)]
pub(crate) struct VersionRow {
    url_hash: Vec<u8>,
    id: Uuid,
    title: Option<String>,
    published_at: Option<i64>,
    published_to_day: bool,
    modified_at: Option<i64>,
    modified_to_day: bool,
}

/// The versions of some urls, each in order.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    by_url: HashMap<Vec<u8>, Vec<VersionSummary>>,
    numbers: HashMap<Uuid, u32>,
}

impl Versions {
    /// Orders all `rows` of the urls in question: by change or publication, undated ones first, then by id.
    pub(crate) fn new(mut rows: Vec<VersionRow>) -> Self {
        rows.sort_by_key(|row| (row.modified_at.or(row.published_at), row.id));
        let mut versions = Self::default();
        for row in rows {
            let of_url = versions.by_url.entry(row.url_hash).or_default();
            let version = u32::try_from(of_url.len()).map_or(u32::MAX, |earlier| earlier.saturating_add(1));
            versions.numbers.insert(row.id, version);
            of_url.push(VersionSummary {
                id: ArticleId(row.id),
                version,
                title: row.title,
                published_at: timestamp(row.published_at, row.published_to_day),
                modified_at: timestamp(row.modified_at, row.modified_to_day),
            });
        }
        versions
    }

    /// The number of article `id`; 1 where it has no url.
    pub(crate) fn number(&self, url_hash: Option<&[u8]>, id: Uuid) -> u32 {
        url_hash.and_then(|_| self.numbers.get(&id)).copied().unwrap_or(1)
    }

    /// All versions of the article's url; itself alone where it has none.
    pub(crate) fn of(&self, url_hash: Option<&[u8]>, article: &Article) -> Vec<VersionSummary> {
        url_hash.and_then(|hash| self.by_url.get(hash)).cloned().unwrap_or_else(|| {
            let (title, published_at, modified_at) = (article.title.clone(), article.published_at, article.modified_at);
            vec![VersionSummary { id: article.id(), version: 1, title, published_at, modified_at }]
        })
    }
}
