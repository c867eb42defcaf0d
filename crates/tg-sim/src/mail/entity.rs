//! Formatting of a text, in the shape that is kept and journalled.

use grammers_tl_types as tl;
use serde::{Deserialize, Serialize};
use tl::enums::MessageEntity as Tl;

/// A formatted span of a text; offsets and lengths are in UTF-16 units (core.telegram.org/api/entities).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entity {
    #[serde(rename = "type")]
    kind: Kind,
    pub(crate) offset: i32,
    pub(crate) length: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document_id: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    collapsed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Mention,
    Hashtag,
    BotCommand,
    Url,
    Email,
    Bold,
    Italic,
    Code,
    Pre,
    TextUrl,
    MentionName,
    Phone,
    Cashtag,
    Underline,
    Strike,
    BankCard,
    Spoiler,
    CustomEmoji,
    Blockquote,
}

impl Entity {
    fn plain(kind: Kind, offset: i32, length: i32) -> Self {
        Self {
            kind,
            offset,
            length,
            url: None,
            language: None,
            user_id: None,
            document_id: None,
            collapsed: false,
        }
    }

    /// What is kept of a client's entity; `None` for kinds that no message text has. `user` gives the user id of an
    /// `inputMessageEntityMentionName`, if its hash is right.
    pub(crate) fn from_tl(
        entity: &Tl,
        user: impl Fn(&tl::enums::InputUser) -> Option<i64>,
    ) -> Option<Self> {
        let plain = |kind| Some(Self::plain(kind, entity.offset(), entity.length()));
        match entity {
            Tl::Mention(_) => plain(Kind::Mention),
            Tl::Hashtag(_) => plain(Kind::Hashtag),
            Tl::BotCommand(_) => plain(Kind::BotCommand),
            Tl::Url(_) => plain(Kind::Url),
            Tl::Email(_) => plain(Kind::Email),
            Tl::Bold(_) => plain(Kind::Bold),
            Tl::Italic(_) => plain(Kind::Italic),
            Tl::Code(_) => plain(Kind::Code),
            Tl::Phone(_) => plain(Kind::Phone),
            Tl::Cashtag(_) => plain(Kind::Cashtag),
            Tl::Underline(_) => plain(Kind::Underline),
            Tl::Strike(_) => plain(Kind::Strike),
            Tl::BankCard(_) => plain(Kind::BankCard),
            Tl::Spoiler(_) => plain(Kind::Spoiler),
            Tl::Pre(e) => {
                plain(Kind::Pre).map(|kept| Self { language: Some(e.language.clone()), ..kept })
            }
            Tl::TextUrl(e) => {
                plain(Kind::TextUrl).map(|kept| Self { url: Some(e.url.clone()), ..kept })
            }
            Tl::MentionName(e) => {
                plain(Kind::MentionName).map(|kept| Self { user_id: Some(e.user_id), ..kept })
            }
            Tl::InputMessageEntityMentionName(e) => {
                let user_id = Some(user(&e.user_id)?);
                plain(Kind::MentionName).map(|kept| Self { user_id, ..kept })
            }
            Tl::CustomEmoji(e) => plain(Kind::CustomEmoji)
                .map(|kept| Self { document_id: Some(e.document_id), ..kept }),
            Tl::Blockquote(e) => {
                plain(Kind::Blockquote).map(|kept| Self { collapsed: e.collapsed, ..kept })
            }
            Tl::Unknown(_)
            | Tl::FormattedDate(_)
            | Tl::DiffInsert(_)
            | Tl::DiffReplace(_)
            | Tl::DiffDelete(_)
            | Tl::TonAddress(_) => None,
        }
    }

    /// As clients get it back.
    pub(crate) fn to_tl(&self) -> Tl {
        let (offset, length) = (self.offset, self.length);
        macro_rules! plain {
            ($type:ident) => {
                tl::types::$type { offset, length }.into()
            };
        }
        match self.kind {
            Kind::Mention => plain!(MessageEntityMention),
            Kind::Hashtag => plain!(MessageEntityHashtag),
            Kind::BotCommand => plain!(MessageEntityBotCommand),
            Kind::Url => plain!(MessageEntityUrl),
            Kind::Email => plain!(MessageEntityEmail),
            Kind::Bold => plain!(MessageEntityBold),
            Kind::Italic => plain!(MessageEntityItalic),
            Kind::Code => plain!(MessageEntityCode),
            Kind::Phone => plain!(MessageEntityPhone),
            Kind::Cashtag => plain!(MessageEntityCashtag),
            Kind::Underline => plain!(MessageEntityUnderline),
            Kind::Strike => plain!(MessageEntityStrike),
            Kind::BankCard => plain!(MessageEntityBankCard),
            Kind::Spoiler => plain!(MessageEntitySpoiler),
            Kind::Pre => tl::types::MessageEntityPre {
                offset,
                length,
                language: self.language.clone().unwrap_or_default(),
            }
            .into(),
            Kind::TextUrl => tl::types::MessageEntityTextUrl {
                offset,
                length,
                url: self.url.clone().unwrap_or_default(),
            }
            .into(),
            Kind::MentionName => tl::types::MessageEntityMentionName {
                offset,
                length,
                user_id: self.user_id.unwrap_or_default(),
            }
            .into(),
            Kind::CustomEmoji => tl::types::MessageEntityCustomEmoji {
                offset,
                length,
                document_id: self.document_id.unwrap_or_default(),
            }
            .into(),
            Kind::Blockquote => {
                tl::types::MessageEntityBlockquote { collapsed: self.collapsed, offset, length }
                    .into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn entities_survive_the_journal_and_go_back_as_they_came() {
        let sent: [Tl; 4] = [
            tl::types::MessageEntityBold { offset: 0, length: 2 }.into(),
            tl::types::MessageEntityTextUrl {
                offset: 3,
                length: 4,
                url: "https://example.org".into(),
            }
            .into(),
            tl::types::MessageEntityPre { offset: 8, length: 1, language: "rust".into() }.into(),
            tl::types::MessageEntityBlockquote { collapsed: true, offset: 0, length: 9 }.into(),
        ];
        for entity in sent {
            let kept = Entity::from_tl(&entity, |_| None).unwrap();
            let line = serde_json::to_string(&kept).unwrap();
            let read: Entity = serde_json::from_str(&line).unwrap();
            assert_eq!(read.to_tl(), entity);
        }
    }
}
