//! The ledger's file must stay in its place: what is written to one that was removed or replaced is kept by nobody.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use claims::{ArticleId, Extraction, SourceId};
use store::{
    ArticleQuery, ArticleRecord, ArticleSummary, ClaimQuery, ClaimRecord, Commit, Counts, Ledger, Page, Reading, ReadingQuery, SourceQuery,
    SourceSummary, StoreError,
};

/// How often is looked whether the file is there, besides after each commit.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A file, told from any other that takes its place.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl LedgerFile {
    /// The file that is at `path` now.
    pub fn at(path: &Path) -> std::io::Result<Self> {
        let found = std::fs::metadata(path)?;
        Ok(Self { path: path.to_owned(), device: found.dev(), inode: found.ino() })
    }

    /// Resolves when the file is no longer in its place.
    pub async fn lost(self) -> anyhow::Error {
        loop {
            if let Err(error) = self.in_place() {
                return error.into();
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn in_place(&self) -> Result<(), StoreError> {
        let found = std::fs::metadata(&self.path);
        let why = match found {
            Ok(found) if (found.dev(), found.ino()) == (self.device, self.inode) => return Ok(()),
            Ok(_) => "another file has taken its place while it was in use: start again to use that",
            Err(_) => "it was removed or moved while it was in use: put it back, or start again with a new one",
        };
        Err(StoreError::Unavailable { what: self.path.display().to_string(), why: why.to_owned() })
    }
}

/// A ledger whose commits count only while its file is in its place.
#[derive(Debug)]
pub struct Kept {
    /// The ledger in the file.
    pub ledger: Arc<dyn Ledger>,
    /// The file.
    pub file: LedgerFile,
}

#[async_trait]
impl Ledger for Kept {
    async fn commit(&self, extractions: &[Extraction]) -> Result<Vec<Commit>, StoreError> {
        let commits = self.ledger.commit(extractions).await?;
        self.file.in_place().map(|()| commits)
    }

    async fn articles(&self, query: &ArticleQuery) -> Result<Page<ArticleSummary>, StoreError> {
        self.ledger.articles(query).await
    }

    async fn article(&self, id: ArticleId) -> Result<Option<ArticleRecord>, StoreError> {
        self.ledger.article(id).await
    }

    async fn claims(&self, query: &ClaimQuery) -> Result<Page<ClaimRecord>, StoreError> {
        self.ledger.claims(query).await
    }

    async fn sources(&self, query: &SourceQuery) -> Result<Page<SourceSummary>, StoreError> {
        self.ledger.sources(query).await
    }

    async fn source(&self, id: SourceId) -> Result<Option<SourceSummary>, StoreError> {
        self.ledger.source(id).await
    }

    async fn export(&self, after: Option<ArticleId>, limit: u32) -> Result<Vec<ArticleRecord>, StoreError> {
        self.ledger.export(after, limit).await
    }

    async fn readings(&self, query: &ReadingQuery, after: Option<ArticleId>, limit: u32) -> Result<Vec<Reading>, StoreError> {
        self.ledger.readings(query, after, limit).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.ledger.counts().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.file.in_place()?;
        self.ledger.ping().await
    }
}
