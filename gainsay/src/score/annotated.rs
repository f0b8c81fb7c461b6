//! The two inputs: articles with their annotated attributions, and the predicted attributions of articles, one a line.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;

use claims::{Act, ArticleForm, QuotationKind, SourceKind, Span, Timestamp};
use ingest::records::{Lines, Problem, object_in};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// Which words of an attribution are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Who speaks.
    Source,
    /// What attributes.
    Cue,
    /// What is attributed.
    Content,
}

impl Role {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Source, Self::Cue, Self::Content];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Cue => "cue",
            Self::Content => "content",
        }
    }
}

/// One attribution as somebody annotated or predicted it. What is absent or null is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// The words that name who speaks.
    #[serde(default, deserialize_with = "null_is_none")]
    pub source: Vec<Span>,
    /// The words that attribute.
    #[serde(default, deserialize_with = "null_is_none")]
    pub cue: Vec<Span>,
    /// The words attributed.
    #[serde(default, deserialize_with = "null_is_none")]
    pub content: Vec<Span>,
    /// How they are given.
    #[serde(default)]
    pub quotation: Option<QuotationKind>,
    /// What kind of saying it is.
    #[serde(default)]
    pub act: Option<Act>,
    /// What sort of source speaks.
    #[serde(default)]
    pub kind: Option<SourceKind>,
    /// The name to file the source under; empty where it has none.
    #[serde(default)]
    pub who: Option<String>,
    /// The rule that found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The cue's dictionary form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lemma: Option<String>,
}

impl Attribution {
    /// Where the words of `role` stand.
    pub fn spans(&self, role: Role) -> &[Span] {
        match role {
            Role::Source => &self.source,
            Role::Cue => &self.cue,
            Role::Content => &self.content,
        }
    }
}

/// An article with all its attributions as they are annotated.
#[derive(Clone, Debug)]
pub struct Annotated {
    /// Its id, by which predictions name it.
    pub id: String,
    /// The line that it stands on.
    pub line: u64,
    /// The article, as an extractor is given it.
    pub form: ArticleForm,
    /// What is annotated.
    pub attributions: Vec<Attribution>,
}

/// The predictions for one article.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Predicted {
    /// The article's id.
    pub id: String,
    /// What is predicted.
    pub attributions: Vec<Attribution>,
}

/// Predictions in the order of the annotated articles, and how many had no partner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predictions {
    /// Those of each annotated article; none where it has none.
    pub of_article: Vec<Vec<Attribution>>,
    /// Annotated articles without a line of predictions.
    pub without: u64,
    /// Lines of predictions whose article is not annotated.
    pub beside: u64,
}

/// Why a file is no input: which file, which line, what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    file: String,
    line: Option<u64>,
    reason: String,
}

impl InputError {
    /// What is wrong with a line of `file`, or with all of it.
    pub fn new(file: &Path, line: Option<u64>, reason: impl fmt::Display) -> Self {
        Self { file: file.display().to_string(), line, reason: reason.to_string() }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}

impl std::error::Error for InputError {}

/// An annotated article as it stands on its line.
#[derive(Deserialize)]
struct AnnotatedLine {
    id: String,
    text: String,
    title: Option<String>,
    publisher: Option<String>,
    published_at: Option<Timestamp>,
    language: Option<String>,
    attributions: Vec<Attribution>,
}

/// Reads annotated articles, gzipped or not. An error names the line: not JSON, an id that stands twice, a span outside its text.
pub fn read_annotated(path: &Path) -> Result<Vec<Annotated>, InputError> {
    let mut articles: Vec<Annotated> = Vec::new();
    let mut lines_of: HashMap<String, u64> = HashMap::new();
    each_line(path, |line, given: AnnotatedLine| {
        if let Some(before) = lines_of.insert(given.id.clone(), line) {
            return Err(format!("article {:?} stands on line {before} too", given.id));
        }
        within(&given.attributions, given.text.chars().count())?;
        let form = ArticleForm {
            text: given.text,
            title: given.title,
            publisher: given.publisher,
            published_at: given.published_at,
            // Whoever annotates an article has read it: the language of a short one is not guessed at.
            language: Some(given.language.unwrap_or_else(|| "en".to_owned())),
            ..ArticleForm::default()
        };
        articles.push(Annotated { id: given.id, line, form, attributions: given.attributions });
        Ok(())
    })?;
    if articles.is_empty() { Err(InputError::new(path, None, "it holds no annotated article")) } else { Ok(articles) }
}

/// Reads the predictions for `articles`, gzipped or not. Spans are checked against the annotated texts.
pub fn read_predicted(path: &Path, articles: &[Annotated]) -> Result<Predictions, InputError> {
    let places: HashMap<&str, usize> = articles.iter().enumerate().map(|(at, article)| (article.id.as_str(), at)).collect();
    let mut lines_of: Vec<Option<u64>> = vec![None; articles.len()];
    let mut predictions = Predictions { of_article: vec![Vec::new(); articles.len()], ..Predictions::default() };
    each_line(path, |line, given: Predicted| {
        let Some(&at) = places.get(given.id.as_str()) else {
            predictions.beside += 1;
            return Ok(());
        };
        if let Some(before) = lines_of[at].replace(line) {
            return Err(format!("article {:?} stands on line {before} too", given.id));
        }
        within(&given.attributions, articles[at].form.text.chars().count())?;
        predictions.of_article[at] = given.attributions;
        Ok(())
    })?;
    predictions.without = lines_of.iter().filter(|line| line.is_none()).count() as u64;
    Ok(predictions)
}

/// Hands each line's number and value to `take`, whose refusal is named with the line.
fn each_line<T: DeserializeOwned>(path: &Path, mut take: impl FnMut(u64, T) -> Result<(), String>) -> Result<(), InputError> {
    let unreadable = |error: io::Error| InputError::new(path, None, Problem::Unreadable(error.to_string()));
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(InputError::new(path, None, "it is a folder"));
    }
    let mut lines = Lines::open(file).map_err(|problem| InputError::new(path, None, problem))?;
    while let Some(bytes) = lines.next_line() {
        let line = lines.line();
        let given = bytes.and_then(|bytes| object_in(&bytes)).map_err(|problem| problem.to_string());
        given.and_then(|given| take(line, given)).map_err(|reason| InputError::new(path, Some(line), reason))?;
    }
    Ok(())
}

/// Whether every span lies within a text of `length` code points; what is wrong with the first that does not.
fn within(attributions: &[Attribution], length: usize) -> Result<(), String> {
    for (number, attribution) in attributions.iter().enumerate() {
        for role in Role::ALL {
            for &Span { start, end } in attribution.spans(role) {
                let place = format_args!("attributions[{number}].{}: [{start}, {end}]", role.as_str());
                if start >= end {
                    return Err(format!("{place} is no span: its start comes before its end"));
                }
                if end as usize > length {
                    return Err(format!("{place} lies outside the text of {length} code points"));
                }
            }
        }
    }
    Ok(())
}

fn null_is_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Span>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
