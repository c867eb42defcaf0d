//! The port of templates.

use crate::rows::{slug, unreadable};
use crate::unit::{SqliteUnit, missing};
use rusqlite::{Row, params};
use tg_core::ids::{Slug, TemplateId};
use tg_core::ports::{StoreError, StoredTemplate, TemplateStore};
use tg_core::template::Format;
use tg_core::time::Timestamp;

fn template(row: &Row<'_>) -> rusqlite::Result<StoredTemplate> {
    Ok(StoredTemplate {
        id: TemplateId(row.get(0)?),
        name: slug(row, 1)?,
        source: row.get(2)?,
        format: Format::parse(row.get_ref(3)?.as_str()?)
            .ok_or_else(|| unreadable("template format"))?,
        created_at: Timestamp(row.get(4)?),
    })
}

impl TemplateStore for SqliteUnit<'_> {
    fn add_template(
        &mut self,
        name: &Slug,
        source: &str,
        format: Format,
        at: Timestamp,
    ) -> Result<TemplateId, StoreError> {
        self.add("adding a template", "template", name.as_str(), |conn| {
            conn.prepare_cached(
                "INSERT INTO templates (name, source, format, created_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .insert(params![name.as_str(), source, format.as_str(), at.0])
        })
        .map(TemplateId)
    }

    fn template_named(&self, name: &Slug) -> Result<Option<StoredTemplate>, StoreError> {
        self.optional(
            "reading a template",
            "SELECT id, name, source, format, created_at FROM templates WHERE name = ?1",
            [name.as_str()],
            template,
        )
    }

    fn template(&self, id: TemplateId) -> Result<StoredTemplate, StoreError> {
        self.optional(
            "reading a template",
            "SELECT id, name, source, format, created_at FROM templates WHERE id = ?1",
            [id.0],
            template,
        )?
        .ok_or_else(|| missing("template", id))
    }

    fn templates(&self) -> Result<Vec<StoredTemplate>, StoreError> {
        self.all(
            "reading templates",
            "SELECT id, name, source, format, created_at FROM templates ORDER BY name",
            [],
            template,
        )
    }
}
