//! One row of a list: who it is, what it changes, what it must not change.

use crate::rows::{PERSON_COLUMNS, fields_json, person, person_columns};
use crate::unit::SqliteUnit;
use rusqlite::{CachedStatement, ToSql, params};
use tg_core::audience::{ImportRun, ImportVerdict};
use tg_core::consent::Given;
use tg_core::contact::Person;
use tg_core::ids::ContactId;
use tg_core::peer::PhoneNumber;
use tg_core::ports::StoreError;
use tg_core::time::Timestamp;

const DOING: &str = "importing a person";

/// Looks a contact up by one column.
macro_rules! find_by {
    ($column:literal) => {
        concat!("SELECT ", person_columns!(), ", c.id FROM contacts c WHERE c.", $column, " = ?1")
    };
}

const CONTACT: &str = "INSERT INTO contacts (username, phone, user_id, first_name, last_name, lang,
        tz, fields, created_at, changed_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) ON CONFLICT DO NOTHING";

const MEMBER: &str =
    "INSERT INTO members (audience_id, contact_id, source_id, consented_at, import, evidence, scope)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";

/// What is run for every row: looked up once for all rows of a transaction.
pub(crate) struct ImportStatements<'c> {
    contact: CachedStatement<'c>,
    member: CachedStatement<'c>,
}

/// Somebody the home knows already.
struct Known {
    id: ContactId,
    person: Person,
}

/// What looking somebody up gave.
enum Found {
    Nobody,
    One(Box<Known>),
    Conflict(ImportVerdict),
}

/// What a row did to the person it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    /// Nobody of these names was known.
    New,
    /// Something about them is new.
    Changed,
    /// Everything was known.
    Same,
}

impl<'c> SqliteUnit<'c> {
    /// Runs one of the statements that every row needs.
    fn import<T>(
        &self,
        work: impl FnOnce(&mut ImportStatements<'c>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut kept = self.importing.borrow_mut();
        let statements = match &mut *kept {
            Some(statements) => statements,
            none => none.insert(ImportStatements {
                contact: self.prepare(DOING, CONTACT)?,
                member: self.prepare(DOING, MEMBER)?,
            }),
        };
        self.run(DOING, |_| work(statements))
    }

    /// Finds or makes the person.
    pub(crate) fn merge_person(
        &self,
        new: &Person,
        at: Timestamp,
    ) -> Result<Result<(ContactId, Merged), ImportVerdict>, StoreError> {
        if !new.is_addressed() {
            return Err(StoreError::Backend {
                doing: DOING,
                detail: "nothing names this person".to_owned(),
            });
        }
        // Most rows of most lists name somebody new, and the unique indexes know whether this one
        // does: they are asked once, by the insert itself.
        if let Some(id) = self.insert_contact(new, at)? {
            return Ok(Ok((id, Merged::New)));
        }
        match self.look_up(new)? {
            Found::Conflict(verdict) => Ok(Err(verdict)),
            Found::Nobody => Err(StoreError::Backend {
                doing: DOING,
                detail: "somebody is known by a name that finds nobody".to_owned(),
            }),
            Found::One(known) => {
                let merged = merge(&known.person, new);
                let changed = merged != known.person;
                if changed {
                    self.update_contact(known.id, &merged, at)?;
                }
                if let (None, Some(user)) = (known.person.user_id, merged.user_id) {
                    self.carry_opt_out(known.id, user)?;
                }
                Ok(Ok((known.id, if changed { Merged::Changed } else { Merged::Same })))
            }
        }
    }

    /// Puts somebody on an audience with their consent; the verdict of the row.
    pub(crate) fn enlist(
        &self,
        run: ImportRun,
        contact: ContactId,
        given: &Given,
        at: Timestamp,
        changed: bool,
    ) -> Result<ImportVerdict, StoreError> {
        let source = match &given.source {
            Some(text) => Some(self.consent_source(text)?),
            None => run.source,
        };
        let source = source.map(|source| source.0);
        let given_at = source.map(|_| given.at.unwrap_or(at).0);
        let (evidence, scope) = (given.evidence.as_deref(), given.scope.as_deref());
        let row = params![run.audience.0, contact.0, source, given_at, run.number, evidence, scope];
        let added = self.import(|statements| statements.member.execute(row))?;
        if added > 0 {
            return Ok(ImportVerdict::Imported);
        }
        let (last, unconsented) = self.one(
            DOING,
            "SELECT import, source_id IS NULL FROM members
             WHERE audience_id = ?1 AND contact_id = ?2",
            [run.audience.0, contact.0],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?)),
        )?;
        let consents = unconsented && source.is_some();
        if consents {
            self.execute(
                DOING,
                "UPDATE members SET import = ?3, source_id = ?4, consented_at = ?5, evidence = ?6,
                     scope = ?7
                 WHERE audience_id = ?1 AND contact_id = ?2",
                params![run.audience.0, contact.0, run.number, source, given_at, evidence, scope],
            )?;
        } else if last != run.number {
            // A consent that is there is kept, with its date.
            self.execute(
                DOING,
                "UPDATE members SET import = ?3 WHERE audience_id = ?1 AND contact_id = ?2",
                [run.audience.0, contact.0, run.number],
            )?;
        }
        Ok(if changed || consents || last == run.number {
            ImportVerdict::Updated
        } else {
            ImportVerdict::Unchanged
        })
    }

    /// Looks a person up by each name in the order of the columns.
    fn look_up(&self, new: &Person) -> Result<Found, StoreError> {
        let mut found: Option<Known> = None;
        let username = new.username.as_ref().map(tg_core::peer::Username::as_str);
        let phone = new.phone.as_ref().map(PhoneNumber::e164);
        let matches = [
            ("username", self.known(find_by!("username"), username)?),
            ("phone", self.known(find_by!("phone"), phone)?),
            ("user_id", self.known(find_by!("user_id"), new.user_id.map(|id| id.0))?),
        ];
        for (column, known) in matches {
            let Some(known) = known else { continue };
            match &found {
                None => found = Some(known),
                Some(first) if first.id == known.id => {}
                Some(first) => return Ok(Found::Conflict(two_people(column, first, &known))),
            }
        }
        Ok(match found {
            None => Found::Nobody,
            Some(known) => match (known.person.user_id, new.user_id) {
                (Some(old), Some(new)) if old != new => Found::Conflict(ImportVerdict::Conflict {
                    column: "user_id",
                    detail: format!("{} is known as Telegram user {old}", known.person.label()),
                }),
                _ => Found::One(Box::new(known)),
            },
        })
    }

    fn known(
        &self,
        sql: &'static str,
        key: Option<impl ToSql>,
    ) -> Result<Option<Known>, StoreError> {
        let Some(key) = key else { return Ok(None) };
        self.optional(DOING, sql, [key], |row| {
            let id = ContactId(row.get(PERSON_COLUMNS)?);
            Ok(Known { id, person: person(row, 0)? })
        })
    }

    /// Makes a contact; `None` if one of their names is known.
    fn insert_contact(&self, new: &Person, at: Timestamp) -> Result<Option<ContactId>, StoreError> {
        self.import(|statements| {
            let added = statements.contact.execute(params![
                new.username.as_ref().map(tg_core::peer::Username::as_str),
                new.phone.as_ref().map(PhoneNumber::e164),
                new.user_id.map(|id| id.0),
                new.first_name,
                new.last_name,
                new.lang,
                new.tz,
                fields_json(&new.fields)?,
                at.0,
            ])?;
            Ok((added > 0).then(|| ContactId(self.conn.last_insert_rowid())))
        })
    }

    fn update_contact(
        &self,
        id: ContactId,
        person: &Person,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.run(DOING, |conn| {
            conn.prepare_cached(
                "UPDATE contacts SET username = ?2, phone = ?3, user_id = ?4, first_name = ?5,
                    last_name = ?6, lang = ?7, tz = ?8, fields = ?9, changed_at = ?10
                 WHERE id = ?1",
            )?
            .execute(params![
                id.0,
                person.username.as_ref().map(tg_core::peer::Username::as_str),
                person.phone.as_ref().map(PhoneNumber::e164),
                person.user_id.map(|id| id.0),
                person.first_name,
                person.last_name,
                person.lang,
                person.tz,
                fields_json(&person.fields)?,
                at.0,
            ])
        })
        .map(|_| ())
    }
}

fn two_people(column: &'static str, first: &Known, other: &Known) -> ImportVerdict {
    ImportVerdict::Conflict {
        column,
        detail: format!(
            "the columns before name {}, this one {}",
            first.person.label(),
            other.person.label()
        ),
    }
}

/// What is known after a row: new values replace old ones, empty ones do not.
fn merge(known: &Person, new: &Person) -> Person {
    let text = |old: &String, new: &String| if new.is_empty() { old } else { new }.clone();
    let mut fields = known.fields.clone();
    for (name, value) in &new.fields {
        if !value.is_empty() || !fields.contains_key(name) {
            fields.insert(name.clone(), value.clone());
        }
    }
    Person {
        username: new.username.clone().or_else(|| known.username.clone()),
        phone: new.phone.clone().or_else(|| known.phone.clone()),
        user_id: new.user_id.or(known.user_id),
        first_name: text(&known.first_name, &new.first_name),
        last_name: text(&known.last_name, &new.last_name),
        lang: text(&known.lang, &new.lang),
        tz: text(&known.tz, &new.tz),
        fields,
    }
}
