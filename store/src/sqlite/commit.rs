//! Writes a batch in one transaction.

use sqlx::{Connection, QueryBuilder, SqliteConnection, SqlitePool};

use super::push_list;
use crate::Commit;
use crate::entry::{Entry, EntryClaim};
use crate::rows::timestamp_columns;
use crate::settle::{Held, settle};

pub(super) async fn write(pool: &SqlitePool, batch: &[Entry<'_>]) -> Result<Vec<Commit>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let written = write_on(&mut connection, batch).await;
    if written.is_err() {
        // SQLite ends a transaction by itself on some errors, such as a full disk, and the driver does not notice: this
        // connection would begin no other.
        connection.close_on_drop();
    }
    written
}

async fn write_on(connection: &mut SqliteConnection, batch: &[Entry<'_>]) -> Result<Vec<Commit>, sqlx::Error> {
    // Takes the write lock at once: what is read here still holds when it is written.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let settled = settle(batch, held(&mut transaction, batch).await?);
    for entry in &settled.replaced {
        delete_claims(&mut transaction, entry).await?;
    }
    let written = settled.written();
    for entry in &written {
        upsert_article(&mut transaction, entry).await?;
    }
    insert_claims(&mut transaction, &written).await?;
    for entry in &settled.added {
        index_article(&mut transaction, entry).await?;
    }
    transaction.commit().await?;
    Ok(settled.answers)
}

async fn held(connection: &mut SqliteConnection, batch: &[Entry<'_>]) -> Result<Vec<Held>, sqlx::Error> {
    let mut query = QueryBuilder::new("SELECT id, digest, reading FROM articles WHERE id IN ");
    push_list(&mut query, batch.iter().map(|entry| entry.id));
    query.build_query_as().fetch_all(connection).await
}

async fn delete_claims(connection: &mut SqliteConnection, entry: &Entry<'_>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM claim_words WHERE rowid IN (SELECT row FROM claims WHERE article_id = $1)")
        .bind(entry.id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM claims WHERE article_id = $1").bind(entry.id).execute(connection).await?;
    Ok(())
}

/// Url, publisher, title and text make the id, so a row that is there has them already.
const UPSERT_ARTICLE: &str = "
    INSERT INTO articles (
        id, given_id, url, url_hash, publisher, publisher_lower, published_at, published_to_day, modified_at, modified_to_day,
        title, byline, section, credit, language, skipped, extractor, digest, reading, excerpt, text
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    ON CONFLICT (id) DO UPDATE SET
        given_id = excluded.given_id, published_at = excluded.published_at, published_to_day = excluded.published_to_day,
        modified_at = excluded.modified_at, modified_to_day = excluded.modified_to_day, byline = excluded.byline,
        section = excluded.section, credit = excluded.credit, language = excluded.language, skipped = excluded.skipped,
        extractor = excluded.extractor, digest = excluded.digest, reading = excluded.reading";

async fn upsert_article(connection: &mut SqliteConnection, entry: &Entry<'_>) -> Result<(), sqlx::Error> {
    let article = entry.article;
    let (published_at, published_to_day) = timestamp_columns(article.published_at);
    let (modified_at, modified_to_day) = timestamp_columns(article.modified_at);
    sqlx::query(UPSERT_ARTICLE)
        .bind(entry.id)
        .bind(article.given_id.as_deref())
        .bind(article.url.as_deref())
        .bind(entry.url_hash.as_ref().map(<[u8; 32]>::as_slice))
        .bind(article.publisher.as_deref())
        .bind(entry.publisher_lower.as_deref())
        .bind(published_at)
        .bind(published_to_day)
        .bind(modified_at)
        .bind(modified_to_day)
        .bind(article.title.as_deref())
        .bind(article.byline.as_deref())
        .bind(article.section.as_deref())
        .bind(article.credit.as_deref())
        .bind(article.language.as_deref())
        .bind(entry.skipped)
        .bind(entry.extractor)
        .bind(entry.digest.as_slice())
        .bind(entry.reading.as_slice())
        .bind(entry.excerpt.as_str())
        .bind(article.text.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn index_article(connection: &mut SqliteConnection, entry: &Entry<'_>) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO article_words (rowid, title, text) SELECT row, $2, $3 FROM articles WHERE id = $1")
        .bind(entry.id)
        .bind(entry.title_words.as_str())
        .bind(entry.text_words.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Claims a statement: each statement is a message to the connection's thread and back, and one has at most 32,766 parameters.
const CHUNK: usize = 100;

async fn insert_claims(connection: &mut SqliteConnection, entries: &[&Entry<'_>]) -> Result<(), sqlx::Error> {
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(row), 0) FROM claims").fetch_one(&mut *connection).await?;
    // Nobody else writes meanwhile, so the numbers that follow are free.
    let claims: Vec<(i64, &EntryClaim<'_>)> = (last + 1..).zip(entries.iter().flat_map(|entry| &entry.claims)).collect();
    for some in claims.chunks(CHUNK) {
        insert_rows(connection, some).await?;
        index_rows(connection, some).await?;
    }
    Ok(())
}

const INSERT_CLAIMS: &str = "
    INSERT INTO claims (
        row, id, article_id, position, newest_first, published_at, publisher_lower, source_id, source_name, source_kind,
        source_lower, act, stance, quotation, content, data
    ) SELECT column1, column2, column3, column4, newest_first, published_at, publisher_lower, column5, column6, column7, column8,
        column9, column10, column11, column12, column13
    FROM (";

async fn insert_rows(connection: &mut SqliteConnection, claims: &[(i64, &EntryClaim<'_>)]) -> Result<(), sqlx::Error> {
    let mut sql = QueryBuilder::new(INSERT_CLAIMS);
    sql.push_values(claims, |mut values, (row, entry)| {
        let (claim, source) = (entry.claim, entry.claim.source.as_ref());
        values.push_bind(*row).push_bind(entry.id).push_bind(claim.article_id.0).push_bind(entry.position);
        values.push_bind(entry.source_id.map(|id| id.0));
        values.push_bind(source.map(|source| source.name.as_str())).push_bind(source.map(|source| source.kind.as_str()));
        values.push_bind(entry.source_lower.as_deref());
        values.push_bind(claim.act.as_str()).push_bind(claim.stance.as_str()).push_bind(claim.quotation.as_str());
        values.push_bind(claim.content.text.as_str()).push_bind(entry.json.as_str());
    });
    sql.push(") JOIN articles ON articles.id = column3");
    sql.build().execute(connection).await.map(drop)
}

async fn index_rows(connection: &mut SqliteConnection, claims: &[(i64, &EntryClaim<'_>)]) -> Result<(), sqlx::Error> {
    let mut sql = QueryBuilder::new("INSERT INTO claim_words (rowid, content, source) ");
    sql.push_values(claims, |mut values, (row, entry)| {
        values.push_bind(*row).push_bind(entry.content_words.as_str()).push_bind(entry.source_words.as_str());
    });
    sql.build().execute(connection).await.map(drop)
}

#[cfg(test)]
mod tests {
    use claims::{Article, ArticleForm, Extraction, Outcome};

    use super::*;
    use crate::sqlite::Sqlite;

    #[tokio::test]
    async fn after_a_full_disk_the_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let sqlite = Sqlite::open(path.to_str().unwrap(), 1).await.unwrap();
        // The file may not grow: SQLite answers as on a full disk. The limit holds for this connection alone.
        sqlx::query("PRAGMA max_page_count = 1").execute(&sqlite.writer).await.unwrap();
        let article = Article::new(ArticleForm { text: "many words ".repeat(50_000), ..ArticleForm::default() }).unwrap();
        let extraction = Extraction { article, outcome: Outcome::Claims(Vec::new()), extractor: "test".into() };
        let batch = [Entry::new(&extraction).unwrap()];
        let full = write(&sqlite.writer, &batch).await.unwrap_err();
        assert!(full.to_string().contains("full"), "{full}");
        assert_eq!(write(&sqlite.writer, &batch).await.unwrap(), [Commit::Added]);
    }
}
