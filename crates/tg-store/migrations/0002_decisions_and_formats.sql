-- What people decide about deliveries that ended, and how templates are written.

-- Retrying and resolving read what they take, however many others were sent.
CREATE INDEX deliveries_failed ON deliveries (campaign_id, id) WHERE state = 3;
CREATE INDEX deliveries_unknown ON deliveries (campaign_id, id) WHERE state = 5;

-- Until now every template was Markdown.
ALTER TABLE templates ADD COLUMN format TEXT NOT NULL DEFAULT 'markdown'
    CHECK (format IN ('markdown', 'html', 'plain'));
