//! What kind of saying a claim is, and how the words bear on what is claimed.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in the order of their definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for it in JSON, queries and on pages.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        // Written out, as the derived one would list the names of the variants.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($word),+]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("{text:?} is none of: {}", [$($word),+].join(", "))),
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What kind of saying a claim is. The last two are states of mind that an outlet reports without an utterance.
    Act {
        /// States something: the default.
        Say = "say",
        /// A medium, document, study or poll conveys it.
        Report = "report",
        /// Characterizes a thing or person.
        Describe = "describe",
        /// Forecasts, or warns of what may come.
        Predict = "predict",
        /// Commits the source itself.
        Promise = "promise",
        /// Wants somebody else to act.
        Demand = "demand",
        /// Alleges wrongdoing.
        Accuse = "accuse",
        /// Judges plainly negatively, without alleging a specific wrong.
        Criticize = "criticize",
        /// Says that something asserted or asked before is so.
        Confirm = "confirm",
        /// Says that something asserted is not so.
        Deny = "deny",
        /// Gives no answer.
        Decline = "decline",
        /// Asks, or expresses doubt.
        Question = "question",
        /// Holds to be so, without an utterance.
        Believe = "believe",
        /// Means to do, without an utterance.
        Intend = "intend",
    }
}

words! {
    /// What an act means for what is claimed.
    Stance {
        /// It is so.
        Support = "support",
        /// It is not so.
        Deny = "deny",
        /// No answer.
        NoComment = "no_comment",
        /// Asks or doubts.
        Query = "query",
    }
}

words! {
    /// How the words of the source are given.
    QuotationKind {
        /// In quotation marks.
        Direct = "direct",
        /// In the reporter's words.
        Indirect = "indirect",
        /// Partly in quotation marks.
        Mixed = "mixed",
    }
}

words! {
    /// Whether the content says that something is, or that it is not.
    Polarity {
        /// It is.
        Positive = "positive",
        /// It is not.
        Negative = "negative",
    }
}

words! {
    /// How sure the source is of the content, by its own words.
    Certainty {
        /// Without a hedge.
        Certain = "certain",
        /// "probably", "likely".
        Probable = "probable",
        /// "may", "could", "possibly".
        Possible = "possible",
        /// Asked, or left open.
        Unknown = "unknown",
    }
}
