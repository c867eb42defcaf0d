//! A rendered text with its entities, as Telegram takes it.

use crate::delivery::{Body, Entity};

/// How long a text is in UTF-16 code units, as Telegram counts.
pub(super) fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// Trims what Telegram would trim, so that offsets stay inside the text.
pub(super) fn trimmed(mut text: String, entities: Vec<Entity>) -> Body {
    let end = text.trim_end().len();
    text.truncate(end);
    let lead = text.len() - text.trim_start().len();
    let cut = units(&text[..lead]);
    text.drain(..lead);
    let units = units(&text);
    let mut entities: Vec<Entity> =
        entities.into_iter().filter_map(|e| clip(e, cut, units)).collect();
    entities.sort_by(|a, b| a.offset.cmp(&b.offset).then(b.length.cmp(&a.length)));
    Body { text, entities, ..Body::default() }
}

/// Moves an entity by the cut and keeps what lies inside the text.
fn clip(entity: Entity, cut: u32, units: u32) -> Option<Entity> {
    let from = entity.offset.saturating_sub(cut);
    let to = (entity.offset + entity.length).saturating_sub(cut).min(units);
    (to > from).then_some(Entity {
        offset: from,
        length: to.saturating_sub(from),
        kind: entity.kind,
    })
}
