-- What a consent rests on, labels of people, and names for choices among them.

-- What proves a consent, and for what it was given, in the operator's words.
ALTER TABLE members ADD COLUMN evidence TEXT;
ALTER TABLE members ADD COLUMN scope TEXT;

CREATE TABLE contact_tags (
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    tag        TEXT    NOT NULL,
    PRIMARY KEY (contact_id, tag)
) STRICT, WITHOUT ROWID;
