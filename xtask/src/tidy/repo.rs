//! The files that a commit would hold: tracked ones, and new ones that git does not ignore.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::rules::File;
use super::shape::MAX_BYTES;
use crate::shell::{Cmd, works};

/// Folders that are no part of the project, for trees that came without git.
const SKIPPED: &[&str] = &[".git", "target"];

/// Reads the tree at `root`.
///
/// # Errors
/// Git cannot list the files, or one of them cannot be read.
pub(super) fn files(root: &Path) -> Result<Vec<File>> {
    let paths = if root.join(".git").exists() && works("git", &["--version"]) {
        listed(root)?
    } else {
        let mut paths = BTreeSet::new();
        walk(root, root, &mut paths)?;
        paths
    };
    // A tracked file that was deleted is listed until the deletion is staged; links lead to files
    // that are listed themselves.
    let here = paths
        .iter()
        .filter(|path| root.join(path).symlink_metadata().is_ok_and(|metadata| metadata.is_file()));
    here.map(|path| read(root, path)).collect()
}

fn listed(root: &Path) -> Result<BTreeSet<String>> {
    // The folder may belong to somebody else, as in a container: it is only read.
    let safe = format!("safe.directory={}", root.display());
    let args = ["-c", &safe, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let list = Cmd::new("git", &args).read()?;
    Ok(list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

fn walk(root: &Path, folder: &Path, paths: &mut BTreeSet<String>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let entry = entry.with_context(|| folder.display().to_string())?;
        let path = entry.path();
        let kind = entry.file_type().with_context(|| path.display().to_string())?;
        if kind.is_dir() && !SKIPPED.iter().any(|name| entry.file_name() == *name) {
            walk(root, &path, paths)?;
        } else if let (true, Ok(inside)) = (kind.is_file(), path.strip_prefix(root)) {
            paths.insert(inside.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

fn read(root: &Path, path: &str) -> Result<File> {
    let full = root.join(path);
    let bytes = full.metadata().with_context(|| path.to_owned())?.len();
    let text = if bytes <= MAX_BYTES {
        let content = fs::read(&full).with_context(|| path.to_owned())?;
        String::from_utf8(content).ok().filter(|text| !text.contains('\0'))
    } else {
        None
    };
    Ok(File { path: path.to_owned(), bytes, text })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::files;
    use crate::shell::root;

    #[test]
    fn a_tree_without_git_is_walked() {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in [
            ("a/b.rs", "text".as_bytes()),
            ("c.bin", &[0_u8, 159, 146, 150][..]),
            ("target/x", b"built"),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let files = files(folder.path()).unwrap();
        let seen: Vec<_> =
            files.iter().map(|file| (file.path.as_str(), file.text.as_deref())).collect();
        assert_eq!(seen, [("a/b.rs", Some("text")), ("c.bin", None)]);
    }

    #[test]
    fn this_tree_can_be_read() {
        let files = files(&root().unwrap()).unwrap();
        assert!(files.iter().any(|file| file.path == "xtask/src/tidy/repo.rs"));
        assert!(!files.iter().any(|file| file.path.starts_with("target/")));
    }
}
