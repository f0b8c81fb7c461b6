//! The files of a folder, in sorted order.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Problem, RecordError};
use crate::input::reason;

/// A file below a folder, or a place below it that cannot be looked into.
pub type FoundFile = Result<PathBuf, RecordError>;

/// All regular files below `folder`, in the order of their paths. Links are not followed, and names that begin with a dot are
/// left out, as shells do.
pub fn files_below(folder: &Path) -> Vec<FoundFile> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        match entries(&folder) {
            Ok(entries) => {
                for (path, is_folder) in entries {
                    if is_folder { folders.push(path) } else { found.push(Ok(path)) }
                }
            }
            Err(error) => {
                let problem = Problem::Unreadable(reason(&error));
                found.push(Err(RecordError { name: folder.display().to_string(), line: None, problem }));
            }
        }
    }
    let key = |file: &FoundFile| match file {
        Ok(path) => path.clone(),
        Err(error) => PathBuf::from(&error.name),
    };
    found.sort_by_cached_key(key);
    found
}

/// The files and folders directly in `folder`.
fn entries(folder: &Path) -> std::io::Result<Vec<(PathBuf, bool)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && (kind.is_file() || kind.is_dir()) {
            entries.push((entry.path(), kind.is_dir()));
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_without_links() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("b/c")).unwrap();
        for name in ["z.txt", "b/2.txt", "b/c/1.txt", "a.txt", ".hidden"] {
            fs::write(at(name), "Text.").unwrap();
        }
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.txt"), "Text.").unwrap();
        std::os::unix::fs::symlink(outside.path(), at("link")).unwrap();
        std::os::unix::fs::symlink(at("a.txt"), at("link.txt")).unwrap();
        std::os::unix::fs::symlink(folder.path(), at("b/loop")).unwrap();
        let found: Vec<PathBuf> = files_below(folder.path()).into_iter().map(Result::unwrap).collect();
        assert_eq!(found, [at("a.txt"), at("b/2.txt"), at("b/c/1.txt"), at("z.txt")]);
    }
}
