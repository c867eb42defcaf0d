//! What a message carries beside its text: files, and a bot's buttons.

use serde::{Deserialize, Serialize};

/// Largest file, in bytes: up to here parts are uploaded by `upload.saveFilePart`
/// (core.telegram.org/api/files#uploading-files), and a photo may not be larger
/// (core.telegram.org/bots/api#sending-files).
pub const MAX_MEDIA: usize = 10 * 1024 * 1024;

/// Most files of one album (core.telegram.org/bots/api#sendmediagroup).
pub const MAX_ALBUM: usize = 10;

/// A file that goes with a message. It is named by its content, so that what a claim committed to is
/// what is sent, however often it is uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// How it is shown.
    pub kind: MediaKind,
    /// SHA-256 of the content, in hexadecimal.
    pub hash: String,
    /// What the file is called.
    pub name: String,
    /// Its type, as its first bytes tell.
    pub mime: String,
    /// Bytes.
    pub size: u64,
}

/// How a file is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// `inputMediaPhoto`: a picture, which Telegram makes smaller.
    Photo,
    /// `inputMediaDocument`: a file as it is.
    Document,
}

impl MediaKind {
    /// The name under which it is typed and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
        }
    }

    /// The inverse of [`MediaKind::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Photo, Self::Document].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A button below a bot's message that opens a link (core.telegram.org/api/bots/buttons).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What is on it.
    pub text: String,
    /// Where it leads.
    pub url: String,
}
