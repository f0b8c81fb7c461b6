//! The keys file: read at the start, and again whenever it changes. A file that is no longer good changes nothing.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::keys::{KeyError, Keys};
use crate::metrics::Metrics;

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The largest file taken, in bytes: more than the most keys need.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why a keys file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyFileError {
    #[error("the keys file {path} cannot be read: {why}")]
    Unreadable { path: String, why: String },
    #[error("the keys file {path} cannot be used: line {line}: {why}")]
    Line { path: String, line: usize, why: KeyError },
}

/// What tells that a file is another or has been written: a renamed file has another inode, a rewritten one another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    file: (u64, u64),
    bytes: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        Self {
            file: (metadata.dev(), metadata.ino()),
            bytes: metadata.len(),
            written: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Reads the file at `path`, and again in the background until `shutdown` whenever it changes; the keys that are in force now.
pub(super) fn follow(path: &str, metrics: &Metrics, shutdown: CancellationToken) -> Result<watch::Receiver<Arc<Keys>>, KeyFileError> {
    let path = PathBuf::from(path);
    let (stamp, keys) = read(&path)?;
    tracing::info!(keys = keys.len(), "API keys of {}: {keys}", path.display());
    metrics.keys.set(keys.len().try_into().unwrap_or(i64::MAX));
    let (sender, receiver) = watch::channel(Arc::new(keys));
    tokio::spawn(keep_up(path, stamp, sender, metrics.clone(), shutdown));
    Ok(receiver)
}

async fn keep_up(path: PathBuf, stamp: Stamp, keys: watch::Sender<Arc<Keys>>, metrics: Metrics, shutdown: CancellationToken) {
    let mut seen = Some(stamp);
    let mut told: Option<KeyFileError> = None;
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shutdown.cancelled() => return,
        }
        let looked_at = path.clone();
        let look = move || match std::fs::metadata(&looked_at) {
            Ok(metadata) if seen == Some((&metadata).into()) => None,
            _ => Some(read(&looked_at)),
        };
        // The disk may be slow, and the threads that answer must not wait for it.
        match tokio::task::spawn_blocking(look).await.unwrap_or(None) {
            None => {}
            Some(Ok((stamp, now))) => {
                tracing::info!(keys = now.len(), "API keys of {}, read again: {now}", path.display());
                metrics.keys.set(now.len().try_into().unwrap_or(i64::MAX));
                metrics.keys_file_bad.set(0);
                keys.send_replace(Arc::new(now));
                (seen, told) = (Some(stamp), None);
            }
            Some(Err(error)) => {
                metrics.keys_file_bad.set(1);
                if told.as_ref() != Some(&error) {
                    tracing::error!(%error, "{error}; the keys read before stay in force until it can be read again");
                }
                // To be read until it can be, as a reason may pass without a change of the file.
                (seen, told) = (None, Some(error));
            }
        }
    }
}

/// The stamp is taken first: what is written while the file is read makes a difference the next time.
fn read(path: &Path) -> Result<(Stamp, Keys), KeyFileError> {
    let unreadable = |why: String| KeyFileError::Unreadable { path: path.display().to_string(), why };
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !metadata.is_file() {
        return Err(unreadable("it is not a regular file".to_owned()));
    }
    if metadata.len() > MAX_BYTES {
        return Err(unreadable(format!("it has {} bytes, and {MAX_BYTES} at most are allowed", metadata.len())));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let keys = Keys::parse(&text).map_err(|(line, why)| KeyFileError::Line { path: path.display().to_string(), line, why })?;
    Ok(((&metadata).into(), keys))
}
