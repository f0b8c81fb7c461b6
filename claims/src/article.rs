//! Articles: the form in which one is handed in, and the checked article with its id.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::{ArticleId, Timestamp};

/// The largest text of an article, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 15 * 1024 * 1024;

/// An article as it is handed in: one a line in `.jsonl` files, the body of `POST /v1/articles`. Only `text` is required.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArticleForm {
    /// The caller's own id, handed back as `given_id`.
    #[serde(rename = "id", default, skip_serializing_if = "Option::is_none")]
    pub given_id: Option<String>,
    /// Where it was published.
    #[serde(default)]
    pub url: Option<String>,
    /// The outlet that published it.
    #[serde(default)]
    pub publisher: Option<String>,
    /// When it was published.
    #[serde(default)]
    pub published_at: Option<Timestamp>,
    /// When it was last changed, by its own word.
    #[serde(default)]
    pub modified_at: Option<Timestamp>,
    /// Its headline.
    #[serde(default)]
    pub title: Option<String>,
    /// Who wrote it.
    #[serde(default)]
    pub byline: Option<String>,
    /// The part of the outlet that it appeared in.
    #[serde(default)]
    pub section: Option<String>,
    /// The agency or desk it is credited to.
    #[serde(default)]
    pub credit: Option<String>,
    /// ISO 639-1 code of its language; detected where absent.
    #[serde(default)]
    pub language: Option<String>,
    /// Its text, kept byte for byte, so that every offset refers to what was sent.
    pub text: String,
}

/// A checked article: it has a text, fits its limits, and carries the id that follows from its content.
///
/// One value is one version: the same url with another text or title is another article id.
/// JSON: the fields of [`ArticleForm`] with our `id` and the caller's as `given_id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "ArticleJson", try_from = "ArticleJson")]
pub struct Article {
    id: ArticleId,
    form: ArticleForm,
}

/// Why a text with its metadata is not an article.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArticleError {
    /// There is nothing to read.
    #[error("the text is empty: an article needs at least one word")]
    Empty,
    /// Over [`MAX_TEXT_BYTES`].
    #[error("the text is {0} bytes long: an article has at most {MAX_TEXT_BYTES}")]
    TooLong(usize),
    /// A field is over its limit.
    #[error("{field} is {length} bytes long: it may have at most {limit}")]
    FieldTooLong {
        /// Which field.
        field: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The most it may have.
        limit: usize,
    },
    /// A NUL character: a sign of a binary file, and nothing that a database keeps in a text.
    #[error("{0} holds a NUL character: is this a binary file?")]
    Nul(&'static str),
    /// The id in the JSON is not the one that follows from the content.
    #[error("article {given} has the content of article {derived}: the message was altered")]
    WrongId {
        /// The id that was written.
        given: ArticleId,
        /// The id that follows from the content.
        derived: ArticleId,
    },
}

impl Article {
    /// Checks `form`: blank metadata becomes none, the text stays as it is.
    pub fn new(mut form: ArticleForm) -> Result<Self, ArticleError> {
        if form.text.trim().is_empty() {
            return Err(ArticleError::Empty);
        }
        if form.text.len() > MAX_TEXT_BYTES {
            return Err(ArticleError::TooLong(form.text.len()));
        }
        if form.text.contains('\0') {
            return Err(ArticleError::Nul("the text"));
        }
        let fields: [(&'static str, usize, &mut Option<String>); 8] = [
            ("id", 1_000, &mut form.given_id),
            ("url", 4_000, &mut form.url),
            ("publisher", 500, &mut form.publisher),
            ("title", 10_000, &mut form.title),
            ("byline", 5_000, &mut form.byline),
            ("section", 500, &mut form.section),
            ("credit", 2_000, &mut form.credit),
            ("language", 35, &mut form.language),
        ];
        for (field, limit, value) in fields {
            if value.as_ref().is_some_and(|text| text.trim().is_empty()) {
                *value = None;
            }
            let Some(text) = value else { continue };
            if text.len() > limit {
                return Err(ArticleError::FieldTooLong { field, length: text.len(), limit });
            }
            if text.contains('\0') {
                return Err(ArticleError::Nul(field));
            }
        }
        let field = |value: &Option<String>| value.clone().unwrap_or_default();
        let id = ArticleId::derive(&field(&form.url), &field(&form.publisher), &field(&form.title), &form.text);
        Ok(Self { id, form })
    }

    /// The id that follows from its url, publisher, title and text.
    pub fn id(&self) -> ArticleId {
        self.id
    }

    /// The same article, known to be in `language` (ISO 639-1).
    #[must_use]
    pub fn in_language(mut self, language: &str) -> Self {
        self.form.language = Some(language.to_owned());
        self
    }

    /// The form it was made of.
    pub fn into_form(self) -> ArticleForm {
        self.form
    }
}

impl Deref for Article {
    type Target = ArticleForm;

    fn deref(&self) -> &ArticleForm {
        &self.form
    }
}

impl PartialSchema for Article {
    fn schema() -> RefOr<Schema> {
        ArticleJson::schema()
    }
}

impl ToSchema for Article {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ArticleJson::schemas(schemas);
    }
}

/// The flat JSON of a checked article.
#[derive(Serialize, Deserialize, ToSchema)]
struct ArticleJson {
    id: ArticleId,
    given_id: Option<String>,
    url: Option<String>,
    publisher: Option<String>,
    published_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
    title: Option<String>,
    byline: Option<String>,
    section: Option<String>,
    credit: Option<String>,
    language: Option<String>,
    text: String,
}

impl From<Article> for ArticleJson {
    fn from(Article { id, form }: Article) -> Self {
        let ArticleForm { given_id, url, publisher, published_at, modified_at, title, byline, section, credit, language, text } = form;
        Self { id, given_id, url, publisher, published_at, modified_at, title, byline, section, credit, language, text }
    }
}

impl TryFrom<ArticleJson> for Article {
    type Error = ArticleError;

    fn try_from(json: ArticleJson) -> Result<Self, Self::Error> {
        let ArticleJson { id, given_id, url, publisher, published_at, modified_at, title, byline, section, credit, language, text } = json;
        let article =
            Self::new(ArticleForm { given_id, url, publisher, published_at, modified_at, title, byline, section, credit, language, text })?;
        if article.id == id { Ok(article) } else { Err(ArticleError::WrongId { given: id, derived: article.id }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> ArticleForm {
        ArticleForm { text: text.to_owned(), ..ArticleForm::default() }
    }

    #[test]
    fn the_text_is_kept_byte_for_byte() {
        let text = "  Two  spaces,\r\na tab\t and a trailing line.\n\n";
        assert_eq!(Article::new(form(text)).unwrap().text, text);
    }

    #[test]
    fn refuses_what_is_no_article() {
        assert_eq!(Article::new(form(" \n")), Err(ArticleError::Empty));
        assert_eq!(Article::new(form("PK\u{3}\0")), Err(ArticleError::Nul("the text")));
        assert_eq!(Article::new(form(&"a".repeat(MAX_TEXT_BYTES + 1))), Err(ArticleError::TooLong(MAX_TEXT_BYTES + 1)));
        let long = ArticleForm { publisher: Some("p".repeat(501)), ..form("Text.") };
        assert!(matches!(Article::new(long), Err(ArticleError::FieldTooLong { field: "publisher", .. })));
    }

    #[test]
    fn another_title_is_another_version_and_another_date_is_not() {
        let first = Article::new(form("Text.")).unwrap();
        let retitled = Article::new(ArticleForm { title: Some("Title".into()), ..form("Text.") }).unwrap();
        let redated = Article::new(ArticleForm { published_at: "2024-11-11".parse().ok(), ..form("Text.") }).unwrap();
        assert_ne!(first.id(), retitled.id());
        assert_eq!(first.id(), redated.id());
    }

    #[test]
    fn json_goes_there_and_back_and_an_altered_text_is_refused() {
        let article = Article::new(ArticleForm { given_id: Some("n1".into()), ..form("Text.") }).unwrap();
        let json = serde_json::to_string(&article).unwrap();
        assert_eq!(serde_json::from_str::<Article>(&json).unwrap(), article);
        let altered = json.replace("Text.", "Test.");
        assert!(serde_json::from_str::<Article>(&altered).unwrap_err().to_string().contains("was altered"));
    }

    #[test]
    fn the_form_needs_only_a_text() {
        let form: ArticleForm = serde_json::from_str(r#"{"id": "n1", "text": "Text.", "unknown": 1}"#).unwrap();
        assert_eq!(form.given_id.as_deref(), Some("n1"));
        assert!(serde_json::from_str::<ArticleForm>(r#"{"id": "n1"}"#).is_err());
    }
}
