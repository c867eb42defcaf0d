//! Files that messages carry: what they are by their first bytes, and by what they are known.

use ring::digest::{SHA256, digest};
use tg_core::delivery::{MAX_MEDIA, Media, MediaKind};

/// First bytes, where they stand, and what they say. What none of them fits is a file of bytes.
const SIGNATURES: [(usize, &[u8], &str); 10] = [
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (4, b"ftyp", "video/mp4"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\x1f\x8b", "application/gzip"),
];

/// Types that Telegram shows as photos (core.telegram.org/api/files#uploading-files).
const PHOTOS: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// Longest name, in bytes.
const MAX_NAME: usize = 128;

/// Why a file cannot go with a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It is larger than is sent.
    #[error("the file has {0} bytes, {MAX_MEDIA} are allowed")]
    TooLarge(usize),
    /// Whatever its name says.
    #[error("it is {0}; photos are JPEG, PNG or WebP")]
    NoPhoto(&'static str),
    /// The name cannot be shown.
    #[error(
        "its name cannot be used: from 1 to {MAX_NAME} bytes, without / and control characters"
    )]
    Name,
}

/// Looks at a file that is to go with messages.
///
/// # Errors
/// Says why it cannot.
pub fn parse_media(kind: MediaKind, name: &str, bytes: &[u8]) -> Result<Media, FileError> {
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    if bytes.len() > MAX_MEDIA {
        return Err(FileError::TooLarge(bytes.len()));
    }
    let odd = |c: char| c.is_control() || c == '/' || c == '\\';
    if name.is_empty() || name.len() > MAX_NAME || name.contains(odd) {
        return Err(FileError::Name);
    }
    let mime = mime(bytes);
    if kind == MediaKind::Photo && !PHOTOS.contains(&mime) {
        return Err(FileError::NoPhoto(mime));
    }
    Ok(Media {
        kind,
        hash: hex::encode(digest(&SHA256, bytes)),
        name: name.to_owned(),
        mime: mime.to_owned(),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
    })
}

fn mime(bytes: &[u8]) -> &'static str {
    let fits = |(at, sign, _): &&(usize, &[u8], &str)| {
        bytes.get(*at..).is_some_and(|rest| rest.starts_with(sign))
    };
    match SIGNATURES.iter().find(fits) {
        Some((_, _, mime)) => mime,
        None if std::str::from_utf8(bytes).is_ok() => "text/plain",
        None => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (bytes, expected) in [
            (&b"\xff\xd8\xff\xe0"[..], "image/jpeg"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"%PDF-1.7", "application/pdf"),
            (b"hello", "text/plain"),
            (b"\x80\x81", "application/octet-stream"),
        ] {
            assert_eq!(mime(bytes), expected);
        }
        let photo = parse_media(MediaKind::Photo, "x.jpg", b"%PDF-1.7");
        assert_eq!(photo, Err(FileError::NoPhoto("application/pdf")));
        let list = parse_media(MediaKind::Document, "list.pdf", b"%PDF-1.7").map(|file| file.hash);
        assert_eq!(list.map(|hash| hash.len()), Ok(64));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let document = |name, bytes: &[u8]| parse_media(MediaKind::Document, name, bytes);
        assert_eq!(document("a", b""), Err(FileError::Empty));
        let large = vec![0; MAX_MEDIA + 1];
        assert_eq!(document("a", &large), Err(FileError::TooLarge(MAX_MEDIA + 1)));
        for name in ["", "../a", "a\nb", &"x".repeat(129)] {
            assert_eq!(document(name, b"x"), Err(FileError::Name), "{name}");
        }
    }
}
