-- What was spent: one sum for each thing, campaign, unit and period.
CREATE TABLE spending (
    what     TEXT    NOT NULL,
    -- 0: of the whole home. Not a reference: what was spent stays spent.
    campaign INTEGER NOT NULL,
    -- A currency, in millionths, or "tokens".
    unit     TEXT    NOT NULL,
    -- Days since 1970 in UTC; -1: for ever.
    period   INTEGER NOT NULL,
    spent    INTEGER NOT NULL,
    PRIMARY KEY (what, campaign, unit, period)
) STRICT, WITHOUT ROWID;
