//! Identifiers derived from content, so that every machine gives the same thing the same id.
//!
//! Each is a version 5 UUID (RFC 9562) over length-prefixed fields, in a namespace of its kind.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The root namespace: the version 5 UUID of `https://gainsay.invalid/` among URLs.
fn namespace(kind: &str) -> Uuid {
    let root = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"https://gainsay.invalid/");
    Uuid::new_v5(&root, kind.as_bytes())
}

/// Hashes `fields`, each preceded by its length, so that no two lists of fields share their bytes.
fn derive(kind: &str, fields: &[&[u8]]) -> Uuid {
    let mut bytes = Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum());
    for field in fields {
        bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    Uuid::new_v5(&namespace(kind), &bytes)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    };
}

id! {
    /// One version of one article: derived from its url, publisher, title and text.
    ArticleId
}
id! {
    /// One claim: derived from its article and the places of its source, cue and content.
    ClaimId
}
id! {
    /// One source of the ledger: derived from its name and kind.
    SourceId
}

impl ArticleId {
    pub(crate) fn derive(url: &str, publisher: &str, title: &str, text: &str) -> Self {
        Self(derive("article", &[url.as_bytes(), publisher.as_bytes(), title.as_bytes(), text.as_bytes()]))
    }
}

impl ClaimId {
    pub(crate) fn derive(article: ArticleId, place: &str) -> Self {
        Self(derive("claim", &[article.0.as_bytes(), place.as_bytes()]))
    }
}

impl SourceId {
    /// The id of the source called `name` (as shown, letter case aside) of `kind` (its word in JSON).
    pub fn derive(name: &str, kind: &str) -> Self {
        Self(derive("source", &[name.to_lowercase().as_bytes(), kind.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_on_every_machine_and_for_ever() {
        // Computed apart, with Python's hashlib, from the definition at the head of this file.
        let article = ArticleId::derive("https://outlet.example/1", "The Outlet", "A title", "Some text.");
        assert_eq!(article.to_string(), "06e0d0aa-9e24-57c3-886d-92eda85bffe7");
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        assert_ne!(ArticleId::derive("ab", "c", "", ""), ArticleId::derive("a", "bc", "", ""));
    }

    #[test]
    fn letter_case_does_not_make_two_sources() {
        assert_eq!(SourceId::derive("The Kremlin", "government"), SourceId::derive("the kremlin", "government"));
        assert_ne!(SourceId::derive("Georgia", "person"), SourceId::derive("Georgia", "government"));
    }
}
