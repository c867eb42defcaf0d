//! The master key, what everything else in a home is sealed under, and the file it lives in.

mod error;
mod file;
mod master;
mod wrapped;

pub use error::KeyError;
pub use file::{KeyFile, KeyLine};
pub use master::MasterKey;
pub use wrapped::{Cost, MIN_PASSPHRASE, check_passphrase};

#[cfg(test)]
mod tests;
