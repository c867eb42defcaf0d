-- Files and buttons of messages.

-- Content by SHA-256 (hexadecimal): a file that goes to a million people is here once.
CREATE TABLE media (
    hash     TEXT    PRIMARY KEY CHECK (length(hash) = 64),
    bytes    BLOB    NOT NULL,
    added_at INTEGER NOT NULL
) STRICT;

-- Which files a text's first message has, as JSON; null if none.
ALTER TABLE templates ADD COLUMN media TEXT;
ALTER TABLE template_texts ADD COLUMN media TEXT;

-- What a part commits to beside its text: files, the ids of an album's further files, buttons. JSON;
-- null for a text alone.
ALTER TABLE parts ADD COLUMN attached TEXT;
