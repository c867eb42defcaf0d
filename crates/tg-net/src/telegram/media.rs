//! Files: uploaded once for each account, then sent by reference
//! (core.telegram.org/api/files, core.telegram.org/api/file-references).

use super::connection::Connection;
use super::errors::{self, Call};
use super::send::input_peer;
use grammers_client::tl::{enums, functions, types};
use std::collections::BTreeMap;
use std::sync::Arc;
use tg_core::delivery::{Media, MediaKind};
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::peer::Peer;
use tg_core::ports::MediaSource;
use tokio::sync::Mutex;

/// Bytes of one part: a divisor of 512 KiB, in whole kilobytes, the same for all parts but the last
/// (core.telegram.org/api/files#uploading-files).
const PART: usize = 128 * 1024;

/// Files whose references are remembered at most; a campaign has a handful.
const MAX_KEPT: usize = 256;

/// One account's uploads, for as long as the process runs: a reference may be good for days.
pub(crate) struct Shelf {
    source: Option<Arc<dyn MediaSource>>,
    /// By kind and content. Held while something is uploaded, so that what many messages wait for is
    /// uploaded once.
    kept: Mutex<BTreeMap<String, enums::InputMedia>>,
}

impl Shelf {
    /// A shelf that is empty still.
    pub(crate) fn new(source: Option<Arc<dyn MediaSource>>) -> Self {
        Self { source, kept: Mutex::default() }
    }

    /// A file as messages name it; uploads it if this account has not done so yet.
    pub(crate) async fn input(
        &self,
        connection: &Connection,
        peer: Peer,
        file: &Media,
    ) -> Result<enums::InputMedia, Failure> {
        let mut kept = self.kept.lock().await;
        if let Some(known) = kept.get(&key(file)) {
            return Ok(known.clone());
        }
        let uploaded = upload(connection, peer, file, self.content(file).await?).await?;
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(key(file), uploaded.clone());
        Ok(uploaded)
    }

    /// Telegram does not take these references any more.
    pub(crate) async fn forget(&self, files: &[Media]) {
        let mut kept = self.kept.lock().await;
        for file in files {
            kept.remove(&key(file));
        }
    }

    async fn content(&self, file: &Media) -> Result<Vec<u8>, Failure> {
        let missing = |detail: String| {
            Failure::new(
                FailureClass::Refused(Refusal::Config),
                "media_missing",
                format!("The file {} could not be read from the home: {detail}", file.name),
            )
        };
        let Some(source) = &self.source else {
            return Err(missing("nothing says where files are".to_owned()));
        };
        source.media(&file.hash).await.map_err(|error| missing(error.to_string()))
    }
}

/// Whether a file has to be uploaded again (core.telegram.org/api/file-references).
pub(crate) fn is_stale(failure: &Failure) -> bool {
    failure.reason.starts_with("FILE_REFERENCE_")
        && matches!(failure.class, FailureClass::Refused(_))
}

fn key(file: &Media) -> String {
    format!("{}:{}", file.kind.as_str(), file.hash)
}

/// Uploads a file part by part, and turns it into something that messages can name.
async fn upload(
    connection: &Connection,
    peer: Peer,
    file: &Media,
    content: Vec<u8>,
) -> Result<enums::InputMedia, Failure> {
    let file_id = number(&file.hash);
    let mut parts = 0;
    for (at, chunk) in (0..).zip(content.chunks(PART)) {
        let part =
            functions::upload::SaveFilePart { file_id, file_part: at, bytes: chunk.to_vec() };
        if !connection.call(Call::Send, &part).await? {
            return Err(errors::unreadable("it did not take a part of a file"));
        }
        parts = at + 1;
    }
    let name = file.name.clone();
    let input = types::InputFile { id: file_id, parts, name, md5_checksum: String::new() };
    let request = functions::messages::UploadMedia {
        business_connection_id: None,
        peer: input_peer(peer),
        media: uploaded(file, input.into()),
    };
    let answer = connection.call(Call::Send, &request).await?;
    reference(answer).ok_or_else(|| errors::unreadable("it does not name the uploaded file"))
}

fn uploaded(file: &Media, input: enums::InputFile) -> enums::InputMedia {
    match file.kind {
        MediaKind::Photo => types::InputMediaUploadedPhoto {
            spoiler: false,
            live_photo: false,
            file: input,
            stickers: None,
            ttl_seconds: None,
            video: None,
        }
        .into(),
        MediaKind::Document => types::InputMediaUploadedDocument {
            nosound_video: false,
            force_file: true,
            spoiler: false,
            file: input,
            thumb: None,
            mime_type: file.mime.clone(),
            attributes: vec![
                types::DocumentAttributeFilename { file_name: file.name.clone() }.into(),
            ],
            stickers: None,
            video_cover: None,
            video_timestamp: None,
            ttl_seconds: None,
        }
        .into(),
    }
}

/// What Telegram made of an upload, as messages name it.
fn reference(media: enums::MessageMedia) -> Option<enums::InputMedia> {
    match media {
        enums::MessageMedia::Photo(types::MessageMediaPhoto {
            photo: Some(enums::Photo::Photo(photo)),
            ..
        }) => {
            let types::Photo { id, access_hash, file_reference, .. } = photo;
            let id = types::InputPhoto { id, access_hash, file_reference }.into();
            let (spoiler, live_photo, ttl_seconds, video) = (false, false, None, None);
            Some(types::InputMediaPhoto { spoiler, live_photo, id, ttl_seconds, video }.into())
        }
        enums::MessageMedia::Document(types::MessageMediaDocument {
            document: Some(enums::Document::Document(document)),
            ..
        }) => {
            let types::Document { id, access_hash, file_reference, .. } = document;
            let reference = types::InputMediaDocument {
                spoiler: false,
                id: types::InputDocument { id, access_hash, file_reference }.into(),
                video_cover: None,
                video_timestamp: None,
                ttl_seconds: None,
                query: None,
            };
            Some(reference.into())
        }
        _ => None,
    }
}

/// How a message's file is shown, if it has one of a kind that is sent.
pub(crate) fn kind(media: Option<&enums::MessageMedia>) -> Option<MediaKind> {
    match media {
        Some(enums::MessageMedia::Photo(_)) => Some(MediaKind::Photo),
        Some(enums::MessageMedia::Document(_)) => Some(MediaKind::Document),
        _ => None,
    }
}

/// The upload's number: the same content may be uploaded under the same one again.
fn number(hash: &str) -> i64 {
    let mut first = [0; 8];
    match hex::decode_to_slice(hash.get(..16).unwrap_or_default(), &mut first) {
        Ok(()) => i64::from_be_bytes(first),
        Err(_) => 1,
    }
}
