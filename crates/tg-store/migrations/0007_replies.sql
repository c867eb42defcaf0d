-- What people at the keyboard answer: sent once like everything else, with no campaign.
CREATE TABLE replies (
    id          INTEGER PRIMARY KEY,
    -- The random id is derived from it.
    uuid        BLOB    NOT NULL UNIQUE CHECK (length(uuid) = 16),
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    user_id     INTEGER NOT NULL,
    text        TEXT    NOT NULL,
    written_at  INTEGER NOT NULL,
    -- The states and exposure of `deliveries`.
    state       INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
    parts       INTEGER NOT NULL DEFAULT 0,
    part        INTEGER NOT NULL DEFAULT 0,
    ambiguous   INTEGER NOT NULL DEFAULT 0,
    in_flight   INTEGER NOT NULL DEFAULT 0,
    check_kind  INTEGER NOT NULL DEFAULT 0,
    reason      TEXT,
    -- Planned: always set. Claimed: null while it is in a run's hands.
    due_at      INTEGER,
    epoch       INTEGER,
    hash        INTEGER,
    random_id   INTEGER CHECK (random_id <> 0),
    message_id  INTEGER,
    claimed_at  INTEGER,
    settled_at  INTEGER,
    CHECK (state <> 0 OR due_at IS NOT NULL),
    CHECK (state <> 1 OR (random_id IS NOT NULL AND hash IS NOT NULL AND claimed_at IS NOT NULL)),
    CHECK (state < 2 OR settled_at IS NOT NULL)
) STRICT;
CREATE INDEX replies_open ON replies (account_id, due_at, id) WHERE state < 2;
CREATE INDEX replies_by_user ON replies (user_id, id);
CREATE INDEX replies_by_message ON replies (message_id) WHERE message_id IS NOT NULL;
