-- Times are seconds since 1970 in UTC, as in SQLite (to_timestamp(published_at) shows one); `…_to_day` says that only the
-- day is known. `newest_first` orders lists: newest first, undated last. Texts compare by byte, as in SQLite.

-- Stems as SQLite's "porter" does and has no stop words: a search for "the" finds "the".
CREATE TEXT SEARCH DICTIONARY gainsay_stem (TEMPLATE = snowball, LANGUAGE = porter);
CREATE TEXT SEARCH CONFIGURATION gainsay (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION gainsay
    ALTER MAPPING FOR asciiword, word, numword WITH gainsay_stem;

CREATE TABLE articles (
    id               uuid    NOT NULL PRIMARY KEY,
    given_id         text,
    url              text,
    url_hash         bytea,
    publisher        text,
    publisher_lower  text    COLLATE "C",
    published_at     bigint,
    published_to_day boolean NOT NULL,
    modified_at      bigint,
    modified_to_day  boolean NOT NULL,
    newest_first     bigint  NOT NULL GENERATED ALWAYS AS (coalesce(-published_at, 9223372036854775807)) STORED,
    title            text,
    byline           text,
    section          text,
    credit           text,
    language         text,
    skipped          text,
    extractor        text    NOT NULL,
    digest           bytea   NOT NULL,
    reading          bytea   NOT NULL,
    excerpt          text    NOT NULL,
    text             text    NOT NULL,
    title_words      tsvector NOT NULL,
    text_words       tsvector NOT NULL
);

CREATE INDEX articles_newest ON articles (newest_first, id);
CREATE INDEX articles_publisher ON articles (publisher_lower, newest_first, id) WHERE publisher_lower IS NOT NULL;
CREATE INDEX articles_url ON articles (url_hash) WHERE url_hash IS NOT NULL;
CREATE INDEX articles_skipped ON articles (skipped) WHERE skipped IS NOT NULL;
CREATE INDEX articles_title_words ON articles USING gin (title_words);
CREATE INDEX articles_text_words ON articles USING gin (text_words);

-- A source is what its claims say of it, so nothing of it is kept apart: what no claim names is not there.
CREATE TABLE claims (
    id              uuid    NOT NULL PRIMARY KEY,
    article_id      uuid    NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position        integer NOT NULL,
    newest_first    bigint  NOT NULL,
    published_at    bigint,
    publisher_lower text    COLLATE "C",
    source_id       uuid,
    source_name     text    COLLATE "C",
    source_kind     text    COLLATE "C",
    source_lower    text    COLLATE "C",
    act             text    NOT NULL COLLATE "C",
    stance          text    NOT NULL COLLATE "C",
    quotation       text    NOT NULL COLLATE "C",
    content         text    NOT NULL,
    data            text    NOT NULL,
    content_words   tsvector NOT NULL,
    source_words    tsvector NOT NULL
);

CREATE INDEX claims_article ON claims (article_id, position);
CREATE INDEX claims_newest ON claims (newest_first, article_id, position);
CREATE INDEX claims_source ON claims (source_id, newest_first, article_id, position) WHERE source_id IS NOT NULL;
CREATE INDEX claims_act ON claims (act, newest_first, article_id, position);
CREATE INDEX claims_stance ON claims (stance, newest_first, article_id, position);
CREATE INDEX claims_publisher ON claims (publisher_lower, newest_first, article_id, position) WHERE publisher_lower IS NOT NULL;
CREATE INDEX claims_content_words ON claims USING gin (content_words);
CREATE INDEX claims_source_words ON claims USING gin (source_words);
