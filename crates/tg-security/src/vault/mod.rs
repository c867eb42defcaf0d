//! Secrets that a person sets: their names, what they look like, and their sealed versions.

mod name;
mod reader;
mod versions;

pub(crate) use name::is_bot_token;
pub use name::{BadSecret, BadSecretName, HomeSecret, OwnedSecret, SecretName};
pub use reader::Vault;
pub(crate) use versions::row;
pub use versions::{
    Listed, VaultError, abandon, confirm, current, list, pending, remove, rotate, set,
};
