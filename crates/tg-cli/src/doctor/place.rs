//! Where a home lies: on what file system, and with how much space left.

use std::path::{Path, PathBuf};
use tg_app::json::{Finding, Severity};

/// Less is too little for a commit of any size and its log.
const NEEDED: u64 = 64 << 20;
/// Less should be looked at.
const COMFORTABLE: u64 = 1 << 30;

/// File systems over a network. SQLite's locks and its shared memory need those of one machine
/// (sqlite.org/faq.html#q5, sqlite.org/wal.html), and so does the home's lock.
const REMOTE: [&str; 15] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "lustre",
    "glusterfs",
    "gpfs",
    "davfs",
    "sshfs",
    "rclone",
    "s3fs",
    "beegfs",
];
/// Shares between a virtual machine and its host: locks work on some of them.
const SHARED: [&str; 3] = ["9p", "virtiofs", "vboxsf"];

/// Looks at the place of `home`.
pub(super) fn look(home: &Path) -> Vec<Finding> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let real = home.canonicalize().unwrap_or_else(|_| home.to_owned());
    let kind = type_of(&mounts, &real).and_then(|kind| on_kind(&kind));
    kind.into_iter().chain(free(&real).and_then(left)).collect()
}

fn on_kind(kind: &str) -> Option<Finding> {
    let bare = kind.strip_prefix("fuse.").unwrap_or(kind);
    let found = |severity, message| {
        let hint =
            "move the home to a disk of this machine (with tg stopped), and name it with --home";
        Some(Finding::new(severity, "filesystem", message, hint))
    };
    if REMOTE.contains(&bare) {
        let message =
            format!("the home lies on a network file system ({kind}), which cannot lock it");
        found(Severity::Error, message)
    } else if SHARED.contains(&bare) {
        let message =
            format!("the home lies on a share of another machine ({kind}); locks may not hold");
        found(Severity::Warning, message)
    } else {
        None
    }
}

fn left(free: u64) -> Option<Finding> {
    let severity = match free {
        0..NEEDED => Severity::Error,
        NEEDED..COMFORTABLE => Severity::Warning,
        _ => return None,
    };
    let message = format!("{} MiB are left on the home's disk", free >> 20);
    Some(Finding::new(
        severity,
        "disk",
        message,
        "make room: nothing is sent that cannot be recorded",
    ))
}

/// The type of the file system on which `path` lies, from a table of mounts (proc_mounts(5)): the
/// longest mount point holds, and of several the last, which covers the others.
fn type_of(mounts: &str, path: &Path) -> Option<String> {
    let mut found: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut columns = line.split(' ').skip(1);
        let (Some(point), Some(kind)) = (columns.next(), columns.next()) else { continue };
        let point = unescaped(point);
        let depth = point.components().count();
        if path.starts_with(&point) && found.is_none_or(|(deepest, _)| depth >= deepest) {
            found = Some((depth, kind));
        }
    }
    found.map(|(_, kind)| kind.to_owned())
}

/// Blanks, tabs, line ends and backslashes stand as three octal digits.
fn unescaped(point: &str) -> PathBuf {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(point.to_owned(), |text, (code, meant)| text.replace(code, meant))
        .into()
}

/// Bytes that may still be written by somebody who is not root.
#[cfg(unix)]
fn free(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "/dev/vda / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\n\
                          /dev/vdb /srv/fast xfs rw 0 0\nme@host:/ /mnt/far\\040off fuse.sshfs rw 0 0\n\
                          tmpfs /mnt tmpfs rw 0 0\nshare /mnt 9p rw 0 0\n";

    fn on(path: &str) -> Option<Severity> {
        type_of(MOUNTS, Path::new(path)).and_then(|kind| on_kind(&kind)).map(|f| f.severity)
    }

    #[test]
    fn the_longest_mount_point_says_what_a_home_lies_on() {
        assert_eq!(on("/data/me/tg"), None);
        assert_eq!(on("/srv/tg"), Some(Severity::Error));
        assert_eq!(on("/srv/fast/tg"), None);
        assert_eq!(on("/srvx"), None, "a name that begins alike is another folder");
        assert_eq!(on("/mnt/far off/tg"), Some(Severity::Error));
        assert_eq!(on("/mnt/x"), Some(Severity::Warning), "the last mount covers the one before");
        assert_eq!(type_of("", Path::new("/")), None);
        assert_eq!(type_of("broken\n\n", Path::new("/")), None);
    }

    #[test]
    fn little_space_is_named() {
        let severity = |free| left(free).map(|finding| finding.severity);
        assert_eq!(severity(NEEDED - 1), Some(Severity::Error));
        assert_eq!(severity(NEEDED), Some(Severity::Warning));
        assert_eq!(severity(COMFORTABLE), None);
    }

    #[cfg(unix)]
    #[test]
    fn this_disk_says_what_is_left() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert!(free(dir.path()).is_some());
        assert!(free(&dir.path().join("nowhere")).is_none());
    }
}
