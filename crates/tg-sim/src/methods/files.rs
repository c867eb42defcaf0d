//! `upload.saveFilePart` and `messages.uploadMedia`: files on their way into messages
//! (core.telegram.org/api/files).

use std::collections::{BTreeMap, HashMap};

use grammers_tl_types as tl;
use sha2::{Digest, Sha256};
use tl::{enums, functions as f, types as t};

use super::caller::Caller;
use super::errors::RpcError;
use crate::mail::{Media, MediaKind};
use crate::sync::locked;

/// Largest part (core.telegram.org/api/files#uploading-files).
const MAX_PART: usize = 512 * 1024;
/// Parts of one file.
const MAX_PARTS: i32 = 4000;
/// What one account may have lying about that is in no message yet.
const MAX_WAITING: usize = 64 * 1024 * 1024;
/// Uploaded files of one account that messages may name.
const MAX_FILES: usize = 1024;

/// What an account has uploaded. A restart forgets it, as if the references had expired.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    parts: HashMap<i64, BTreeMap<i32, Vec<u8>>>,
    waiting: usize,
    files: HashMap<i64, Media>,
}

impl Uploads {
    /// Takes a file's parts out, in one piece.
    fn take(&mut self, id: i64, parts: i32) -> Result<Vec<u8>, RpcError> {
        let found = self.parts.remove(&id).unwrap_or_default();
        self.waiting -= found.values().map(Vec::len).sum::<usize>();
        if parts < 1 || !found.keys().copied().eq(0..parts) {
            return Err(RpcError::bad("FILE_PARTS_INVALID"));
        }
        Ok(found.into_values().flatten().collect())
    }
}

/// core.telegram.org/method/upload.saveFilePart
pub(crate) fn save_part(
    caller: &Caller<'_>,
    args: &f::upload::SaveFilePart,
) -> Result<bool, RpcError> {
    if args.bytes.is_empty() {
        return Err(RpcError::bad("FILE_PART_EMPTY"));
    }
    if args.bytes.len() > MAX_PART {
        return Err(RpcError::bad("FILE_PART_TOO_BIG"));
    }
    if !(0..MAX_PARTS).contains(&args.file_part) {
        return Err(RpcError::bad("FILE_PART_INVALID"));
    }
    let mut uploads = locked(&caller.account.uploads);
    if uploads.waiting + args.bytes.len() > MAX_WAITING {
        return Err(RpcError::bad("FILE_PARTS_INVALID"));
    }
    uploads.waiting += args.bytes.len();
    let file = uploads.parts.entry(args.file_id).or_default();
    let before = file.insert(args.file_part, args.bytes.clone());
    uploads.waiting -= before.map_or(0, |part| part.len());
    Ok(true)
}

/// core.telegram.org/method/messages.uploadMedia
pub(crate) fn upload_media(
    caller: &Caller<'_>,
    args: &f::messages::UploadMedia,
) -> Result<enums::MessageMedia, RpcError> {
    caller.peer(&args.peer)?;
    Ok(media(caller, &args.media)?.to_tl())
}

/// The file that a client means: one that it uploads now, or one that it has uploaded before.
pub(crate) fn media(caller: &Caller<'_>, input: &enums::InputMedia) -> Result<Media, RpcError> {
    match input {
        enums::InputMedia::UploadedPhoto(photo) => {
            keep(caller, MediaKind::Photo, &photo.file, "image/jpeg")
        }
        enums::InputMedia::UploadedDocument(document) => {
            keep(caller, MediaKind::Document, &document.file, &document.mime_type)
        }
        enums::InputMedia::Photo(photo) => match &photo.id {
            enums::InputPhoto::Photo(photo) => {
                known(caller, photo.id, photo.access_hash, &photo.file_reference)
            }
            enums::InputPhoto::Empty => Err(RpcError::bad("MEDIA_EMPTY")),
        },
        enums::InputMedia::Document(document) => match &document.id {
            enums::InputDocument::Document(document) => {
                known(caller, document.id, document.access_hash, &document.file_reference)
            }
            enums::InputDocument::Empty => Err(RpcError::bad("MEDIA_EMPTY")),
        },
        _ => Err(RpcError::bad("MEDIA_INVALID")),
    }
}

fn keep(
    caller: &Caller<'_>,
    kind: MediaKind,
    file: &enums::InputFile,
    mime_type: &str,
) -> Result<Media, RpcError> {
    let enums::InputFile::File(t::InputFile { id, parts, name, .. }) = file else {
        return Err(RpcError::bad("INPUT_FILE_INVALID"));
    };
    let mut uploads = locked(&caller.account.uploads);
    let content = uploads.take(*id, *parts)?;
    let hash = Sha256::digest(&content);
    let number = i64::try_from(uploads.files.len()).unwrap_or(i64::MAX);
    let own = caller.account.user_id();
    let seed = caller.shared.world.seeded.number("file", &[own, *id, number]);
    let media = Media {
        kind,
        sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        name: name.clone(),
        mime_type: mime_type.to_owned(),
        size: i32::try_from(content.len()).map_err(|_| RpcError::bad("FILE_PARTS_INVALID"))?,
        id: seed.cast_signed(),
        grouped_id: None,
    };
    if uploads.files.len() >= MAX_FILES {
        return Err(RpcError::bad("FILE_PARTS_INVALID"));
    }
    uploads.files.insert(media.id, media.clone());
    Ok(media)
}

fn known(
    caller: &Caller<'_>,
    id: i64,
    access_hash: i64,
    reference: &[u8],
) -> Result<Media, RpcError> {
    let uploads = locked(&caller.account.uploads);
    let media = uploads.files.get(&id).ok_or(RpcError::bad("FILE_REFERENCE_EXPIRED"))?;
    if media.access_hash() != access_hash || media.file_reference() != reference {
        return Err(RpcError::bad("FILE_REFERENCE_INVALID"));
    }
    Ok(media.clone())
}
