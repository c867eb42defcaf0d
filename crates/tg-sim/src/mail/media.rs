//! A message's file and buttons, in the shape that is kept and journalled.

use grammers_tl_types as tl;
use serde::{Deserialize, Serialize};
use tl::{enums, types};

use crate::clock;

/// A file that came with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Media {
    pub(crate) kind: Kind,
    /// Of its content, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) name: String,
    pub(crate) mime_type: String,
    pub(crate) size: i32,
    /// Its number at the simulator.
    pub(crate) id: i64,
    /// The same for all files of an album.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) grouped_id: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Photo,
    Document,
}

/// A button below a bot's message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Button {
    pub(crate) text: String,
    pub(crate) url: String,
}

impl Media {
    /// What has to be shown beside its number.
    pub(crate) const fn access_hash(&self) -> i64 {
        !self.id
    }

    pub(crate) fn file_reference(&self) -> Vec<u8> {
        self.id.to_le_bytes().to_vec()
    }

    /// As clients get it.
    pub(crate) fn to_tl(&self) -> enums::MessageMedia {
        match self.kind {
            Kind::Photo => types::MessageMediaPhoto {
                spoiler: false,
                live_photo: false,
                photo: Some(self.photo().into()),
                ttl_seconds: None,
                video: None,
            }
            .into(),
            Kind::Document => types::MessageMediaDocument {
                nopremium: false,
                spoiler: false,
                video: false,
                round: false,
                voice: false,
                document: Some(self.document().into()),
                alt_documents: None,
                video_cover: None,
                video_timestamp: None,
                ttl_seconds: None,
            }
            .into(),
        }
    }

    fn photo(&self) -> types::Photo {
        let size = types::PhotoSize { r#type: "x".into(), w: 800, h: 600, size: self.size };
        types::Photo {
            has_stickers: false,
            id: self.id,
            access_hash: self.access_hash(),
            file_reference: self.file_reference(),
            date: clock::date(),
            sizes: vec![size.into()],
            video_sizes: None,
            dc_id: 2,
        }
    }

    fn document(&self) -> types::Document {
        let name = types::DocumentAttributeFilename { file_name: self.name.clone() };
        types::Document {
            id: self.id,
            access_hash: self.access_hash(),
            file_reference: self.file_reference(),
            date: clock::date(),
            mime_type: self.mime_type.clone(),
            size: i64::from(self.size),
            thumbs: None,
            video_thumbs: None,
            dc_id: 2,
            attributes: vec![name.into()],
        }
    }
}

/// The buttons of a markup that open links, by row.
pub(crate) fn buttons(markup: &enums::ReplyMarkup) -> Vec<Vec<Button>> {
    let enums::ReplyMarkup::ReplyInlineMarkup(markup) = markup else { return Vec::new() };
    let row = |row: &enums::KeyboardInlineButtonRow| {
        let enums::KeyboardInlineButtonRow::Row(row) = row;
        row.buttons.iter().filter_map(button).collect()
    };
    markup.rows.iter().map(row).collect()
}

fn button(button: &enums::KeyboardInlineButton) -> Option<Button> {
    let enums::KeyboardInlineButton::Button(button) = button;
    match &button.r#type {
        enums::InlineButtonType::Url(url) => {
            Some(Button { text: button.text.clone(), url: url.url.clone() })
        }
        _ => None,
    }
}
