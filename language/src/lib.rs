//! Text to tokens, sentences, quotation marks, names, dates and quantities. Pure; knows nothing of claims.
//!
//! All places are byte ranges into the text that was given. Every function is linear in the length of its text and
//! takes whatever characters come. What it knows of English stands in the word lists of `data/`.

mod dates;
mod detect;
mod inflection;
mod names;
mod quantities;
mod quotes;
mod sentences;
mod tokens;
mod words;

pub use dates::{DateFound, Precision, dates};
pub use detect::detect;
pub use inflection::{VerbForm, forms};
pub use names::{Name, NameKind, names};
pub use quantities::{QuantityFound, quantities};
pub use quotes::{Marks, Quotation, quotations};
pub use sentences::{MAX_SENTENCE_TOKENS, Sentence, sentences};
pub use tokens::{Token, TokenKind, tokens};
pub use words::{Class, Classes};
