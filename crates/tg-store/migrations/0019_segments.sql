-- Choices among people.

-- Filters that people gave a name.
CREATE TABLE segments (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    filter     TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Whom of its audience a campaign is for; without a row, everybody. A segment's filter as it was when the
-- campaign was made.
CREATE TABLE campaign_filters (
    campaign_id INTEGER PRIMARY KEY REFERENCES campaigns (id),
    filter      TEXT    NOT NULL,
    segment     TEXT
) STRICT;
