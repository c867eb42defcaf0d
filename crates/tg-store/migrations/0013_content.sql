-- Templates in several languages, and campaigns that compare templates.

-- Of the text that is for everybody else; empty if none was named.
ALTER TABLE templates ADD COLUMN lang TEXT NOT NULL DEFAULT '';
CREATE TABLE template_texts (
    template_id INTEGER NOT NULL REFERENCES templates (id),
    lang        TEXT    NOT NULL CHECK (lang <> ''),
    source      TEXT    NOT NULL,
    format      TEXT    NOT NULL CHECK (format IN ('markdown', 'html', 'plain')),
    added_at    INTEGER NOT NULL,
    PRIMARY KEY (template_id, lang)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_variants (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    n           INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    template_id INTEGER NOT NULL REFERENCES templates (id),
    weight      INTEGER NOT NULL CHECK (weight > 0),
    PRIMARY KEY (campaign_id, n),
    UNIQUE (campaign_id, name)
) STRICT, WITHOUT ROWID;

-- Which one was claimed; a row that was never claimed, or whose campaign has no variants, has none.
ALTER TABLE deliveries ADD COLUMN variant INTEGER;

-- Deliveries with a variant that ended, by number of state.
CREATE TABLE variant_totals (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    variant     INTEGER NOT NULL,
    state       INTEGER NOT NULL CHECK (state BETWEEN 2 AND 6),
    n           INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, variant, state)
) STRICT, WITHOUT ROWID;
