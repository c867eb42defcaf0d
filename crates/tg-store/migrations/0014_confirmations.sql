-- The answer that confirms an opt-out: one for a person, ever.
ALTER TABLE replies ADD COLUMN confirms INTEGER NOT NULL DEFAULT 0 CHECK (confirms IN (0, 1));
CREATE UNIQUE INDEX replies_confirm_once ON replies (user_id) WHERE confirms = 1;
