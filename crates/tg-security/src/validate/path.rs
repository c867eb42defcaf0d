//! Paths: names that can be shown, and names that stay in their folder.

use super::text::{is_bidi_control, is_control};
use std::io;
use std::path::{Component, Path, PathBuf};

/// Why a path is refused. Never quotes it.
#[derive(Debug, thiserror::Error)]
pub enum PathFault {
    /// Control characters, or marks that turn the direction of writing.
    #[error("the path has characters that cannot be shown")]
    Characters,
    /// Absolute, or with `..` in it.
    #[error("the path leads out of its folder")]
    Outside,
    /// A part of it is a link.
    #[error("a part of the path is a symbolic link")]
    Link,
    /// Nothing is left of it.
    #[error("the path names no file")]
    Empty,
    /// The folder could not be looked at.
    #[error("the path cannot be looked at")]
    Io(#[from] io::Error),
}

/// Whether a path could be shown to a person without obeying it, whatever it leads to.
///
/// # Errors
/// If it has control characters or direction marks.
pub fn check_path(path: &Path) -> Result<(), PathFault> {
    let shown = path.to_string_lossy();
    if shown.contains(|c| is_control(c) || is_bidi_control(c)) {
        return Err(PathFault::Characters);
    }
    Ok(())
}

/// The place of `name` below `folder`, which it cannot leave: it is relative, never goes up, and no
/// part of it below the folder is a link. The folder itself may be one: it is the operator's choice.
///
/// What does not exist yet is fine. Who may make links in the folder can do so after the look; so
/// the folder must be the operator's alone, as a home is.
///
/// # Errors
/// Says what is wrong, without quoting the path.
pub fn inside(folder: &Path, name: &Path) -> Result<PathBuf, PathFault> {
    check_path(name)?;
    let mut place = folder.to_owned();
    let mut parts = 0;
    for part in name.components() {
        match part {
            Component::Normal(part) => place.push(part),
            Component::CurDir => continue,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(PathFault::Outside);
            }
        }
        parts += 1;
        match place.symlink_metadata() {
            Ok(about) if about.is_symlink() => return Err(PathFault::Link),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    if parts == 0 { Err(PathFault::Empty) } else { Ok(place) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_below_the_folder_are_fine() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        for (name, place) in [("tg.db", "tg.db"), ("./a/b", "a/b"), ("a//b", "a/b"), ("...", "...")]
        {
            let found = inside(folder.path(), Path::new(name)).unwrap();
            assert_eq!(found, folder.path().join(place));
        }
    }

    /// From OWASP's path traversal page. Encoded forms are just strange names here: nothing decodes.
    #[test]
    fn no_name_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "../x",
            "a/../../x",
            "..",
            "a/..",
            "/etc/passwd",
            "//etc/passwd",
            "./../x",
            "....//../x",
        ] {
            let error = inside(folder.path(), Path::new(name)).unwrap_err();
            assert!(matches!(error, PathFault::Outside), "{name}: {error:?}");
        }
        for name in ["", ".", "./."] {
            assert!(matches!(inside(folder.path(), Path::new(name)), Err(PathFault::Empty)));
        }
        for name in ["a\0b", "a\nb", "a\u{1b}[31mb", "exe.\u{202E}gpj", "a\u{2066}b"] {
            assert!(matches!(inside(folder.path(), Path::new(name)), Err(PathFault::Characters)));
        }
        for name in ["..%2fx", "%2e%2e/x", "..%c0%afx", "..\\..\\x", "~root"] {
            let place = inside(folder.path(), Path::new(name)).unwrap();
            assert!(place.starts_with(folder.path()), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out() {
        use std::os::unix::fs::symlink;
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(other.path(), folder.path().join("out")).unwrap();
        symlink("/etc/passwd", folder.path().join("file")).unwrap();
        for name in ["out", "out/x", "file", "./out/./x"] {
            let error = inside(folder.path(), Path::new(name)).unwrap_err();
            assert!(matches!(error, PathFault::Link), "{name}");
        }
        // The folder itself may be a link.
        symlink(folder.path(), other.path().join("home")).unwrap();
        assert!(inside(&other.path().join("home"), Path::new("tg.db")).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_below(name in "[a./\\\\~%\u{202E}]{0,24}") {
            let folder = Path::new("no-such-folder");
            if let Ok(place) = inside(folder, Path::new(&name)) {
                prop_assert!(place.starts_with(folder) && place != folder);
                prop_assert!(!place.components().any(|part| part == Component::ParentDir));
                let below = place.strip_prefix(folder).unwrap();
                prop_assert_eq!(&inside(folder, below).unwrap(), &place);
            }
        }
    }
}
