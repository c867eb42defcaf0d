//! The port of audiences.

use crate::contacts::{contact, select_contact};
use crate::rows::{count, slug, time, unreadable};
use crate::unit::{SqliteUnit, limit, missing};
use rusqlite::{Row, params};
use tg_core::audience::{Audience, AudienceSummary, ImportRun, Listed};
use tg_core::consent::Consent;
use tg_core::contact::Contact;
use tg_core::ids::{AudienceId, ConsentSourceId, ContactId, Slug};
use tg_core::ports::{AudienceStore, ContactStore, StoreError};
use tg_core::time::Timestamp;

const COLUMNS: &str = "a.id, a.name, a.created_at,
    (SELECT json_group_array(field) FROM
        (SELECT field FROM audience_fields f WHERE f.audience_id = a.id ORDER BY field))";

fn audience(row: &Row<'_>) -> rusqlite::Result<Audience> {
    let fields = row.get_ref(3)?.as_str()?;
    Ok(Audience {
        id: AudienceId(row.get(0)?),
        name: slug(row, 1)?,
        created_at: Timestamp(row.get(2)?),
        fields: serde_json::from_str(fields).map_err(|_| unreadable("set of fields"))?,
    })
}

impl SqliteUnit<'_> {
    /// The row of a sentence about consents.
    pub(crate) fn consent_source(&self, text: &str) -> Result<ConsentSourceId, StoreError> {
        let doing = "keeping where a consent came from";
        let find = "SELECT id FROM consent_sources WHERE text = ?1";
        if let Some(id) = self.optional(doing, find, [text], |row| row.get(0))? {
            return Ok(ConsentSourceId(id));
        }
        self.run(doing, |conn| {
            conn.prepare_cached("INSERT INTO consent_sources (text) VALUES (?1)")?.insert([text])
        })
        .map(ConsentSourceId)
    }

    /// A member with what says whether they may be written to.
    pub(crate) fn permitted_on(
        &self,
        audience: AudienceId,
        contact: Contact,
    ) -> Result<Listed, StoreError> {
        let id = contact.id;
        let (consent, suppressed) = self.one(
            "reading what a member consented to",
            "SELECT s.text, m.consented_at, EXISTS (SELECT 1 FROM suppressions x
                 WHERE x.contact_id = ?2 AND (x.audience_id IS NULL OR x.audience_id = ?1)),
                 coalesce(m.evidence, ''), coalesce(m.scope, '')
             FROM members m LEFT JOIN consent_sources s ON s.id = m.source_id
             WHERE m.audience_id = ?1 AND m.contact_id = ?2",
            [audience.0, id.0],
            |row| {
                let source: Option<String> = row.get(0)?;
                let (evidence, scope) = (row.get(3)?, row.get(4)?);
                let consent = source.zip(time(row, 1)?).map(|(source, at)| Consent {
                    contact: id,
                    audience,
                    source,
                    at,
                    evidence,
                    scope,
                });
                Ok((consent, row.get(2)?))
            },
        )?;
        let tags = self.contact_tags(id)?;
        Ok(Listed { contact, consent, suppressed, tags })
    }
}

impl AudienceStore for SqliteUnit<'_> {
    fn ensure_audience(
        &mut self,
        name: &Slug,
        fields: &[String],
        at: Timestamp,
    ) -> Result<Audience, StoreError> {
        let doing = "making an audience";
        self.execute(
            doing,
            "INSERT INTO audiences (name, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![name.as_str(), at.0],
        )?;
        for field in fields {
            self.execute(
                doing,
                "INSERT OR IGNORE INTO audience_fields (audience_id, field)
                 SELECT id, ?2 FROM audiences WHERE name = ?1",
                [name.as_str(), field.as_str()],
            )?;
        }
        self.audience_named(name)?.ok_or_else(|| missing("audience", name))
    }

    fn begin_import(
        &mut self,
        audience: AudienceId,
        consent: Option<&str>,
    ) -> Result<ImportRun, StoreError> {
        let doing = "beginning an import";
        let number =
            self.one(doing, "UPDATE meta SET import = import + 1 RETURNING import", [], |row| {
                row.get(0)
            })?;
        let source = consent.map(|text| self.consent_source(text)).transpose()?;
        Ok(ImportRun { audience, number, source })
    }

    fn audience_named(&self, name: &Slug) -> Result<Option<Audience>, StoreError> {
        // tidy: sql-constant
        let sql = format!("SELECT {COLUMNS} FROM audiences a WHERE name = ?1");
        self.optional("reading an audience", &sql, [name.as_str()], audience)
    }

    fn audience(&self, id: AudienceId) -> Result<Audience, StoreError> {
        // tidy: sql-constant
        let sql = format!("SELECT {COLUMNS} FROM audiences a WHERE id = ?1");
        self.optional("reading an audience", &sql, [id.0], audience)?
            .ok_or_else(|| missing("audience", id))
    }

    fn member_count(&self, audience: AudienceId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM members WHERE audience_id = ?1";
        self.one("counting members", sql, [audience.0], |row| count(row, 0))
    }

    fn audience_summaries(&self) -> Result<Vec<AudienceSummary>, StoreError> {
        // tidy: sql-constant
        let sql = format!(
            "SELECT {COLUMNS},
                (SELECT count(*) FROM members m WHERE m.audience_id = a.id),
                (SELECT count(*) FROM members m JOIN contacts c ON c.id = m.contact_id
                 WHERE m.audience_id = a.id
                   AND (EXISTS (SELECT 1 FROM opt_outs o WHERE o.contact_id = c.id)
                     OR EXISTS (SELECT 1 FROM opt_out_users u WHERE u.user_id = c.user_id))),
                (SELECT count(*) FROM members m
                 WHERE m.audience_id = a.id
                   AND EXISTS (SELECT 1 FROM suppressions s WHERE s.contact_id = m.contact_id
                       AND (s.audience_id IS NULL OR s.audience_id = a.id)))
             FROM audiences a ORDER BY a.name"
        );
        self.all("counting audiences", &sql, [], |row| {
            Ok(AudienceSummary {
                audience: audience(row)?,
                members: count(row, 4)?,
                opted_out: count(row, 5)?,
                suppressed: count(row, 6)?,
            })
        })
    }

    fn members(
        &self,
        audience: AudienceId,
        after: Option<ContactId>,
        most: usize,
    ) -> Result<Vec<Contact>, StoreError> {
        let sql = select_contact(
            "WHERE c.id IN (SELECT contact_id FROM members WHERE audience_id = ?1
                AND contact_id > ?2 ORDER BY contact_id LIMIT ?3)
             ORDER BY c.id",
        );
        let after = after.map_or(i64::MIN, |id| id.0);
        self.all("reading members", &sql, [audience.0, after, limit(most)], contact)
    }

    fn listed(
        &self,
        audience: AudienceId,
        after: Option<ContactId>,
        most: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let members = self.members(audience, after, most)?;
        members.into_iter().map(|contact| self.permitted_on(audience, contact)).collect()
    }
}
