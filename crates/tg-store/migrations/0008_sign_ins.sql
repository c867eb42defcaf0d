-- Numbers that are being signed in: one sign-in at a time for each. A row belongs to one run of a
-- process that holds the home's lock; rows of other runs are dead, but their keys may be needed.
CREATE TABLE sign_ins (
    phone       TEXT    PRIMARY KEY,
    run         INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    -- The keys with which Telegram was told the code, sealed.
    sealed      BLOB,
    key_version INTEGER
) STRICT, WITHOUT ROWID;
