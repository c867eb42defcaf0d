-- The first schema. Times are milliseconds since 1970 (UTC); booleans are 0 and 1.

-- The home itself: exactly one row.
CREATE TABLE meta (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    home          BLOB    NOT NULL CHECK (length(home) = 16),
    created_at    INTEGER NOT NULL,
    -- One run of an engine; a claim or settlement of an older one is refused.
    epoch         INTEGER NOT NULL DEFAULT 0,
    -- Raised by every claim; the mark outside the database carries the same number.
    claim_counter INTEGER NOT NULL DEFAULT 0,
    -- The number of the last import.
    import        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE accounts (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    user_id      INTEGER NOT NULL UNIQUE,
    is_bot       INTEGER NOT NULL CHECK (is_bot IN (0, 1)),
    phone        TEXT,
    loopback     INTEGER NOT NULL CHECK (loopback IN (0, 1)),
    state        TEXT    NOT NULL,
    frozen_until INTEGER,
    appeal       TEXT,
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE account_tags (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    tag        TEXT    NOT NULL,
    PRIMARY KEY (account_id, tag)
) STRICT, WITHOUT ROWID;

-- Whom an account can address. By person first: staging asks which accounts know somebody.
CREATE TABLE peers (
    user_id    INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    hash       INTEGER NOT NULL,
    PRIMARY KEY (user_id, account_id)
) STRICT, WITHOUT ROWID;

-- NOCASE folds ASCII letters only, which is all that a username has.
CREATE TABLE contacts (
    id         INTEGER PRIMARY KEY,
    username   TEXT    COLLATE NOCASE UNIQUE,
    phone      TEXT    UNIQUE,
    user_id    INTEGER UNIQUE,
    first_name TEXT    NOT NULL,
    last_name  TEXT    NOT NULL,
    lang       TEXT    NOT NULL,
    tz         TEXT    NOT NULL,
    -- Further columns of the lists, as a JSON object of strings.
    fields     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audiences (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audience_fields (
    audience_id INTEGER NOT NULL REFERENCES audiences (id),
    field       TEXT    NOT NULL,
    PRIMARY KEY (audience_id, field)
) STRICT, WITHOUT ROWID;

-- Where consents came from, in the operator's words; a million rows share one sentence.
CREATE TABLE consent_sources (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- Who is on a list. Without a source there is no consent, and nothing is sent.
CREATE TABLE members (
    audience_id  INTEGER NOT NULL REFERENCES audiences (id),
    contact_id   INTEGER NOT NULL REFERENCES contacts (id),
    source_id    INTEGER REFERENCES consent_sources (id),
    consented_at INTEGER,
    -- The import that named them last.
    import       INTEGER NOT NULL,
    PRIMARY KEY (audience_id, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_contact ON members (contact_id);

-- A "no" belongs to the whole home, and is found by contact and by Telegram user.
CREATE TABLE opt_outs (
    contact_id INTEGER PRIMARY KEY REFERENCES contacts (id),
    at         INTEGER NOT NULL,
    how        TEXT    NOT NULL
) STRICT;
CREATE TABLE opt_out_users (
    user_id INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    how     TEXT    NOT NULL
) STRICT;

-- Without an audience: everywhere.
CREATE TABLE suppressions (
    id          INTEGER PRIMARY KEY,
    contact_id  INTEGER NOT NULL REFERENCES contacts (id),
    audience_id INTEGER REFERENCES audiences (id),
    at          INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX suppressions_once ON suppressions (contact_id, coalesce(audience_id, 0));

CREATE TABLE templates (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    source     TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE campaigns (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    uuid        BLOB    NOT NULL UNIQUE CHECK (length(uuid) = 16),
    audience_id INTEGER NOT NULL REFERENCES audiences (id),
    template_id INTEGER NOT NULL REFERENCES templates (id),
    pace        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    note        TEXT,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER,
    finished_at INTEGER
) STRICT;

CREATE TABLE campaign_accounts (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (campaign_id, account_id)
) STRICT, WITHOUT ROWID;

-- One recipient's place in one campaign.
CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    contact_id  INTEGER NOT NULL REFERENCES contacts (id),
    -- Who has it, or prefers to.
    account_id  INTEGER REFERENCES accounts (id),
    -- The person, once resolved or claimed.
    user_id     INTEGER,
    -- 0 planned, 1 claimed, 2 sent, 3 failed, 4 skipped, 5 unknown, 6 canceled
    state       INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
    -- Exposure, while it is claimed.
    parts       INTEGER NOT NULL DEFAULT 0,
    part        INTEGER NOT NULL DEFAULT 0,
    ambiguous   INTEGER NOT NULL DEFAULT 0,
    in_flight   INTEGER NOT NULL DEFAULT 0,
    -- 0 none, 1 expired, 2 ineligible, 3 refused, 4 still in flight
    check_kind  INTEGER NOT NULL DEFAULT 0,
    -- Of the check while it is claimed, of the outcome when it ended.
    reason      TEXT,
    -- Planned: always set, 0 is "at once". Claimed: null while it is in a run's hands.
    due_at      INTEGER,
    attempt     INTEGER NOT NULL DEFAULT 0,
    epoch       INTEGER,
    planned_at  INTEGER NOT NULL,
    claimed_at  INTEGER,
    settled_at  INTEGER,
    CHECK (state <> 0 OR due_at IS NOT NULL),
    CHECK (state <> 1 OR (account_id IS NOT NULL AND user_id IS NOT NULL AND parts > 0)),
    CHECK (state < 2 OR settled_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX deliveries_once ON deliveries (campaign_id, contact_id);
-- One person gets a campaign once, however many ways the lists name them.
CREATE UNIQUE INDEX deliveries_once_per_user ON deliveries (campaign_id, user_id)
    WHERE user_id IS NOT NULL;
-- What a claim reads: no more than it takes, whatever lies behind it.
CREATE INDEX deliveries_planned ON deliveries (campaign_id, account_id, due_at, id)
    WHERE state = 0;
CREATE INDEX deliveries_claimed ON deliveries (account_id, due_at, id) WHERE state = 1;
CREATE INDEX deliveries_by_campaign ON deliveries (campaign_id);
CREATE INDEX deliveries_by_contact ON deliveries (contact_id);

-- What a claim committed before the first byte could leave.
CREATE TABLE parts (
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    part        INTEGER NOT NULL,
    random_id   INTEGER NOT NULL CHECK (random_id <> 0),
    text        TEXT    NOT NULL,
    -- Formatting as JSON; null if there is none.
    entities    TEXT,
    message_id  INTEGER,
    PRIMARY KEY (delivery_id, part)
) STRICT, WITHOUT ROWID;

-- A message of an account's belongs to one delivery: looked for before a history is believed.
CREATE INDEX parts_by_message ON parts (message_id) WHERE message_id IS NOT NULL;

-- What Telegram imposed and has not ended yet, one row per scope.
CREATE TABLE waits (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    scope      TEXT    NOT NULL,
    user_id    INTEGER,
    until      INTEGER NOT NULL,
    reason     TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX waits_once ON waits (account_id, scope, coalesce(user_id, 0));

-- Every wait that was imposed, for reports.
CREATE TABLE wait_log (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX wait_log_by_account ON wait_log (account_id, at);

CREATE TABLE sessions (
    account_id  INTEGER PRIMARY KEY REFERENCES accounts (id),
    sealed      BLOB    NOT NULL,
    key_version INTEGER NOT NULL
) STRICT;

CREATE TABLE secrets (
    name        TEXT    PRIMARY KEY,
    sealed      BLOB    NOT NULL,
    key_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    object  TEXT    NOT NULL,
    outcome TEXT    NOT NULL CHECK (outcome IN ('done', 'refused')),
    detail  TEXT    NOT NULL,
    tag     BLOB    NOT NULL CHECK (length(tag) = 32)
) STRICT;
