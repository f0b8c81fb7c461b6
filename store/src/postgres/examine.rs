//! What an operator should know of a PostgreSQL database.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::open::{CONNECT, MIGRATIONS, name, not_opened};
use crate::rows::count;
use crate::sql::{APPLIED, EXTRACTORS, FAILING, FEEDS};
use crate::{Condition, StoreError};

pub(crate) async fn examine(url: &str) -> Result<Condition, StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|error: sqlx::Error| StoreError::Refused {
        what: "of the configuration".to_owned(),
        why: format!("its address is not understood ({error}): give postgres://user:password@host:port/database"),
    })?;
    let name = name(&options);
    let Ok(connected) = timeout(CONNECT, options.application_name("gainsay doctor").connect()).await else {
        return Err(StoreError::Unavailable { what: name, why: format!("no answer within {} s", CONNECT.as_secs()) });
    };
    let failed = |error: sqlx::Error| not_opened(&name, &error);
    let mut connection = connected.map_err(failed)?;
    let mut condition = Condition { name: name.clone(), ..Condition::default() };
    look(&mut connection, &mut condition).await.map_err(failed)?;
    // It has answered, which was all that it was for.
    drop(connection.close().await);
    Ok(condition)
}

const PRIVILEGES: &str = "
    SELECT t || ': ' || p FROM unnest(ARRAY['articles', 'claims', 'feeds', 'feed_entries', 'imports']) AS t,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
    WHERE to_regclass(t) IS NOT NULL AND NOT has_table_privilege(to_regclass(t)::oid, p) ORDER BY 1";

const BROKEN_INDEXES: &str = "
    SELECT indexrelid::regclass::text FROM pg_index
    WHERE indrelid IN (to_regclass('articles'), to_regclass('claims'), to_regclass('feeds')) AND NOT (indisvalid AND indisready) ORDER BY 1";

const MISSING: &str = "
    SELECT t FROM unnest(ARRAY['articles', 'claims', 'feeds', 'feed_entries', 'imports']) AS t WHERE to_regclass(t) IS NULL
    UNION ALL
    SELECT i FROM unnest(ARRAY['articles_title_words', 'articles_text_words', 'claims_content_words', 'claims_source_words']) AS i
    WHERE to_regclass(i) IS NULL";

async fn look(connection: &mut PgConnection, condition: &mut Condition) -> Result<(), sqlx::Error> {
    let version: String =
        sqlx::query_scalar("SELECT split_part(current_setting('server_version'), ' ', 1)").fetch_one(&mut *connection).await?;
    condition.version = format!("PostgreSQL {version}");
    let before = OffsetDateTime::now_utc();
    let theirs: OffsetDateTime = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&mut *connection).await?;
    let after = OffsetDateTime::now_utc();
    condition.clock_ahead = Some(theirs - (before + (after - before) / 2));
    let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())").fetch_one(&mut *connection).await?;
    condition.bytes = count(bytes);
    let read_only: bool = sqlx::query_scalar("SELECT current_setting('transaction_read_only') = 'on'").fetch_one(&mut *connection).await?;
    if read_only {
        condition.refused.push("nothing may be written: it is a standby, or set to be read only".to_owned());
    }
    let migrated: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
    let applied = if migrated { sqlx::query_as(APPLIED).fetch_all(&mut *connection).await? } else { Vec::new() };
    condition.compare(&MIGRATIONS, &applied);
    if !condition.pending.is_empty() {
        let may = "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)";
        let may: bool = sqlx::query_scalar(may).fetch_one(&mut *connection).await?;
        if !may {
            condition.refused.push("its user may not create tables".to_owned());
        }
        return Ok(());
    }
    let missing: Vec<String> = sqlx::query_scalar(MISSING).fetch_all(&mut *connection).await?;
    condition.damage.extend(missing.iter().map(|name| format!("{name} is gone")));
    let refused: Vec<String> = sqlx::query_scalar(PRIVILEGES).fetch_all(&mut *connection).await?;
    condition.refused.extend(refused.iter().map(|what| format!("its user has no right to {what}")));
    let broken: Vec<String> = sqlx::query_scalar(BROKEN_INDEXES).fetch_all(&mut *connection).await?;
    condition.damage.extend(broken.iter().map(|index| format!("index {index} is not valid")));
    if !missing.is_empty() || condition.refused.iter().any(|what| what.ends_with(": SELECT")) {
        return Ok(());
    }
    let extractors: Vec<(String, i64)> = sqlx::query_as(EXTRACTORS).fetch_all(&mut *connection).await?;
    condition.extractors = extractors.into_iter().map(|(extractor, articles)| (extractor, count(articles))).collect();
    condition.feeds = count(sqlx::query_scalar(FEEDS).fetch_one(&mut *connection).await?);
    condition.failing = sqlx::query_as(FAILING).fetch_all(connection).await?;
    Ok(())
}
