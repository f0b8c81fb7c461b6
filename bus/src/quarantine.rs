//! What is kept with a message that was set aside: who, what, where, when and why.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::passage::Passage;

/// The longest reason kept, in bytes: the headers of a message must fit one frame.
const MAX_REASON: usize = 4_000;

/// Why one message was set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The consumer that set it aside.
    pub who: String,
    /// The message's type.
    pub r#type: String,
    /// What the message is about: the article's id.
    pub subject: String,
    /// The queue that it came from.
    pub r#where: String,
    /// The moment, as RFC 3339.
    pub when: String,
    /// The reason.
    pub why: String,
    /// How often it was tried.
    pub attempts: u32,
}

impl Notice {
    /// A notice of now.
    pub(crate) fn new(who: &str, message_type: &str, subject: &str, queue: &str, why: &str, attempts: u32) -> Self {
        let cut = why.floor_char_boundary(MAX_REASON);
        Self {
            who: who.to_owned(),
            r#type: message_type.to_owned(),
            subject: subject.to_owned(),
            r#where: queue.to_owned(),
            when: OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
            why: why[..cut].to_owned(),
            attempts,
        }
    }
}

/// A folder with one JSON file for each message that was set aside.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// One file of the folder, as it is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    #[serde(flatten)]
    pub(crate) notice: Notice,
    /// None in a file of a version that did not know of it.
    #[serde(default)]
    pub(crate) passage: Option<Passage>,
    pub(crate) message: Value,
}

/// One file of the folder, as it is written.
#[derive(Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    notice: &'a Notice,
    passage: &'a Passage,
    message: Value,
}

impl Folder {
    /// The folder at `path`, which may not be there: then nothing was ever set aside.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// What is in the folder, each file with its notice and message, in the order in which they were set aside.
    pub(crate) fn files(&self) -> std::io::Result<Vec<(PathBuf, Found)>> {
        let entries = match std::fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry?.path();
            // What begins with a dot is still being written.
            if path.extension().is_some_and(|extension| extension == "json") && !hidden(&path) {
                match read(&path) {
                    Ok(found) => files.push((path, found)),
                    // Replayed or discarded by somebody else meanwhile.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => return Err(std::io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
                }
            }
        }
        files.sort_by(|(a, first), (b, second)| (&first.notice.when, a).cmp(&(&second.notice.when, b)));
        Ok(files)
    }

    /// Removes a file, for good when this returns. One that is gone already is no error.
    pub(crate) fn remove(&self, file: &Path) -> std::io::Result<()> {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => sync_folder(&self.path),
        }
    }

    /// Opens the folder at `path`, which is made if it is not there, and sees that files can be written in it.
    pub(crate) fn open(path: PathBuf) -> std::io::Result<Self> {
        std::fs::create_dir_all(&path)?;
        // A name of its own: two processes may open the folder at once.
        let probe = path.join(format!(".probe.{}", Uuid::new_v4()));
        File::create(&probe)?;
        std::fs::remove_file(&probe)?;
        Ok(Self { path })
    }

    /// How many messages of a type are in it.
    pub(crate) fn count(&self, message_type: &str) -> std::io::Result<usize> {
        let prefix = format!("{message_type}-");
        let mut count = 0;
        for entry in std::fs::read_dir(&self.path)? {
            count += usize::from(entry?.file_name().to_string_lossy().starts_with(&prefix));
        }
        Ok(count)
    }

    /// Writes `message` with its notice and passage, on disk when this returns. The same message set aside again overwrites its file.
    pub(crate) fn keep(&self, notice: &Notice, passage: &Passage, message: Value) -> std::io::Result<PathBuf> {
        let name = file_name(&notice.r#type, &notice.subject);
        let (temporary, path) = (self.path.join(format!(".{name}.{}", Uuid::new_v4())), self.path.join(name));
        let mut file = File::create(&temporary)?;
        serde_json::to_writer_pretty(&mut file, &Kept { notice, passage, message })?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(&temporary, &path)?;
        sync_folder(&self.path)?;
        Ok(path)
    }
}

/// Type and subject, with whatever a file system may not take replaced by its code.
fn file_name(message_type: &str, subject: &str) -> String {
    let safe = |character: char| match character {
        '-' | 'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_string(),
        other => format!("_{:x}_", u32::from(other)),
    };
    let subject: String = subject.chars().take(40).map(safe).collect();
    format!("{message_type}-{subject}.json")
}

fn hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn read(path: &Path) -> std::io::Result<Found> {
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_kept_whole_with_its_notice_and_replaced_when_it_fails_again() {
        let folder = tempfile::tempdir().unwrap();
        let quarantine = Folder::open(folder.path().join("new")).unwrap();
        for (attempts, why) in [(1, "first"), (2, "second")] {
            let notice = Notice::new("extract", "T", "../a", "q", why, attempts);
            quarantine.keep(&notice, &Passage::from_now(), serde_json::json!({"text": "ü"})).unwrap();
        }
        let files: Vec<_> = std::fs::read_dir(folder.path().join("new")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert_eq!((quarantine.count("T").unwrap(), quarantine.count("U").unwrap()), (1, 0));
        assert!(files[0].ends_with("T-_2e__2e__2f_a.json"), "{files:?}");
        let kept: Value = serde_json::from_slice(&std::fs::read(&files[0]).unwrap()).unwrap();
        assert_eq!(kept["message"]["text"], "ü");
        assert_eq!((&kept["who"], &kept["why"], &kept["attempts"]), (&"extract".into(), &"second".into(), &2.into()));
        assert!(OffsetDateTime::parse(kept["passage"]["taken_at"].as_str().unwrap(), &Rfc3339).is_ok(), "{kept}");
        assert!(OffsetDateTime::parse(kept["when"].as_str().unwrap(), &Rfc3339).is_ok());
    }

    #[test]
    fn a_long_reason_is_cut_at_a_character() {
        let notice = Notice::new("", "", "", "", &"é".repeat(MAX_REASON), 1);
        assert_eq!(notice.why.len(), MAX_REASON);
    }
}
