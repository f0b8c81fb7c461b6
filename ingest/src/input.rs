//! What a person names as input: standard input, a URL, a file or a folder.

use std::fmt;
use std::path::PathBuf;

use url::Url;

/// One input, as named on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A page on the web.
    Url(Url),
    /// A file of articles.
    File(PathBuf),
    /// A folder, read with all that is below it.
    Directory(PathBuf),
}

/// A name that no input answers to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Nothing was named.
    #[error("an empty name is no input: give a file, a folder, a URL, or - for standard input")]
    Empty,
    /// It begins like a URL and is none.
    #[error("{0} is not a URL that can be fetched: {1}")]
    BadUrl(String, String),
    /// A file that is not there, or may not be looked at.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, String),
    /// A device, a socket or a pipe.
    #[error("{0} is neither a file nor a folder: pipe it into standard input and name that as -")]
    Special(PathBuf),
}

impl Input {
    /// Reads the name of an input: `-`, an `http` or `https` URL, or the path of a file or folder that is there.
    pub fn parse(name: &str) -> Result<Self, InputError> {
        if name.is_empty() {
            return Err(InputError::Empty);
        }
        if name == "-" {
            return Ok(Self::Stdin);
        }
        if let Some((scheme, _)) = name.split_once("://") {
            let known = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
            if known {
                return Url::parse(name).map(Self::Url).map_err(|error| InputError::BadUrl(without_password(name), error.to_string()));
            }
            if scheme.chars().all(|c| c.is_ascii_alphanumeric()) {
                return Err(InputError::BadUrl(without_password(name), "only http and https are".to_owned()));
            }
        }
        let path = PathBuf::from(name);
        match std::fs::metadata(&path) {
            Ok(found) if found.is_dir() => Ok(Self::Directory(path)),
            Ok(found) if found.is_file() => Ok(Self::File(path)),
            Ok(_) => Err(InputError::Special(path)),
            Err(error) => {
                let hint = if looks_like_an_address(name) { ": if it is a web address, begin it with https://" } else { "" };
                Err(InputError::Unreadable(path, reason(&error) + hint))
            }
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::Url(url) => f.write_str(&crate::fetch::shown(url)),
            Self::File(path) | Self::Directory(path) => path.display().fmt(f),
        }
    }
}

/// An address that is none, and may hold a password all the same.
fn without_password(name: &str) -> String {
    let Some((scheme, rest)) = name.split_once("://") else { return name.to_owned() };
    let host_ends = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_ends);
    format!("{scheme}://{}{path}", host.rsplit('@').next().unwrap_or(host))
}

/// Whether a name that is no file's could be an address without its scheme: "outlet.example/feed".
fn looks_like_an_address(name: &str) -> bool {
    name.split_once('/').is_some_and(|(host, _)| !host.starts_with('.') && host.contains('.'))
}

/// The system's reason without its number.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_four_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "Text.").unwrap();
        assert_eq!(Input::parse("-"), Ok(Input::Stdin));
        assert_eq!(Input::parse("HTTPS://outlet.example/a"), Ok(Input::Url(Url::parse("https://outlet.example/a").unwrap())));
        assert_eq!(Input::parse(file.to_str().unwrap()), Ok(Input::File(file.clone())));
        assert_eq!(Input::parse(folder.path().to_str().unwrap()), Ok(Input::Directory(folder.path().to_owned())));
    }

    #[test]
    fn each_wrong_name_has_its_line() {
        assert_eq!(Input::parse("").unwrap_err(), InputError::Empty);
        let line = |name| Input::parse(name).unwrap_err().to_string();
        assert_eq!(line("/nowhere/a.txt"), "/nowhere/a.txt cannot be read: No such file or directory");
        assert_eq!(line("ftp://outlet.example/a"), "ftp://outlet.example/a is not a URL that can be fetched: only http and https are");
        assert!(line("http://").starts_with("http:// is not a URL that can be fetched"), "{}", line("http://"));
        assert_eq!(line("http://user:secret@[x/a@b"), "http://[x/a@b is not a URL that can be fetched: invalid IPv6 address");
        assert!(!line("ftp://user:secret@outlet.example/a").contains("secret"));
        assert!(line("outlet.example/feed").ends_with("No such file or directory: if it is a web address, begin it with https://"));
        assert!(line("/dev/null").starts_with("/dev/null is neither a file nor a folder"));
    }
}
