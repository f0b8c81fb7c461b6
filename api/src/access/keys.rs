//! API keys: how one is made, how the lines of a keys file are read, and which of them a caller has.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use blake3::Hash;

/// What every key begins with, so that people and scanners for leaked secrets know one when they see it.
const PREFIX: &str = "gainsay_";

/// Random bytes of a key: too many to guess, which is why a plain hash of it tells nobody anything.
const RANDOM_BYTES: usize = 32;

/// The longest name of a key, in characters.
const MAX_NAME: usize = 64;

/// Keys of one file: each has a rate of its own and a series in the metrics.
const MAX_KEYS: usize = 1_000;

/// What the holder of a key may do besides reading, which is open to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Post articles.
    Write,
    /// See how the service fares: `/metrics`.
    Operate,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Write, Self::Operate];

    /// As keys files and the command line spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Operate => "operate",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| KeyError::Scope(shown(text)))
    }
}

/// What is wrong with a key or a line of a keys file. Shows no hash and no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name that is none.
    #[error("{0:?} is no name of a key: give 1 to {MAX_NAME} letters, figures, points, hyphens or underscores")]
    Name(String),
    /// A scope that there is not.
    #[error("there is no scope {0:?}; there are write and operate")]
    Scope(String),
    /// Too few or too many words in a line.
    #[error("a line has a name, scopes and a hash, with spaces between: gainsay key NAME --scope write prints one")]
    Line,
    /// A hash that is none.
    #[error("the hash of {0:?} is not 64 hexadecimal digits: gainsay key NAME --scope write prints a line with one")]
    Hash(String),
    /// A key itself, which nobody but its holder should have.
    #[error("the key {0:?} itself stands here, where its hash belongs: make a new one by gainsay key, as this one may have been seen")]
    Bare(String),
    /// The same key twice.
    #[error("the key {0:?} is the same as one above it: one line a key")]
    Twice(String),
    /// More lines than a file may have.
    #[error("there are more than {MAX_KEYS} keys")]
    TooMany,
    /// The system has no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

/// A key as it is made: the only time that it is there to be seen.
pub struct NewKey {
    /// What its holder sends.
    pub secret: String,
    /// The line for the keys file, which holds the hash alone.
    pub line: String,
}

impl NewKey {
    /// Makes one for `name` that may do `scopes`.
    pub fn make(name: &str, scopes: &[Scope]) -> Result<Self, KeyError> {
        check_name(name)?;
        let mut random = [0; RANDOM_BYTES];
        getrandom::fill(&mut random).map_err(|error| KeyError::Random(error.to_string()))?;
        let secret = format!("{PREFIX}{}", Hash::from_bytes(random).to_hex());
        let mut words: Vec<&str> = Vec::new();
        for scope in scopes.iter().map(|scope| scope.as_str()) {
            if !words.contains(&scope) {
                words.push(scope);
            }
        }
        let line = format!("{name} {} {}", words.join(","), blake3::hash(secret.as_bytes()).to_hex());
        Ok(Self { secret, line })
    }
}

/// A line of a keys file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// What logs and metrics call it. Two keys of one name are one holder's, the old one and the new.
    pub(super) name: Arc<str>,
    scopes: Vec<Scope>,
    hash: Hash,
}

impl Key {
    /// Whether its holder may do that.
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(line: &str) -> Result<Self, KeyError> {
        let mut words = line.split_whitespace();
        let (Some(name), Some(scopes), Some(hash), None) = (words.next(), words.next(), words.next(), words.next()) else {
            return Err(KeyError::Line);
        };
        check_name(name)?;
        if [scopes, hash].iter().any(|word| word.starts_with(PREFIX)) {
            return Err(KeyError::Bare(name.to_owned()));
        }
        let scopes = scopes.split(',').map(str::parse).collect::<Result<_, _>>()?;
        let hash = Hash::from_hex(hash).map_err(|_| KeyError::Hash(name.to_owned()))?;
        Ok(Self { name: name.into(), scopes, hash })
    }
}

/// The keys of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys(Vec<Key>);

impl Keys {
    /// Reads a file's text; blank lines and lines that begin with `#` say nothing. An error comes with the number of its line.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, KeyError)> {
        let mut keys: Vec<Key> = Vec::new();
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let key: Key = line.parse().map_err(|error| (number, error))?;
            if keys.iter().any(|other| other.hash == key.hash) {
                return Err((number, KeyError::Twice(key.name.to_string())));
            }
            if keys.len() == MAX_KEYS {
                return Err((number, KeyError::TooMany));
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// The key whose secret that is. Takes as long whichever it is, and if it is none.
    pub(super) fn find(&self, secret: &str) -> Option<&Key> {
        let hash = blake3::hash(secret.as_bytes());
        // The comparison of two hashes takes a constant time; all are compared.
        self.0.iter().fold(None, |found, key| if key.hash == hash { Some(key) } else { found })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Keys {
    /// Names with scopes: "feeds (write), prometheus (operate)".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.iter().map(|key| {
            let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
            format!("{} ({})", key.name, scopes.join(", "))
        });
        formatter.write_str(&if self.0.is_empty() { "none".to_owned() } else { words.collect::<Vec<_>>().join(", ") })
    }
}

fn check_name(name: &str) -> Result<(), KeyError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    let good = !name.is_empty() && name.len() <= MAX_NAME && name.chars().all(allowed) && !name.starts_with(PREFIX);
    if good { Ok(()) } else { Err(KeyError::Name(shown(name))) }
}

/// A word of the user's to say again, unless it may be a secret.
fn shown(word: &str) -> String {
    if word.contains(PREFIX) || word.chars().count() > MAX_NAME { "…".to_owned() } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_is_found_by_its_secret_alone() {
        let (one, other) =
            (NewKey::make("feeds", &[Scope::Write, Scope::Write]).unwrap(), NewKey::make("feeds", &[Scope::Operate]).unwrap());
        assert_ne!(one.secret, other.secret);
        assert_eq!(one.secret.len(), PREFIX.len() + 64);
        assert!(one.line.starts_with("feeds write ") && !one.line.contains(&one.secret[PREFIX.len()..]), "{}", one.line);
        let keys = Keys::parse(&format!("# who posts\n\n  {}\r\n{}\n", one.line, other.line)).unwrap();
        assert_eq!(keys.to_string(), "feeds (write), feeds (operate)");
        let found = keys.find(&one.secret).unwrap();
        assert!(found.may(Scope::Write) && !found.may(Scope::Operate));
        assert!(keys.find(&other.secret).unwrap().may(Scope::Operate));
        let hash = one.line.split(' ').next_back().unwrap();
        for wrong in ["", "gainsay_", &one.secret[..one.secret.len() - 1], &one.secret.to_uppercase(), hash] {
            assert_eq!(keys.find(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_line_is_told_by_its_number_without_what_may_be_secret() {
        let NewKey { secret, line } = NewKey::make("feeds", &[Scope::Write]).unwrap();
        let hash = line.split(' ').next_back().unwrap();
        for (text, number, word) in [
            (format!("{line}\nfeeds write\n"), 2, "a name, scopes and a hash"),
            (format!("{line} more"), 1, "a name, scopes and a hash"),
            (format!("\n\nfe/eds write {hash}"), 3, "\"fe/eds\" is no name"),
            (format!("feeds writes {hash}"), 1, "there is no scope \"writes\"; there are write and operate"),
            (format!("feeds write, {hash}"), 1, "there is no scope \"\""),
            (format!("feeds write {}", &hash[1..]), 1, "the hash of \"feeds\" is not 64"),
            (format!("feeds write {secret}"), 1, "the key \"feeds\" itself stands here"),
            (format!("feeds {secret} write"), 1, "the key \"feeds\" itself stands here"),
            (format!("{secret} write {hash}"), 1, "is no name"),
            (format!("{line}\nother operate {hash}"), 2, "the key \"other\" is the same as one above it"),
        ] {
            let (at, error) = Keys::parse(&text).unwrap_err();
            assert_eq!(at, number, "{text}: {error}");
            let error = error.to_string();
            assert!(error.contains(word), "{error}");
            assert!(!error.contains(&secret[PREFIX.len()..]) && !error.contains(&hash[1..]), "{error}");
        }
        let many: Vec<String> = (0..=MAX_KEYS).map(|n| format!("k{n} write {}", blake3::hash(&n.to_le_bytes()).to_hex())).collect();
        assert_eq!(Keys::parse(&many.join("\n")), Err((MAX_KEYS + 1, KeyError::TooMany)));
        assert_eq!(Keys::parse("# nobody\n"), Ok(Keys::default()));
    }
}
