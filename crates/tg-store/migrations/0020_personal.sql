-- Texts that a language model writes for each recipient.

-- A campaign with a row here has them.
CREATE TABLE campaign_personal (
    campaign_id  INTEGER PRIMARY KEY REFERENCES campaigns (id) ON DELETE CASCADE,
    prompt_id    INTEGER NOT NULL REFERENCES templates (id),
    -- Fields that the model is told, separated by commas.
    fields       TEXT    NOT NULL,
    review       INTEGER NOT NULL CHECK (review IN (0, 1)),
    -- Budgets: tokens, and millionths of a currency's unit.
    tokens       INTEGER,
    money        INTEGER,
    currency     TEXT,
    -- What the texts cost, and how many were paid for.
    input        INTEGER NOT NULL DEFAULT 0,
    output       INTEGER NOT NULL DEFAULT 0,
    paid         INTEGER NOT NULL DEFAULT 0,
    CHECK ((money IS NULL) = (currency IS NULL))
) STRICT;

-- One delivery's text. A planned delivery without one waits for it: its due time is raised by 2^60
-- (no text), or by 2^61 (a person has to look at it), which keeps it out of every claim's way.
CREATE TABLE personal_texts (
    delivery_id INTEGER PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
    campaign_id INTEGER NOT NULL,
    -- 1 written, 2 approved, 3 the template instead
    state       INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
    -- Why the template.
    reason      TEXT    NOT NULL DEFAULT '',
    -- Kept of what was rejected, too.
    text        TEXT,
    -- By which the same question is recognised.
    tag         BLOB    CHECK (length(tag) = 16),
    written_at  INTEGER NOT NULL,
    CHECK ((state = 3) = (reason <> '')),
    CHECK (state = 3 OR text IS NOT NULL)
) STRICT;
CREATE INDEX personal_texts_by_state ON personal_texts (campaign_id, state, reason, delivery_id);
CREATE INDEX personal_texts_by_tag ON personal_texts (campaign_id, tag)
    WHERE tag IS NOT NULL AND state < 3;
