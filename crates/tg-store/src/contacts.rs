//! The port of people: who they are, what they consented to, that they said no.

use crate::error::is_taken;
use crate::import::Merged;
use crate::rows::{PERSON_COLUMNS, person, person_columns, slug, time};
use crate::unit::{SqliteUnit, missing};
use rusqlite::{Row, params};
use tg_core::audience::{ImportRun, ImportVerdict, ListRow};
use tg_core::consent::{Consent, Given, OptOut};
use tg_core::contact::{Contact, ContactKey, Person};
use tg_core::ids::{AudienceId, ContactId, Slug, UserId};
use tg_core::ports::{ContactStore, StoreError};
use tg_core::time::Timestamp;

/// A contact with their opt-out, found by contact or by Telegram user. Needs a `WHERE`.
pub(crate) fn select_contact(rest: &str) -> String {
    let columns = person_columns!();
    // tidy: sql-constant
    format!(
        "SELECT {columns}, c.id, coalesce(o.at, u.at), coalesce(o.how, u.how)
         FROM contacts c
         LEFT JOIN opt_outs o ON o.contact_id = c.id
         LEFT JOIN opt_out_users u ON u.user_id = c.user_id
         {rest}"
    )
}

/// Reads a row of [`select_contact`].
pub(crate) fn contact(row: &Row<'_>) -> rusqlite::Result<Contact> {
    let at = time(row, PERSON_COLUMNS + 1)?;
    let how: Option<String> = row.get(PERSON_COLUMNS + 2)?;
    Ok(Contact {
        id: ContactId(row.get(PERSON_COLUMNS)?),
        person: person(row, 0)?,
        opt_out: at.zip(how).map(|(at, how)| OptOut { at, how }),
    })
}

impl SqliteUnit<'_> {
    /// A person's "no" also holds for a Telegram user that they turn out to be; not if they are
    /// known to be another: then somebody else has their address now.
    pub(crate) fn carry_opt_out(&self, id: ContactId, user: UserId) -> Result<(), StoreError> {
        self.execute(
            "carrying an opt-out over to a Telegram user",
            "INSERT OR IGNORE INTO opt_out_users (user_id, at, how)
             SELECT ?2, o.at, o.how FROM opt_outs o JOIN contacts c ON c.id = o.contact_id
             WHERE o.contact_id = ?1 AND (c.user_id IS NULL OR c.user_id = ?2)",
            [id.0, user.0],
        )
        .map(|_| ())
    }

    fn opted_out(&self, id: ContactId) -> Result<bool, StoreError> {
        self.one(
            "looking for an opt-out",
            "SELECT EXISTS (SELECT 1 FROM opt_outs WHERE contact_id = ?1)
                 OR EXISTS (SELECT 1 FROM opt_out_users
                     WHERE user_id = (SELECT user_id FROM contacts WHERE id = ?1))",
            [id.0],
            |row| row.get(0),
        )
    }
}

impl ContactStore for SqliteUnit<'_> {
    fn import_person(
        &mut self,
        run: ImportRun,
        person: &Person,
        at: Timestamp,
    ) -> Result<(ImportVerdict, bool), StoreError> {
        let (id, merged) = match self.merge_person(person, at)? {
            Ok(merged) => merged,
            Err(conflict) => return Ok((conflict, false)),
        };
        let verdict = self.enlist(run, id, &Given::default(), at, merged != Merged::Same)?;
        // Somebody new can have said no only as a Telegram user.
        let unheard = merged == Merged::New && person.user_id.is_none();
        Ok((verdict, !unheard && self.opted_out(id)?))
    }

    fn import_row(
        &mut self,
        run: ImportRun,
        row: &ListRow,
        at: Timestamp,
    ) -> Result<(ImportVerdict, bool), StoreError> {
        let (id, merged) = match self.merge_person(&row.person, at)? {
            Ok(merged) => merged,
            Err(conflict) => return Ok((conflict, false)),
        };
        let mut changed = merged != Merged::Same;
        changed |= !row.tags.is_empty() && self.tag_contact(id, &row.tags, &[])?;
        if let Some(no) = row.opted_out_at {
            self.opt_out(id, "opted out where the list comes from", no)?;
        }
        changed |= row.suppressed && self.suppress(id, Some(run.audience), at)?;
        let verdict = self.enlist(run, id, &row.consent, at, changed)?;
        Ok((verdict, self.opted_out(id)?))
    }

    fn tag_contact(
        &mut self,
        id: ContactId,
        add: &[Slug],
        remove: &[Slug],
    ) -> Result<bool, StoreError> {
        let doing = "labelling a person";
        let mut changed = 0;
        for tag in remove {
            let sql = "DELETE FROM contact_tags WHERE contact_id = ?1 AND tag = ?2";
            changed += self.execute(doing, sql, params![id.0, tag.as_str()])?;
        }
        for tag in add {
            let sql = "INSERT OR IGNORE INTO contact_tags (contact_id, tag) VALUES (?1, ?2)";
            changed += self.execute(doing, sql, params![id.0, tag.as_str()])?;
        }
        Ok(changed > 0)
    }

    fn contact_tags(&self, id: ContactId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT tag FROM contact_tags WHERE contact_id = ?1 ORDER BY tag";
        self.all("reading a person's labels", sql, [id.0], |row| row.get(0))
    }

    fn find_contact(&self, key: &ContactKey) -> Result<Option<Contact>, StoreError> {
        let doing = "looking for a contact";
        match key {
            ContactKey::Username(name) => {
                let sql = select_contact("WHERE c.username = ?1");
                self.optional(doing, &sql, [name.as_str()], contact)
            }
            ContactKey::Phone(phone) => {
                let sql = select_contact("WHERE c.phone = ?1");
                self.optional(doing, &sql, [phone.e164()], contact)
            }
            ContactKey::UserId(id) => {
                let sql = select_contact("WHERE c.user_id = ?1");
                self.optional(doing, &sql, [id.0], contact)
            }
        }
    }

    fn contact(&self, id: ContactId) -> Result<Option<Contact>, StoreError> {
        self.optional("reading a contact", &select_contact("WHERE c.id = ?1"), [id.0], contact)
    }

    fn consents(&self, id: ContactId) -> Result<Vec<(Slug, Consent)>, StoreError> {
        self.all(
            "reading consents",
            "SELECT a.name, m.audience_id, s.text, m.consented_at, coalesce(m.evidence, ''),
                 coalesce(m.scope, '')
             FROM members m
             JOIN consent_sources s ON s.id = m.source_id
             JOIN audiences a ON a.id = m.audience_id
             WHERE m.contact_id = ?1
             ORDER BY m.consented_at, m.audience_id",
            [id.0],
            |row| {
                let consent = Consent {
                    contact: id,
                    audience: AudienceId(row.get(1)?),
                    source: row.get(2)?,
                    at: Timestamp(row.get(3)?),
                    evidence: row.get(4)?,
                    scope: row.get(5)?,
                };
                Ok((slug(row, 0)?, consent))
            },
        )
    }

    fn waiting_on(&self, id: ContactId) -> Result<Vec<Slug>, StoreError> {
        self.all(
            "reading where a consent is missing",
            "SELECT a.name FROM members m JOIN audiences a ON a.id = m.audience_id
             WHERE m.contact_id = ?1 AND m.source_id IS NULL ORDER BY a.name",
            [id.0],
            |row| slug(row, 0),
        )
    }

    fn suppressions(&self, id: ContactId) -> Result<Vec<Option<Slug>>, StoreError> {
        self.all(
            "reading suppressions",
            "SELECT a.name, s.audience_id IS NULL
             FROM suppressions s LEFT JOIN audiences a ON a.id = s.audience_id
             WHERE s.contact_id = ?1 ORDER BY a.name",
            [id.0],
            |row| if row.get(1)? { Ok(None) } else { slug(row, 0).map(Some) },
        )
    }

    fn learn_user_id(&mut self, id: ContactId, user: UserId) -> Result<(), StoreError> {
        let learnt = self.run("learning a user id", |conn| {
            let mut statement = conn.prepare_cached(
                "UPDATE contacts SET user_id = ?2 WHERE id = ?1 AND user_id IS NULL",
            )?;
            match statement.execute([id.0, user.0]) {
                // Another contact has it: it stays theirs.
                Err(error) if is_taken(&error) => Ok(()),
                other => other.map(|_| ()),
            }
        });
        learnt?;
        self.carry_opt_out(id, user)
    }

    fn opt_out(&mut self, id: ContactId, how: &str, at: Timestamp) -> Result<(), StoreError> {
        if self.contact(id)?.is_none() {
            return Err(missing("contact", id));
        }
        let doing = "recording an opt-out";
        self.execute(
            doing,
            "INSERT OR IGNORE INTO opt_outs (contact_id, at, how) VALUES (?1, ?2, ?3)",
            params![id.0, at.0, how],
        )?;
        // Deliveries know a user id also where another contact holds it.
        self.execute(
            doing,
            "INSERT OR IGNORE INTO opt_out_users (user_id, at, how)
             SELECT user_id, ?2, ?3 FROM contacts WHERE id = ?1 AND user_id IS NOT NULL
             UNION
             SELECT user_id, ?2, ?3 FROM deliveries WHERE contact_id = ?1 AND user_id IS NOT NULL",
            params![id.0, at.0, how],
        )
        .map(|_| ())
    }

    fn suppress(
        &mut self,
        id: ContactId,
        audience: Option<AudienceId>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.execute(
            "suppressing a person",
            "INSERT INTO suppressions (contact_id, audience_id, at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
            params![id.0, audience.map(|a| a.0), at.0],
        )
        .map(|new| new > 0)
    }
}
