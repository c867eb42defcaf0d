//! Formatting, ours and Telegram's (core.telegram.org/api/entities). Both count in UTF-16 code
//! units, so positions pass unchanged.

use grammers_client::tl::{enums, types};
use tg_core::delivery::{Entity, EntityKind};

/// An entity lies beyond what Telegram's numbers can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfRange;

/// As Telegram takes it.
pub(crate) fn to_tl(entities: &[Entity]) -> Result<Vec<enums::MessageEntity>, OutOfRange> {
    entities.iter().map(one_to_tl).collect()
}

fn one_to_tl(entity: &Entity) -> Result<enums::MessageEntity, OutOfRange> {
    let offset = i32::try_from(entity.offset).map_err(|_| OutOfRange)?;
    let length = i32::try_from(entity.length).map_err(|_| OutOfRange)?;
    Ok(match &entity.kind {
        EntityKind::Bold => types::MessageEntityBold { offset, length }.into(),
        EntityKind::Italic => types::MessageEntityItalic { offset, length }.into(),
        EntityKind::Underline => types::MessageEntityUnderline { offset, length }.into(),
        EntityKind::Spoiler => types::MessageEntitySpoiler { offset, length }.into(),
        EntityKind::Strike => types::MessageEntityStrike { offset, length }.into(),
        EntityKind::Code => types::MessageEntityCode { offset, length }.into(),
        EntityKind::Pre { language } => {
            types::MessageEntityPre { offset, length, language: language.clone() }.into()
        }
        EntityKind::Quote => {
            types::MessageEntityBlockquote { collapsed: false, offset, length }.into()
        }
        EntityKind::Link { url } => {
            types::MessageEntityTextUrl { offset, length, url: url.clone() }.into()
        }
    })
}

/// As Telegram tells it. Kinds that the domain has no word for are left out: Telegram adds some of
/// its own (bare links, hashtags, numbers) to what was sent.
pub(crate) fn from_tl(entities: &[enums::MessageEntity]) -> Vec<Entity> {
    let mut known: Vec<Entity> = entities.iter().filter_map(one_from_tl).collect();
    known.sort_by_key(|entity| entity.offset);
    known
}

fn one_from_tl(entity: &enums::MessageEntity) -> Option<Entity> {
    use enums::MessageEntity as Tl;
    let (offset, length, kind) = match entity {
        Tl::Bold(it) => (it.offset, it.length, EntityKind::Bold),
        Tl::Italic(it) => (it.offset, it.length, EntityKind::Italic),
        Tl::Underline(it) => (it.offset, it.length, EntityKind::Underline),
        Tl::Spoiler(it) => (it.offset, it.length, EntityKind::Spoiler),
        Tl::Strike(it) => (it.offset, it.length, EntityKind::Strike),
        Tl::Code(it) => (it.offset, it.length, EntityKind::Code),
        Tl::Pre(it) => (it.offset, it.length, EntityKind::Pre { language: it.language.clone() }),
        Tl::Blockquote(it) => (it.offset, it.length, EntityKind::Quote),
        Tl::TextUrl(it) => (it.offset, it.length, EntityKind::Link { url: it.url.clone() }),
        _ => return None,
    };
    Some(Entity { offset: u32::try_from(offset).ok()?, length: u32::try_from(length).ok()?, kind })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Where `part` lies in `text`, as Telegram counts.
    fn span(text: &str, part: &str, kind: EntityKind) -> Entity {
        let at = text.find(part).unwrap();
        let units = |s: &str| u32::try_from(s.encode_utf16().count()).unwrap();
        Entity { offset: units(&text[..at]), length: units(part), kind }
    }

    #[test]
    fn positions_in_utf16_survive_the_way_there_and_back() {
        let text = "👍🏽 bold ж italic 👨‍👩‍👧 struck code\nfn x() {}\nquoted — here";
        let ours = vec![
            span(text, "bold", EntityKind::Bold),
            span(text, "italic 👨‍👩‍👧", EntityKind::Italic),
            span(text, "struck", EntityKind::Strike),
            span(text, "code", EntityKind::Code),
            span(text, "fn x() {}", EntityKind::Pre { language: "rust".to_owned() }),
            span(text, "quoted", EntityKind::Quote),
            span(text, "here", EntityKind::Link { url: "https://example.org/".to_owned() }),
        ];
        let theirs = to_tl(&ours).unwrap();
        assert_eq!(theirs.len(), ours.len());
        let enums::MessageEntity::Bold(bold) = &theirs[0] else { panic!("{:?}", theirs[0]) };
        // Thumb and skin tone are two code units each, then a space.
        assert_eq!((bold.offset, bold.length), (5, 4));
        assert_eq!(from_tl(&theirs), ours);
    }

    #[test]
    fn what_telegram_adds_is_left_out_and_order_is_restored() {
        let theirs = vec![
            types::MessageEntityItalic { offset: 9, length: 2 }.into(),
            types::MessageEntityUrl { offset: 0, length: 4 }.into(),
            types::MessageEntityBold { offset: 5, length: 2 }.into(),
            types::MessageEntityBold { offset: -1, length: 2 }.into(),
        ];
        let ours = from_tl(&theirs);
        assert_eq!(ours.iter().map(|e| e.offset).collect::<Vec<_>>(), [5, 9]);
    }

    #[test]
    fn positions_that_telegram_cannot_say_are_refused() {
        let beyond = Entity { offset: u32::MAX, length: 1, kind: EntityKind::Bold };
        assert_eq!(to_tl(&[beyond]), Err(OutOfRange));
    }
}
