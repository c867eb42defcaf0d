//! Why there is no master key.

use super::wrapped::MIN_PASSPHRASE;
use std::io;
use std::path::PathBuf;

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
    /// The key is under a passphrase, and none was given.
    #[error("{origin} holds a key that only its passphrase opens")]
    Locked {
        /// A path, or the name of an environment variable.
        origin: String,
    },
    /// The passphrase is another one.
    #[error("the passphrase does not open {origin}: it is another one, or the file was altered")]
    WrongPassphrase {
        /// A path, or the name of an environment variable.
        origin: String,
    },
    /// The passphrase is too easily guessed.
    #[error("the passphrase was not taken: it should have at least {MIN_PASSPHRASE} characters")]
    WeakPassphrase,
    /// There is not enough memory to turn the passphrase into a key.
    #[error("the passphrase cannot be turned into a key: {0}")]
    Derivation(String),
    /// The operating system has no random bytes.
    #[error("the operating system gave no random bytes for a new key")]
    Entropy,
}
