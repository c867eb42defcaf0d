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
             OR EXISTS (SELECT 1 FROM opt_out_users u WHERE u.user_id = d.user_id)
             OR EXISTS (SELECT 1 FROM opt_out_users u WHERE u.user_id = c.user_id),
         EXISTS (SELECT 1 FROM suppressions s WHERE s.contact_id = d.contact_id
             AND (s.audience_id IS NULL OR s.audience_id = k.audience_id))"
    };
}

pub(crate) use permitted;

/// Whether somebody may be written to, from three columns beginning at `at`.
pub(crate) fn permission(row: &Row<'_>, at: usize) -> rusqlite::Result<Permission> {
    Ok(Permission {
        consented: row.get(at)?,
        opted_out: row.get(at + 1)?,
        suppressed: row.get(at + 2)?,
    })
}
