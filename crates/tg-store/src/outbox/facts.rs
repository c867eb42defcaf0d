//! The facts by which claims and repeats are judged, as SQL: joined in the one statement that reads
//! the rows, so that they belong to the same transaction. `d` is the delivery, `c` its contact, `k`
//! its campaign.

use rusqlite::Row;
use tg_core::consent::Permission;

/// The columns of a [`Permission`], in the order that [`permission`] reads.
macro_rules! permitted {
    () => {
        "EXISTS (SELECT 1 FROM members m WHERE m.audience_id = k.audience_id
             AND m.contact_id = d.contact_id AND m.source_id IS NOT NULL),
         EXISTS (SELECT 1 FROM opt_outs o WHERE o.contact_id = d.contact_id)
             OR EXISTS (SELECT 1 FROM opt_out_users u
                 WHERE u.user_id IN (d.user_id, c.user_id)),
         EXISTS (SELECT 1 FROM suppressions s WHERE s.contact_id = d.contact_id
             AND (s.audience_id IS NULL OR s.audience_id = k.audience_id))"
    };
}

/// The columns of a person (`rows::PERSON`) as a literal.
macro_rules! person {
    () => {
        "c.username, c.phone, c.user_id, c.first_name, c.last_name, c.lang, c.tz, c.fields"
    };
}

/// The columns of a delivery's state (`rows::STATE`) as a literal.
macro_rules! state {
    () => {
        "d.state, d.parts, d.part, d.ambiguous, d.in_flight, d.check_kind, d.reason"
    };
}

pub(super) use {permitted, person, state};

/// Whether somebody may be written to, from three columns beginning at `at`.
pub(super) fn permission(row: &Row<'_>, at: usize) -> rusqlite::Result<Permission> {
    Ok(Permission {
        consented: row.get(at)?,
        opted_out: row.get(at + 1)?,
        suppressed: row.get(at + 2)?,
    })
}

#[cfg(test)]
mod tests {
    use crate::rows;

    #[test]
    fn literals_are_what_rows_reads() {
        assert_eq!(person!(), rows::PERSON);
        assert_eq!(state!(), rows::STATE);
    }
}
