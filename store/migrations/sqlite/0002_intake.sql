-- Times are milliseconds since 1970 in UTC. Hashes are BLAKE3: addresses and keys may be of any length.

CREATE TABLE feeds (
    url_hash       BLOB    NOT NULL PRIMARY KEY,
    url            TEXT    NOT NULL,
    title          TEXT,
    etag           TEXT,
    last_modified  TEXT,
    failures       INTEGER NOT NULL DEFAULT 0,
    last_error     TEXT,
    polled_at      INTEGER,
    next_poll_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX feeds_due ON feeds (next_poll_at);

CREATE TABLE feed_entries (
    feed_hash  BLOB NOT NULL,
    key_hash   BLOB NOT NULL,
    PRIMARY KEY (feed_hash, key_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
    input_hash  BLOB    NOT NULL PRIMARY KEY,
    input       TEXT    NOT NULL,
    settled     INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    finished    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
