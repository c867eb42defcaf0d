-- What accounts hear.

-- How far each has heard (core.telegram.org/api/updates), saved together with what it heard.
CREATE TABLE hearing (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
    pts        INTEGER NOT NULL,
    qts        INTEGER NOT NULL,
    date       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    -- Chats and contacts were read once.
    acquainted INTEGER NOT NULL DEFAULT 0 CHECK (acquainted IN (0, 1))
) STRICT;

-- Messages of private chats. What campaigns sent is in `parts`.
CREATE TABLE messages (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    -- The other side, whichever way it went.
    user_id     INTEGER NOT NULL,
    -- In the account's box.
    message_id  INTEGER NOT NULL,
    outgoing    INTEGER NOT NULL CHECK (outgoing IN (0, 1)),
    -- On Telegram's clock, and on ours.
    at          INTEGER NOT NULL,
    heard_at    INTEGER NOT NULL,
    text        TEXT    NOT NULL,
    reply_to    INTEGER,
    opt_out     INTEGER NOT NULL CHECK (opt_out IN (0, 1)),
    -- What it answers.
    campaign_id INTEGER REFERENCES campaigns (id),
    delivery_id INTEGER REFERENCES deliveries (id)
) STRICT;
-- However often it is heard, it is there once.
CREATE UNIQUE INDEX messages_once ON messages (account_id, message_id);
CREATE INDEX messages_by_user ON messages (user_id, account_id, outgoing, at, id);
CREATE INDEX messages_by_campaign ON messages (campaign_id, user_id, opt_out)
    WHERE campaign_id IS NOT NULL;
CREATE INDEX messages_by_time ON messages (at);

-- What those who wrote are called on Telegram.
CREATE TABLE heard_users (
    user_id  INTEGER PRIMARY KEY,
    -- NOCASE folds ASCII letters only, which is all that a username has.
    username TEXT COLLATE NOCASE,
    name     TEXT NOT NULL
) STRICT;
CREATE INDEX heard_users_by_name ON heard_users (username) WHERE username IS NOT NULL;
