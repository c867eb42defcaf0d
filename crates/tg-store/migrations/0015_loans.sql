-- Accounts that a command borrows from the running engine. The rows of a command that died are void:
-- its lock on the sessions is gone with it.
CREATE TABLE loans (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
    borrower   INTEGER NOT NULL,
    -- 0 to look how it is, 1 to have its session
    wish       INTEGER NOT NULL CHECK (wish BETWEEN 0 AND 1),
    -- 0 asked, 1 lent, 2 kept by the engine
    state      INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2)
) STRICT;
