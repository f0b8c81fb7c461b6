-- Times are seconds since 1970 in UTC; `…_to_day` says that only the day is known. `newest_first` orders lists: newest
-- first, undated last. `row` joins full-text indexes, is never shown, and depends on the order of arrival.

CREATE TABLE articles (
    row              INTEGER PRIMARY KEY,
    id               BLOB    NOT NULL UNIQUE,
    given_id         TEXT,
    url              TEXT,
    url_hash         BLOB,
    publisher        TEXT,
    publisher_lower  TEXT,
    published_at     INTEGER,
    published_to_day INTEGER NOT NULL,
    modified_at      INTEGER,
    modified_to_day  INTEGER NOT NULL,
    newest_first     INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(-published_at, 9223372036854775807)) STORED,
    title            TEXT,
    byline           TEXT,
    section          TEXT,
    credit           TEXT,
    language         TEXT,
    skipped          TEXT,
    extractor        TEXT    NOT NULL,
    digest           BLOB    NOT NULL,
    reading          BLOB    NOT NULL,
    excerpt          TEXT    NOT NULL,
    text             TEXT    NOT NULL
) STRICT;

CREATE INDEX articles_newest ON articles (newest_first, id);
CREATE INDEX articles_publisher ON articles (publisher_lower, newest_first, id) WHERE publisher_lower IS NOT NULL;
CREATE INDEX articles_url ON articles (url_hash) WHERE url_hash IS NOT NULL;
CREATE INDEX articles_skipped ON articles (skipped) WHERE skipped IS NOT NULL;

CREATE VIRTUAL TABLE article_words USING fts5 (
    title, text, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);

-- A source is what its claims say of it, so nothing of it is kept apart: what no claim names is not there.
CREATE TABLE claims (
    row             INTEGER PRIMARY KEY,
    id              BLOB    NOT NULL UNIQUE,
    article_id      BLOB    NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    newest_first    INTEGER NOT NULL,
    published_at    INTEGER,
    publisher_lower TEXT,
    source_id       BLOB,
    source_name     TEXT,
    source_kind     TEXT,
    source_lower    TEXT,
    act             TEXT    NOT NULL,
    stance          TEXT    NOT NULL,
    quotation       TEXT    NOT NULL,
    content         TEXT    NOT NULL,
    data            TEXT    NOT NULL
) STRICT;

CREATE INDEX claims_article ON claims (article_id, position);
CREATE INDEX claims_newest ON claims (newest_first, article_id, position);
CREATE INDEX claims_source ON claims (source_id, newest_first, article_id, position) WHERE source_id IS NOT NULL;
CREATE INDEX claims_act ON claims (act, newest_first, article_id, position);
CREATE INDEX claims_stance ON claims (stance, newest_first, article_id, position);
CREATE INDEX claims_publisher ON claims (publisher_lower, newest_first, article_id, position) WHERE publisher_lower IS NOT NULL;

CREATE VIRTUAL TABLE claim_words USING fts5 (
    content, source, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);
