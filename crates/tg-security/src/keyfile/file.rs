//! The file: one line, for its owner only, complete or not at all.
//!
//! `tg-master-key/VERSION:HEX` is the key; `tg-master-key/VERSION:argon2id:…` is the key under a
//! passphrase.

use super::error::KeyError;
use super::master::MasterKey;
use super::wrapped::{Cost, KDF, WrappedKey};
use secrecy::SecretString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// What the line in the file begins with; the key's version and a colon follow.
const PREFIX: &str = "tg-master-key/";
/// The longest file that can be right, and some room.
const MAX_FILE: u64 = 512;

/// What a key file holds.
#[derive(Debug)]
pub enum KeyFile {
    /// The key as it is.
    Plain(MasterKey),
    /// The key under a passphrase.
    Wrapped {
        /// The key.
        key: WrappedKey,
        /// Where it was read, for errors.
        origin: String,
    },
}

impl KeyFile {
    /// Reads the file at `path`.
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
        let mut text = Zeroizing::new(Vec::with_capacity(1024));
        file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(fault)?;
        parse_line(&text, &path.display().to_string())
    }

    /// Which of the home's master keys it is.
    #[must_use]
    pub const fn version(&self) -> u32 {
        match self {
            Self::Plain(key) => key.version(),
            Self::Wrapped { key, .. } => key.version(),
        }
    }

    /// What a guess at its passphrase costs; `None` if it has none.
    #[must_use]
    pub const fn cost(&self) -> Option<Cost> {
        match self {
            Self::Plain(_) => None,
            Self::Wrapped { key, .. } => Some(key.cost()),
        }
    }

    /// The key. `passphrase` is asked, with the name of the file, only if one is needed.
    ///
    /// # Errors
    /// If the passphrase is another one; those of `passphrase`.
    pub fn open<E: From<KeyError>>(
        self,
        passphrase: impl FnOnce(&str) -> Result<SecretString, E>,
    ) -> Result<MasterKey, E> {
        match self {
            Self::Plain(key) => Ok(key),
            Self::Wrapped { key, origin } => Ok(key.open(&passphrase(&origin)?, &origin)?),
        }
    }
}

/// The content of a key file, ready to be written. Wiped when dropped.
pub struct KeyLine(Zeroizing<Vec<u8>>);

impl KeyLine {
    /// The key as it is.
    #[must_use]
    pub fn plain(key: &MasterKey) -> Self {
        let mut digits = Zeroizing::new([0u8; 2 * MasterKey::LENGTH]);
        hex::encode_to_slice(key.expose(), digits.as_mut()).expect("two digits for each byte");
        Self::new(key.version(), digits.as_ref())
    }

    /// The key under a passphrase.
    ///
    /// # Errors
    /// If there is not enough memory for the cost, or no random bytes.
    pub fn wrapped(
        key: &MasterKey,
        passphrase: &SecretString,
        cost: Cost,
    ) -> Result<Self, KeyError> {
        let wrapped = WrappedKey::new(key, passphrase, cost)?;
        Ok(Self::new(key.version(), wrapped.text().as_bytes()))
    }

    fn new(version: u32, rest: &[u8]) -> Self {
        // Reserved at once, so that it does not move and leave copies behind.
        let mut line = Zeroizing::new(Vec::with_capacity(512));
        line.extend_from_slice(format!("{PREFIX}{version}:").as_bytes());
        line.extend_from_slice(rest);
        line.push(b'\n');
        Self(line)
    }

    /// Writes the line to a new file that only its owner may read: complete or not at all, never
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
        draft_name.push(format!(".draft-{}", std::process::id()));
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
        file.write_all(&self.0)?;
        file.sync_all()
    }
}

impl std::fmt::Debug for KeyLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyLine([redacted])")
    }
}

/// The value of an environment variable: digits, or a whole line.
pub(super) fn parse_env(name: &str, value: &str) -> Result<MasterKey, KeyError> {
    let value = value.trim();
    if !value.starts_with(PREFIX) {
        return decode(value.as_bytes(), 1).map_err(|problem| malformed(name, problem));
    }
    match parse_line(value.as_bytes(), name)? {
        KeyFile::Plain(key) => Ok(key),
        KeyFile::Wrapped { origin, .. } => Err(KeyError::Locked { origin }),
    }
}

fn malformed(origin: &str, problem: &'static str) -> KeyError {
    KeyError::Malformed { origin: origin.to_owned(), problem }
}

fn parse_line(text: &[u8], origin: &str) -> Result<KeyFile, KeyError> {
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
    let rest = &rest[colon + 1..];
    if rest.starts_with(KDF.as_bytes()) {
        let text = std::str::from_utf8(rest).map_err(|_| problem("it is not text"))?;
        let key = WrappedKey::parse(version, text).map_err(problem)?;
        return Ok(KeyFile::Wrapped { key, origin: origin.to_owned() });
    }
    decode(rest, version).map(KeyFile::Plain).map_err(problem)
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
    Ok(MasterKey::from_bytes(&bytes, version))
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
