-- Ways out: SOCKS5 proxies, each for one account at most. Passwords are secrets of the home.
CREATE TABLE proxies (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    host          TEXT    NOT NULL,
    port          INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    username      TEXT,
    -- What was found when it was looked at last.
    checked_at    INTEGER,
    fault         TEXT,
    failing_since INTEGER,
    latency_ms    INTEGER,
    created_at    INTEGER NOT NULL
) STRICT;
-- The same way out under two names would be one for two accounts.
CREATE UNIQUE INDEX proxies_once ON proxies (host, port, coalesce(username, ''));

-- Which way an account goes; without a row, and without a proxy, directly. One proxy, one account:
-- whatever two processes do at once.
CREATE TABLE account_exits (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    proxy_id   INTEGER UNIQUE REFERENCES proxies (id),
    not_before INTEGER NOT NULL
) STRICT;
