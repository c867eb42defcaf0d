-- Messages that an account writes to itself, so that a person sees what others would read: sent like
-- answers.

-- Files, formatting and buttons, as JSON; null for a text alone.
ALTER TABLE replies ADD COLUMN body TEXT;
ALTER TABLE replies ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1));
