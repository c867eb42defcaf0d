//! A file of a message as it is typed: `photo:tulips.jpg`.

use std::path::PathBuf;
use tg_core::delivery::MediaKind;

/// A file, and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaArg {
    pub(crate) kind: MediaKind,
    pub(crate) path: PathBuf,
}

/// Reads `photo:FILE` or `document:FILE`.
pub(super) fn media(text: &str) -> Result<MediaArg, String> {
    let wrong = || format!("{text:?} is no file for a message: write photo:FILE or document:FILE");
    let (kind, path) = text.split_once(':').ok_or_else(wrong)?;
    let kind = MediaKind::parse(kind).ok_or_else(wrong)?;
    if path.is_empty() {
        return Err(wrong());
    }
    Ok(MediaArg { kind, path: PathBuf::from(path) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_stands_before_the_file() {
        let read = |text| media(text).map(|arg| (arg.kind, arg.path));
        assert_eq!(read("photo:a:b.jpg"), Ok((MediaKind::Photo, PathBuf::from("a:b.jpg"))));
        for wrong in ["", "a.jpg", "video:a.mp4", "photo:"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
