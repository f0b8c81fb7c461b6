//! Who is said to speak: the words that name a source, and what is known of it from the article.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::act::words;
use crate::{Quote, SourceId, Span};

words! {
    /// What sort of source speaks.
    SourceKind {
        /// A named or identifiable individual.
        Person = "person",
        /// A company, campaign, party, union, university, team.
        Organization = "organization",
        /// A state, ministry, court, agency, police; a capital or palace that stands for one.
        Government = "government",
        /// A news medium.
        Outlet = "outlet",
        /// A report, study, poll, lawsuit, law, book.
        Document = "document",
        /// Unnamed or loose people: voters, critics, experts.
        Group = "group",
        /// Unnamed insiders who pass on information.
        Anonymous = "anonymous",
        /// None is named or meant: "reportedly".
        Unspecified = "unspecified",
    }
}

/// A source as one article names it. `text` and `spans` are empty where the article names it only elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The exact words that name it, joined by one space.
    pub text: String,
    /// Where they stand.
    pub spans: Vec<Span>,
    /// The name a reader would file it under, resolved over the article.
    pub name: String,
    /// What sort of source it is.
    pub kind: SourceKind,
    /// Its office or role: "Kremlin spokesperson".
    pub role: Option<String>,
    /// Whom it speaks for: "Kremlin".
    pub speaks_for: Option<String>,
    /// What the article says of an unnamed source.
    pub anonymous: Option<Anonymity>,
}

impl Source {
    /// The id under which the ledger keeps it.
    pub fn id(&self) -> SourceId {
        SourceId::derive(&self.name, self.kind.as_str())
    }

    pub(crate) fn quote(&self) -> Quote {
        Quote { text: self.text.clone(), spans: self.spans.clone() }
    }
}

/// An anonymous source as its article describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Anonymity {
    /// How many, where the article counts them: 2 for "two officials".
    pub number: Option<u32>,
    /// Its described position: "officials familiar with the talks".
    pub position: String,
    /// Why it is not named: "because they were not authorized to speak".
    pub reason: Option<String>,
}

/// One step of a chain of sources, outermost first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChainLink {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SourceKind,
}
