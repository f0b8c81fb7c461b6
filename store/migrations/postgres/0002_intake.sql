-- Times are milliseconds since 1970 in UTC. Hashes are BLAKE3: addresses and keys may be of any length.

CREATE TABLE feeds (
    url_hash       bytea  NOT NULL PRIMARY KEY,
    url            text   NOT NULL COLLATE "C",
    title          text,
    etag           text,
    last_modified  text,
    failures       bigint NOT NULL DEFAULT 0,
    last_error     text,
    polled_at      bigint,
    next_poll_at   bigint NOT NULL
);

CREATE INDEX feeds_due ON feeds (next_poll_at);

CREATE TABLE feed_entries (
    feed_hash  bytea NOT NULL,
    key_hash   bytea NOT NULL,
    PRIMARY KEY (feed_hash, key_hash)
);

CREATE TABLE imports (
    input_hash  bytea   NOT NULL PRIMARY KEY,
    input       text    NOT NULL,
    settled     bigint  NOT NULL,
    failed      bigint  NOT NULL,
    finished    boolean NOT NULL
);
