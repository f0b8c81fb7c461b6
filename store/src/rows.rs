//! Rows as both databases return them, and the records made of them.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use claims::{Article, ArticleForm, ArticleId, ClaimData, ClaimId, SkipReason, SourceId, Timestamp};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::versions::Versions;
use crate::{ArticleRecord, ArticleSummary, ClaimRecord, SourceSummary, StanceCounts, StoreError};

/// An article in a list.
#[derive(Debug, FromRow)]
pub(crate) struct ListedRow {
    pub(crate) id: Uuid,
    pub(crate) newest_first: i64,
    pub(crate) url_hash: Option<Vec<u8>>,
    given_id: Option<String>,
    url: Option<String>,
    publisher: Option<String>,
    published_at: Option<i64>,
    published_to_day: bool,
    title: Option<String>,
    byline: Option<String>,
    language: Option<String>,
    skipped: Option<String>,
    excerpt: String,
}

/// A whole article.
#[derive(Debug, FromRow)]
pub(crate) struct ArticleRow {
    pub(crate) id: Uuid,
    pub(crate) url_hash: Option<Vec<u8>>,
    given_id: Option<String>,
    url: Option<String>,
    publisher: Option<String>,
    published_at: Option<i64>,
    published_to_day: bool,
    modified_at: Option<i64>,
    modified_to_day: bool,
    title: Option<String>,
    byline: Option<String>,
    section: Option<String>,
    credit: Option<String>,
    language: Option<String>,
    skipped: Option<String>,
    extractor: String,
    text: String,
}

/// Who read an article.
#[derive(Debug, FromRow)]
pub(crate) struct ReadingRow {
    pub(crate) id: Uuid,
    pub(crate) extractor: String,
}

/// A claim with what names its article.
#[derive(Debug, FromRow)]
pub(crate) struct ClaimRow {
    pub(crate) id: Uuid,
    pub(crate) article_id: Uuid,
    pub(crate) position: i32,
    pub(crate) newest_first: i64,
    pub(crate) url_hash: Option<Vec<u8>>,
    given_id: Option<String>,
    publisher: Option<String>,
    published_at: Option<i64>,
    published_to_day: bool,
    title: Option<String>,
    source_id: Option<Uuid>,
    data: String,
}

/// How many claims of an article take a stance.
#[derive(Debug, FromRow)]
pub(crate) struct StanceRow {
    pub(crate) article_id: Uuid,
    stance: String,
    count: i64,
}

/// A source with its counts.
#[derive(Debug, FromRow)]
pub(crate) struct SourceRow {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    kind: String,
    pub(crate) claims: i64,
    articles: i64,
    first: Option<i64>,
    last: Option<i64>,
}

/// How many claims of a source, under one spelling of its name, are of an act.
#[derive(Debug, FromRow)]
pub(crate) struct ActRow {
    source_id: Uuid,
    source_name: String,
    act: String,
    count: i64,
}

/// How much the ledger holds.
#[derive(Debug, FromRow)]
pub(crate) struct CountsRow {
    pub(crate) articles: i64,
    pub(crate) skipped: i64,
    pub(crate) claims: i64,
    pub(crate) sources: i64,
}

/// A timestamp as a table keeps it: seconds since 1970, and whether only the day is known.
pub(crate) fn timestamp_columns(timestamp: Option<Timestamp>) -> (Option<i64>, bool) {
    (timestamp.map(|at| at.start().unix_timestamp()), timestamp.is_some_and(|at| !at.is_moment()))
}

/// What [`timestamp_columns`] was made of.
pub(crate) fn timestamp(seconds: Option<i64>, to_day: bool) -> Option<Timestamp> {
    let moment = OffsetDateTime::from_unix_timestamp(seconds?).ok()?;
    Some(if to_day { Timestamp::Day(moment.date()) } else { Timestamp::Moment(moment) })
}

/// Counts are never negative.
pub(crate) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// Sums stances by article.
pub(crate) fn stance_counts(rows: Vec<StanceRow>) -> Result<HashMap<Uuid, StanceCounts>, StoreError> {
    let mut counts: HashMap<Uuid, StanceCounts> = HashMap::new();
    for row in rows {
        counts.entry(row.article_id).or_default().add(word(&row.stance, "claims")?, count(row.count));
    }
    Ok(counts)
}

impl ListedRow {
    pub(crate) fn into_summary(self, versions: &Versions, stances: StanceCounts) -> Result<ArticleSummary, StoreError> {
        Ok(ArticleSummary {
            version: versions.number(self.url_hash.as_deref(), self.id),
            id: ArticleId(self.id),
            given_id: self.given_id,
            url: self.url,
            publisher: self.publisher,
            published_at: timestamp(self.published_at, self.published_to_day),
            title: self.title,
            byline: self.byline,
            language: self.language,
            skipped: skip_reason(self.skipped.as_deref())?,
            excerpt: self.excerpt,
            stances,
        })
    }
}

impl ArticleRow {
    pub(crate) fn into_record(self, versions: &Versions, claims: Vec<ClaimRecord>) -> Result<ArticleRecord, StoreError> {
        let unreadable = |why: String| StoreError::Unreadable { table: "articles", why: format!("article {}: {why}", self.id) };
        let version = versions.number(self.url_hash.as_deref(), self.id);
        let skipped = skip_reason(self.skipped.as_deref())?;
        let published_at = timestamp(self.published_at, self.published_to_day);
        let modified_at = timestamp(self.modified_at, self.modified_to_day);
        let form = ArticleForm {
            given_id: self.given_id,
            url: self.url,
            publisher: self.publisher,
            published_at,
            modified_at,
            title: self.title,
            byline: self.byline,
            section: self.section,
            credit: self.credit,
            language: self.language,
            text: self.text,
        };
        let article = Article::new(form).map_err(|error| unreadable(error.to_string()))?;
        if article.id().0 != self.id {
            return Err(unreadable("its content was altered".to_owned()));
        }
        let versions = versions.of(self.url_hash.as_deref(), &article);
        Ok(ArticleRecord { article, version, skipped, extractor: self.extractor, versions, claims })
    }
}

impl ClaimRow {
    pub(crate) fn into_record(self, versions: &Versions) -> Result<ClaimRecord, StoreError> {
        let mut data: ClaimData = serde_json::from_str(&self.data)
            .map_err(|error| StoreError::Unreadable { table: "claims", why: format!("claim {}: {error}", self.id) })?;
        data.version = versions.number(self.url_hash.as_deref(), self.article_id);
        Ok(ClaimRecord {
            id: ClaimId(self.id),
            given_id: self.given_id,
            publisher: self.publisher,
            published_at: timestamp(self.published_at, self.published_to_day),
            title: self.title,
            source_id: self.source_id.map(SourceId),
            data,
        })
    }
}

/// Sources with their claims by act, each under the spelling of its name that most claims have.
pub(crate) fn source_summaries(rows: Vec<SourceRow>, acts: Vec<ActRow>) -> Result<Vec<SourceSummary>, StoreError> {
    let mut by_act: HashMap<Uuid, BTreeMap<_, u64>> = HashMap::new();
    let mut by_spelling: HashMap<Uuid, BTreeMap<String, u64>> = HashMap::new();
    for row in acts {
        *by_act.entry(row.source_id).or_default().entry(word(&row.act, "claims")?).or_default() += count(row.count);
        *by_spelling.entry(row.source_id).or_default().entry(row.source_name).or_default() += count(row.count);
    }
    rows.into_iter()
        .map(|row| {
            let spellings = by_spelling.remove(&row.id).unwrap_or_default().into_iter();
            // Of equally usual ones the last in byte order: rather not a headline's capitals.
            let usual = spellings.max_by(|(a, often), (b, than)| (often, a).cmp(&(than, b)));
            Ok(SourceSummary {
                id: SourceId(row.id),
                name: usual.map_or(row.name, |(name, _)| name),
                kind: word(&row.kind, "claims")?,
                claims: count(row.claims),
                articles: count(row.articles),
                acts: by_act.remove(&row.id).unwrap_or_default(),
                first: timestamp(row.first, true),
                last: timestamp(row.last, true),
            })
        })
        .collect()
}

fn skip_reason(word: Option<&str>) -> Result<Option<SkipReason>, StoreError> {
    match word {
        None => Ok(None),
        Some(known) if known == SkipReason::Language.as_str() => Ok(Some(SkipReason::Language)),
        Some(other) => Err(StoreError::Unreadable { table: "articles", why: format!("{other:?} is no known reason to skip") }),
    }
}

fn word<T: FromStr<Err = String>>(text: &str, table: &'static str) -> Result<T, StoreError> {
    text.parse().map_err(|why| StoreError::Unreadable { table, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(spellings: &[(&str, i64)]) -> String {
        let id = Uuid::nil();
        let row = SourceRow { id, name: String::new(), kind: "person".into(), claims: 0, articles: 0, first: None, last: None };
        let acts = spellings.iter().map(|(name, count)| ActRow {
            source_id: id,
            source_name: (*name).to_owned(),
            act: "say".into(),
            count: *count,
        });
        source_summaries(vec![row], acts.collect()).unwrap().remove(0).name
    }

    #[test]
    fn a_source_goes_by_its_most_usual_spelling() {
        assert_eq!(name_of(&[("ANNA VOSS", 1), ("Anna Voss", 2), ("anna voss", 1)]), "Anna Voss");
        assert_eq!(name_of(&[("ANNA VOSS", 2), ("Anna Voss", 2)]), "Anna Voss");
    }
}
