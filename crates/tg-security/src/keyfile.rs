//! The master key: what everything else in a home is sealed under, and the file it lives in.

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretBox};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::{Zeroize, Zeroizing};

/// What the line in the file begins with; the key's version and a colon follow.
const PREFIX: &str = "tg-master-key/";
/// The longest file that can be right: prefix, ten digits, colon, 64 hex digits, line end.
const MAX_FILE: u64 = 256;

/// 32 random bytes. Wiped when dropped; `Debug` does not show them.
pub struct MasterKey {
    bytes: SecretBox<[u8; 32]>,
    version: u32,
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no file.
    #[error("there is no key file at {}; without it nothing in this home can be opened", .0.display())]
    Missing(PathBuf),
    /// A key would have been overwritten.
    #[error("{} exists already, and a key file is never overwritten: what it sealed would be lost", .0.display())]
    Exists(PathBuf),
    /// Others may read it.
    #[error("the key file {} can be read by others (mode {mode:03o}); it must be 600", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A folder, a device, or something else.
    #[error("the key file {} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// The content is not a key.
    #[error("{origin} does not hold a master key: {problem}")]
    Malformed {
        /// A path, or the name of an environment variable.
        origin: String,
        /// Which rule it breaks. Never quotes the content.
        problem: &'static str,
    },
    /// The operating system refused.
    #[error("cannot {doing} the key file {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The operating system has no random bytes.
    #[error("the operating system gave no random bytes for a new key")]
    Entropy,
}

impl MasterKey {
    /// Length of the key, in bytes.
    pub const LENGTH: usize = 32;

    /// Draws a key, for a new home (`version` 1) or to replace an older one.
    ///
    /// # Errors
    /// If the operating system has no random bytes.
    pub fn generate(version: u32) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0u8; Self::LENGTH]);
        SystemRandom::new().fill(bytes.as_mut()).map_err(|_| KeyError::Entropy)?;
        Ok(Self::from_bytes(&bytes, version))
    }

    /// Takes key material as it is.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::LENGTH], version: u32) -> Self {
        Self { bytes: SecretBox::init_with_mut(|held: &mut [u8; 32]| *held = *bytes), version }
    }

    /// Which of the home's master keys this is: sealed values name the version they need.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    pub(crate) fn expose(&self) -> &[u8; Self::LENGTH] {
        self.bytes.expose_secret()
    }

    /// Draws the first key of a home and keeps it at `path`.
    ///
    /// # Errors
    /// [`KeyError::Exists`] if there is a file already; otherwise if it cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let key = Self::generate(1)?;
        key.write_new(path)?;
        Ok(key)
    }

    /// Writes the key to a new file that only its owner may read: complete or not at all, never
    /// over another, and on disk when this returns.
    ///
    /// # Errors
    /// [`KeyError::Exists`] if there is a file already; otherwise if it cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        let fault = |doing, source| KeyError::Io { doing, path: path.to_owned(), source };
        // Looked at first only for a clean refusal; the link below is what cannot overwrite.
        if fs::symlink_metadata(path).is_ok() {
            return Err(KeyError::Exists(path.to_owned()));
        }
        let name = path
            .file_name()
            .ok_or_else(|| fault("write", io::Error::from(io::ErrorKind::InvalidInput)))?;
        let mut draft_name = name.to_owned();
        draft_name.push(format!(".new-{}", std::process::id()));
        let draft = path.with_file_name(draft_name);
        let written =
            self.write_draft(&draft).and_then(|()| fs::hard_link(&draft, path)).map_err(|source| {
                if source.kind() == io::ErrorKind::AlreadyExists {
                    KeyError::Exists(path.to_owned())
                } else {
                    fault("write", source)
                }
            });
        let removed = fs::remove_file(&draft);
        written?;
        removed.map_err(|source| fault("tidy up beside", source))?;
        sync_folder(path).map_err(|source| fault("make durable", source))
    }

    fn write_draft(&self, draft: &Path) -> io::Result<()> {
        // Left by a process of the same number that was killed: it never became a key.
        match fs::remove_file(draft) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(draft)?;
        let mut digits = Zeroizing::new([0u8; 2 * Self::LENGTH]);
        hex::encode_to_slice(self.expose(), digits.as_mut()).map_err(io::Error::other)?;
        write!(file, "{PREFIX}{}:", self.version)?;
        file.write_all(digits.as_ref())?;
        file.write_all(b"\n")?;
        file.sync_all()
    }

    /// Reads the key at `path`.
    ///
    /// # Errors
    /// One for each way in which the file can be wrong: absent, readable by others, no key inside.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let fault = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => KeyError::Missing(path.to_owned()),
            _ => KeyError::Io { doing: "read", path: path.to_owned(), source },
        };
        // Asked before opening, because opening a pipe would wait for a writer.
        if !fs::metadata(path).map_err(fault)?.is_file() {
            return Err(KeyError::NotAFile(path.to_owned()));
        }
        let file = File::open(path).map_err(fault)?;
        check_mode(&file, path, fault)?;
        let mut text = Zeroizing::new(Vec::with_capacity(512));
        file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(fault)?;
        parse_line(&text, &path.display().to_string())
    }

    /// Reads the value of an environment variable: 64 hex digits, or the whole line of a key file
    /// (which also says the version; it is 1 otherwise). `name` is used in errors.
    ///
    /// # Errors
    /// If the value is no key.
    pub fn from_env_value(name: &str, value: &str) -> Result<Self, KeyError> {
        let value = value.trim();
        if value.starts_with(PREFIX) {
            return parse_line(value.as_bytes(), name);
        }
        decode(value.as_bytes(), 1).map_err(|problem| malformed(name, problem))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey")
            .field("bytes", &"[redacted]")
            .field("version", &self.version)
            .finish()
    }
}

fn malformed(origin: &str, problem: &'static str) -> KeyError {
    KeyError::Malformed { origin: origin.to_owned(), problem }
}

fn parse_line(text: &[u8], origin: &str) -> Result<MasterKey, KeyError> {
    let problem = |problem| malformed(origin, problem);
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > MAX_FILE {
        return Err(problem("it is too long"));
    }
    if text.is_empty() {
        return Err(problem("it is empty"));
    }
    let line = text.strip_suffix(b"\n").unwrap_or(text);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let rest = line
        .strip_prefix(PREFIX.as_bytes())
        .ok_or_else(|| problem("it does not begin with \"tg-master-key/\""))?;
    let colon = rest
        .iter()
        .position(|b| *b == b':')
        .ok_or_else(|| problem("there is no \":\" after the version"))?;
    let version = std::str::from_utf8(&rest[..colon])
        .ok()
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|digits| digits.parse::<u32>().ok())
        .filter(|version| *version > 0)
        .ok_or_else(|| problem("the version is not a number from 1"))?;
    decode(&rest[colon + 1..], version).map_err(problem)
}

fn decode(digits: &[u8], version: u32) -> Result<MasterKey, &'static str> {
    if digits.len() != 2 * MasterKey::LENGTH {
        return Err("the key must have exactly 64 hex digits");
    }
    let mut bytes = Zeroizing::new([0u8; MasterKey::LENGTH]);
    hex::decode_to_slice(digits, bytes.as_mut())
        .map_err(|_| "the key has characters that are not hex digits")?;
    if bytes.iter().all(|b| *b == 0) {
        return Err("the key is all zeroes");
    }
    let key = MasterKey::from_bytes(&bytes, version);
    bytes.zeroize();
    Ok(key)
}

#[cfg(unix)]
fn check_mode(
    file: &File,
    path: &Path,
    fault: impl Fn(io::Error) -> KeyError,
) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(fault)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned(), mode });
    }
    Ok(())
}

/// Other platforms keep a person's files apart by other means, which the standard library does not
/// show.
#[cfg(not(unix))]
fn check_mode(
    _file: &File,
    _path: &Path,
    _fault: impl Fn(io::Error) -> KeyError,
) -> Result<(), KeyError> {
    Ok(())
}

/// A new name is only durable once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn put(folder: &Path, content: &[u8], mode: u32) -> PathBuf {
        let path = folder.join("master.key");
        fs::write(&path, content).unwrap();
        set_mode(&path, mode);
        path
    }

    fn set_mode(path: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_created_is_read_back_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = MasterKey::create(&path).unwrap();
        let read = MasterKey::load(&path).unwrap();
        assert_eq!(made.expose(), read.expose());
        assert_eq!(read.version(), 1);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("tg-master-key/1:") && text.ends_with('\n'));
        assert!(!format!("{made:?}").contains(text[16..].trim()));
    }

    #[test]
    fn a_key_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let first = MasterKey::create(&path).unwrap();
        assert!(matches!(MasterKey::create(&path), Err(KeyError::Exists(_))));
        assert_eq!(MasterKey::load(&path).unwrap().expose(), first.expose());
        let dangling = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &dangling).unwrap();
        assert!(matches!(MasterKey::create(&dangling), Err(KeyError::Exists(_))));
    }

    #[test]
    fn a_later_version_survives_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let key = MasterKey::generate(7).unwrap();
        key.write_new(&path).unwrap();
        assert_eq!(MasterKey::load(&path).unwrap().version(), 7);
    }

    #[test]
    fn each_fault_has_its_own_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(matches!(MasterKey::load(&path), Err(KeyError::Missing(_))));
        assert!(matches!(MasterKey::load(folder.path()), Err(KeyError::NotAFile(_))));
        assert!(matches!(
            MasterKey::create(&folder.path().join("no/such/master.key")),
            Err(KeyError::Io { doing: "write", .. })
        ));
        let good = format!("tg-master-key/1:{}\n", "ab".repeat(32));
        for mode in [0o640, 0o604, 0o660, 0o777] {
            let path = put(folder.path(), good.as_bytes(), mode);
            let error = MasterKey::load(&path).unwrap_err();
            assert!(matches!(error, KeyError::Exposed { mode: m, .. } if m == mode), "{error}");
        }
        put(folder.path(), good.as_bytes(), 0o400);
        assert!(MasterKey::load(&path).is_ok());
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let digits = "ab".repeat(32);
        for (content, says) in [
            (String::new(), "empty"),
            (format!("{digits}\n"), "does not begin"),
            (format!("tg-master-key/{digits}\n"), "no \":\""),
            (format!("tg-master-key/0:{digits}\n"), "version"),
            (format!("tg-master-key/+1:{digits}\n"), "version"),
            (format!("tg-master-key/99999999999:{digits}\n"), "version"),
            (format!("tg-master-key/1:{}\n", &digits[2..]), "64 hex"),
            (format!("tg-master-key/1:{digits}ab\n"), "64 hex"),
            (format!("tg-master-key/1:{digits}\n\n"), "64 hex"),
            (format!("tg-master-key/1:{}zz\n", &digits[2..]), "not hex"),
            (format!("tg-master-key/1:{}\n", "00".repeat(32)), "zeroes"),
            ("x".repeat(1_000_000), "too long"),
        ] {
            let path = put(folder.path(), content.as_bytes(), 0o600);
            let error = MasterKey::load(&path).unwrap_err().to_string();
            assert!(error.contains(says), "{error} should say {says}");
            assert!(!error.contains("abab"), "{error}");
            fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn environment_values() {
        let digits = "cd".repeat(32);
        let key = MasterKey::from_env_value("TG_MASTER_KEY", &format!(" {digits}\n")).unwrap();
        assert_eq!((key.version(), key.expose()), (1, &[0xcd; 32]));
        let line = format!("tg-master-key/3:{digits}");
        assert_eq!(MasterKey::from_env_value("TG_MASTER_KEY", &line).unwrap().version(), 3);
        let error = MasterKey::from_env_value("TG_MASTER_KEY", "secret").unwrap_err().to_string();
        assert!(error.contains("TG_MASTER_KEY") && !error.contains("secret"), "{error}");
    }
}
