-- What a campaign came to is counted where deliveries end, in the same transaction.

-- Deliveries that were made of members.
ALTER TABLE campaigns ADD COLUMN recipients INTEGER NOT NULL DEFAULT 0;
UPDATE campaigns SET recipients =
    (SELECT count(*) FROM deliveries d WHERE d.campaign_id = campaigns.id);

-- Deliveries that ended: by account (0: nobody's), number of state and reason ('': none).
CREATE TABLE totals (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    account_id  INTEGER NOT NULL,
    state       INTEGER NOT NULL CHECK (state BETWEEN 2 AND 6),
    reason      TEXT    NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, account_id, state, reason)
) STRICT, WITHOUT ROWID;
INSERT INTO totals
    SELECT campaign_id, coalesce(account_id, 0), state, coalesce(reason, ''), count(*)
    FROM deliveries WHERE state > 1 GROUP BY 1, 2, 3, 4;

-- What a message of one part became stands with its outcome, which is written anyway. Messages of
-- several parts, and those of earlier schemas, have theirs with each part.
ALTER TABLE deliveries ADD COLUMN message_id INTEGER;
CREATE INDEX deliveries_by_message ON deliveries (account_id, message_id)
    WHERE message_id IS NOT NULL;
