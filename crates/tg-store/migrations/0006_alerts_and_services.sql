-- What a person should know, and what became of telling them.
CREATE TABLE alerts (
    id        INTEGER PRIMARY KEY,
    -- By this, alerts are recognised as the same.
    key       TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    raised_at INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    times     INTEGER NOT NULL DEFAULT 1,
    attempts  INTEGER NOT NULL DEFAULT 0,
    -- 0 waiting, 1 told, 2 given up
    state     INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
    due_at    INTEGER NOT NULL,
    fault     TEXT
) STRICT;
CREATE INDEX alerts_by_key ON alerts (key, raised_at);
CREATE INDEX alerts_due ON alerts (due_at) WHERE state = 0;

-- Services that are left alone for a while, because they failed repeatedly.
CREATE TABLE services (
    name     TEXT    PRIMARY KEY,
    until    INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    reason   TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
