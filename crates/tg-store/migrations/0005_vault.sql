-- Secrets that a person sets, sealed, in versions. At most one of a secret's versions is used, and
-- at most one is tried beside it.
CREATE TABLE vault (
    name        TEXT    NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    state       TEXT    NOT NULL CHECK (state IN ('current', 'pending')),
    sealed      BLOB    NOT NULL,
    key_version INTEGER NOT NULL,
    set_at      INTEGER NOT NULL,
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX vault_states ON vault (name, state);
