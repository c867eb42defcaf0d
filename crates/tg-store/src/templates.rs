//! The port of templates.

use crate::rows::{slug, unreadable};
use crate::unit::{SqliteUnit, missing};
use rusqlite::{Row, params};
use tg_core::ids::{Slug, TemplateId};
use tg_core::ports::{StoreError, StoredTemplate, TemplateStore};
use tg_core::template::{Format, Text};
use tg_core::time::Timestamp;

const READING: &str = "reading a template";

const SELECT: &str = "SELECT id, name, created_at, lang, source, format, media FROM templates";

/// A template without its further languages.
fn template(row: &Row<'_>) -> rusqlite::Result<StoredTemplate> {
    Ok(StoredTemplate {
        id: TemplateId(row.get(0)?),
        name: slug(row, 1)?,
        created_at: Timestamp(row.get(2)?),
        text: text(row, 3)?,
        others: Vec::new(),
    })
}

/// Language, source, format and files, beginning at `at`.
fn text(row: &Row<'_>, at: usize) -> rusqlite::Result<Text> {
    Ok(Text {
        lang: row.get(at)?,
        source: row.get(at + 1)?,
        format: Format::parse(row.get_ref(at + 2)?.as_str()?)
            .ok_or_else(|| unreadable("template format"))?,
        media: match row.get_ref(at + 3)?.as_str_or_null()? {
            None => Vec::new(),
            Some(json) => serde_json::from_str(json).map_err(|_| unreadable("set of files"))?,
        },
    })
}

/// A text's files as they are stored.
fn files(text: &Text) -> rusqlite::Result<Option<String>> {
    let json = (!text.media.is_empty()).then(|| serde_json::to_string(&text.media)).transpose();
    json.map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

impl SqliteUnit<'_> {
    fn with_languages(&self, mut template: StoredTemplate) -> Result<StoredTemplate, StoreError> {
        template.others = self.all(
            READING,
            "SELECT lang, source, format, media FROM template_texts WHERE template_id = ?1 ORDER BY lang",
            [template.id.0],
            |row| text(row, 0),
        )?;
        Ok(template)
    }
}

impl TemplateStore for SqliteUnit<'_> {
    fn add_template(
        &mut self,
        name: &Slug,
        text: &Text,
        at: Timestamp,
    ) -> Result<TemplateId, StoreError> {
        self.add("adding a template", "template", name.as_str(), |conn| {
            conn.prepare_cached(
                "INSERT INTO templates (name, lang, source, format, created_at, media)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .insert(params![
                name.as_str(),
                text.lang,
                text.source,
                text.format.as_str(),
                at.0,
                files(text)?
            ])
        })
        .map(TemplateId)
    }

    fn add_template_text(
        &mut self,
        template: TemplateId,
        text: &Text,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let StoredTemplate { text: main, .. } = self.template(template)?;
        if main.lang == text.lang {
            return Err(StoreError::Taken { what: "language", name: text.lang.clone() });
        }
        self.add("adding a language", "language", &text.lang, |conn| {
            conn.prepare_cached(
                "INSERT INTO template_texts (template_id, lang, source, format, added_at, media)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                template.0,
                text.lang,
                text.source,
                text.format.as_str(),
                at.0,
                files(text)?
            ])
        })
        .map(drop)
    }

    fn template_named(&self, name: &Slug) -> Result<Option<StoredTemplate>, StoreError> {
        // tidy: sql-constant
        let sql = format!("{SELECT} WHERE name = ?1");
        self.optional(READING, &sql, [name.as_str()], template)?
            .map(|found| self.with_languages(found))
            .transpose()
    }

    fn template(&self, id: TemplateId) -> Result<StoredTemplate, StoreError> {
        // tidy: sql-constant
        let sql = format!("{SELECT} WHERE id = ?1");
        let found = self.optional(READING, &sql, [id.0], template)?;
        self.with_languages(found.ok_or_else(|| missing("template", id))?)
    }

    fn put_media(&mut self, hash: &str, bytes: &[u8], at: Timestamp) -> Result<(), StoreError> {
        self.execute(
            "keeping a file",
            "INSERT INTO media (hash, bytes, added_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![hash, bytes, at.0],
        )
        .map(|_| ())
    }

    fn media(&self, hash: &str) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT bytes FROM media WHERE hash = ?1";
        self.optional("reading a file", sql, [hash], |row| row.get(0))?
            .ok_or_else(|| missing("file", hash))
    }

    fn templates(&self) -> Result<Vec<StoredTemplate>, StoreError> {
        // tidy: sql-constant
        let sql = format!("{SELECT} ORDER BY name");
        let all = self.all("reading templates", &sql, [], template)?;
        // A home has tens of templates.
        all.into_iter().map(|found| self.with_languages(found)).collect()
    }
}
