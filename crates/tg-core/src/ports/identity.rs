//! The key under which random ids are derived.

/// A keyed hash. The key is random per home, sealed, and never rotated: a new key would give a
/// repeated message a new id.
pub trait IdKey: Send + Sync {
    /// HMAC-SHA-256 of `message`.
    fn tag(&self, message: &[u8]) -> [u8; 32];
}
