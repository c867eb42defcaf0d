-- When deliveries ended, for reports: counted in the transaction that ends them, so that a report over
-- a million of them reads some thousand rows. A message that is tried again counts each time it ends.
CREATE TABLE timeline (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    -- The beginning of ten seconds.
    slot        INTEGER NOT NULL CHECK (slot % 10000 = 0),
    state       INTEGER NOT NULL CHECK (state BETWEEN 2 AND 6),
    n           INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, slot, state)
) STRICT, WITHOUT ROWID;
INSERT INTO timeline
    SELECT campaign_id, settled_at - settled_at % 10000, state, count(*)
    FROM deliveries WHERE state > 1 GROUP BY 1, 2, 3;

-- What was answered, and when, is read off an index as well.
CREATE INDEX messages_of_campaign_by_time ON messages (campaign_id, at, opt_out)
    WHERE campaign_id IS NOT NULL;
