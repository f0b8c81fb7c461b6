//! What a commit writes: an extraction with all that is derived from it, worked out before a transaction is opened.

use claims::{Article, Claim, ClaimData, Extraction, Part, Source, SourceId};
use uuid::Uuid;

use crate::words::{lower, words};

/// The length of an excerpt in characters.
const EXCERPT_CHARS: usize = 240;

/// A BLAKE3 hash.
pub(crate) type Hash = [u8; 32];

/// An extraction, ready to be written.
#[derive(Debug)]
pub(crate) struct Entry<'e> {
    pub(crate) id: Uuid,
    pub(crate) article: &'e Article,
    pub(crate) skipped: Option<&'static str>,
    pub(crate) extractor: &'e str,
    /// Of the article's JSON: decides between different metadata.
    pub(crate) digest: Hash,
    /// Of extractor, claims and skip reason: tells another reading of the same article.
    pub(crate) reading: Hash,
    pub(crate) url_hash: Option<Hash>,
    pub(crate) publisher_lower: Option<String>,
    pub(crate) excerpt: String,
    pub(crate) title_words: String,
    pub(crate) text_words: String,
    /// In the order of the article.
    pub(crate) claims: Vec<EntryClaim<'e>>,
}

/// A claim, ready to be written.
#[derive(Debug)]
pub(crate) struct EntryClaim<'e> {
    pub(crate) id: Uuid,
    pub(crate) position: i32,
    pub(crate) claim: &'e ClaimData,
    pub(crate) source_id: Option<SourceId>,
    pub(crate) source_lower: Option<String>,
    pub(crate) json: String,
    pub(crate) content_words: String,
    pub(crate) source_words: String,
}

impl<'e> Entry<'e> {
    /// Works out what is derived; the error says what cannot be kept.
    pub(crate) fn new(extraction: &'e Extraction) -> Result<Self, String> {
        let article = &extraction.article;
        let json = serde_json::to_vec(article).map_err(|error| error.to_string())?;
        let claims = entry_claims(extraction.claims())?;
        let skipped = extraction.skipped().map(claims::SkipReason::as_str);
        Ok(Self {
            id: article.id().0,
            article,
            skipped,
            extractor: &extraction.extractor,
            digest: blake3::hash(&json).into(),
            reading: reading(&extraction.extractor, skipped, &claims),
            url_hash: article.url.as_deref().map(hash),
            publisher_lower: article.publisher.as_deref().map(lower),
            excerpt: excerpt(&article.text),
            title_words: words(article.title.as_deref().unwrap_or_default()),
            text_words: words(&article.text),
            claims,
        })
    }
}

/// The hash under which urls and other texts of any length are indexed.
pub(crate) fn hash(text: &str) -> Hash {
    blake3::hash(text.as_bytes()).into()
}

fn entry_claims(claims: &[Claim]) -> Result<Vec<EntryClaim<'_>>, String> {
    let mut entries = claims.iter().map(entry_claim).collect::<Result<Vec<_>, _>>()?;
    // The last two keys make the order, and which of two claims in one place stays, independent of the order they came in.
    entries.sort_by(|a, b| (place(a.claim), a.id, &a.json).cmp(&(place(b.claim), b.id, &b.json)));
    entries.dedup_by_key(|entry| entry.id);
    for (entry, position) in entries.iter_mut().zip(0..) {
        entry.position = position;
    }
    Ok(entries)
}

fn entry_claim(claim: &Claim) -> Result<EntryClaim<'_>, String> {
    let confidence = [claim.confidence.content, claim.confidence.source, claim.confidence.act].map(f64::from);
    if confidence.into_iter().chain(claim.quantities.iter().map(|quantity| quantity.value)).any(|value| !value.is_finite()) {
        return Err(format!("claim {} holds a figure that is not a number", claim.id()));
    }
    let mut data: ClaimData = (**claim).clone();
    data.version = 1;
    let source = claim.source.as_ref();
    let source_texts = source.map(|source| format!("{}\n{}", source.name, source.text));
    Ok(EntryClaim {
        id: claim.id().0,
        position: 0,
        claim,
        source_id: source.map(Source::id),
        source_lower: source_texts.as_deref().map(lower),
        json: serde_json::to_string(&data).map_err(|error| error.to_string())?,
        content_words: words(&claim.content.text),
        source_words: words(source_texts.as_deref().unwrap_or_default()),
    })
}

/// Where a claim begins: the title before the text, then by its first word.
fn place(claim: &ClaimData) -> (bool, u32) {
    let source = claim.source.iter().flat_map(|source| &source.spans);
    let cue = claim.cue.iter().flat_map(|cue| &cue.spans);
    let first = claim.content.spans.iter().chain(cue).chain(source).map(|span| span.start).min();
    (claim.part == Part::Text, first.unwrap_or(u32::MAX))
}

fn reading(extractor: &str, skipped: Option<&str>, claims: &[EntryClaim<'_>]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    let fields = [extractor, skipped.unwrap_or_default()];
    for field in fields.into_iter().chain(claims.iter().map(|claim| claim.json.as_str())) {
        hasher.update(&(field.len() as u64).to_be_bytes()).update(field.as_bytes());
    }
    hasher.finalize().into()
}

/// The beginning of `text` with single spaces, cut after a word where one ends in its second half.
fn excerpt(text: &str) -> String {
    // White space can only shrink, so a few characters more than are kept are enough unless the text is mostly blank.
    let mut plain = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if length > EXCERPT_CHARS {
            break;
        }
        if length > 0 {
            plain.push(' ');
        }
        plain.extend(word.chars().take(EXCERPT_CHARS + 1));
        length = plain.chars().count();
    }
    if length <= EXCERPT_CHARS {
        return plain;
    }
    let end = plain.char_indices().nth(EXCERPT_CHARS).map_or(plain.len(), |(byte, _)| byte);
    let (kept, rest) = plain.split_at(end);
    let word_end = if rest.starts_with(' ') { Some(end) } else { kept.rfind(' ').filter(|&byte| byte > end / 2) };
    kept[..word_end.unwrap_or(end)].trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_with_a_word() {
        assert_eq!(excerpt(" One\n\n two\tthree. "), "One two three.");
        let long = excerpt(&"words ".repeat(100));
        assert_eq!((long.len(), long.ends_with("words")), (239, true));
        assert_eq!(excerpt(&"字".repeat(500)).chars().count(), 240);
        assert_eq!(excerpt(&format!("{} b c", "a".repeat(238))), format!("{} b", "a".repeat(238)));
    }
}
