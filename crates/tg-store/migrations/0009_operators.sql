-- Who may use the home, who tried in vain, and more about every act.

CREATE TABLE operators (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    role        TEXT    NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

-- The key itself is shown once, and kept nowhere.
CREATE TABLE api_keys (
    id          TEXT    PRIMARY KEY,
    operator_id INTEGER NOT NULL REFERENCES operators (id),
    proof       BLOB    NOT NULL CHECK (length(proof) = 32),
    -- What it is limited to; empty: nothing but the operator's role.
    scope       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    revoked_at  INTEGER,
    used_at     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_by_operator ON api_keys (operator_id);

CREATE TABLE auth_sessions (
    id         TEXT    PRIMARY KEY,
    key_id     TEXT    NOT NULL REFERENCES api_keys (id),
    proof      BLOB    NOT NULL CHECK (length(proof) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Milliseconds that it may lie unused.
    idle       INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX auth_sessions_by_end ON auth_sessions (expires_at);

-- Failed attempts by source, and by key.
CREATE TABLE auth_failures (
    subject TEXT    PRIMARY KEY,
    count   INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX auth_failures_by_time ON auth_failures (last_at);

-- Once it is on, taking it out of the settings does not switch it off.
ALTER TABLE meta ADD COLUMN sign_in_required INTEGER NOT NULL DEFAULT 0
    CHECK (sign_in_required IN (0, 1));

-- Rows of version 1 have no source, and are chained without it.
ALTER TABLE audit ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN was TEXT;
ALTER TABLE audit ADD COLUMN became TEXT;
