//! What the person who hands in articles says of them where they are silent.

use claims::{ArticleForm, Timestamp};

/// Metadata for articles that do not state it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The outlet that published them.
    pub publisher: Option<String>,
    /// When they were published.
    pub published_at: Option<Timestamp>,
}

impl Overrides {
    /// Fills in what `form` does not state.
    pub(crate) fn fill(&self, form: &mut ArticleForm) {
        if form.publisher.as_ref().is_none_or(|name| name.trim().is_empty()) {
            form.publisher.clone_from(&self.publisher);
        }
        form.published_at = form.published_at.or(self.published_at);
    }
}
