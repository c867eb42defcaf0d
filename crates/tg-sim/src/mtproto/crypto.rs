//! The key schedule of MTProto 2.0, mirrored: what a client encrypts is opened here, and the other way round.
//!
//! core.telegram.org/mtproto/description: `x` is 0 for messages from client to server and 8 for those back.

use grammers_crypto::aes;
use rand::RngCore;
use sha1::Sha1;
use sha2::{Digest, Sha256};

const FROM_CLIENT: usize = 0;
const FROM_SERVER: usize = 8;

/// `auth_key_id` and `msg_key`, before the encrypted part.
pub(crate) const HEADER: usize = 8 + 16;
/// Salt, session, message id, sequence number and length: the least that an encrypted part holds, before padding.
pub(crate) const ENVELOPE: usize = 8 + 8 + 8 + 4 + 4;
/// Padding is from 12 to 1024 bytes.
pub(crate) const PADDING: std::ops::RangeInclusive<usize> = 12..=1024;

/// Why an encrypted message was not opened. Whoever sends such a thing is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CryptoError {
    #[error("an encrypted message cannot have this length")]
    Length,
    #[error("the message key does not fit the message")]
    MessageKey,
}

/// A permanent authorization key, known to both sides beforehand.
#[derive(Clone)]
pub(crate) struct ServerKey {
    bytes: [u8; 256],
    id: [u8; 8],
}

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServerKey({:016x})", u64::from_le_bytes(self.id))
    }
}

impl ServerKey {
    pub(crate) fn new(bytes: [u8; 256]) -> Self {
        let digest = Sha1::digest(bytes);
        let mut id = [0; 8];
        id.copy_from_slice(&digest[12..]);
        Self { bytes, id }
    }

    /// The low 64 bits of the key's SHA-1, by which clients name it.
    pub(crate) fn id(&self) -> [u8; 8] {
        self.id
    }

    pub(crate) fn bytes(&self) -> &[u8; 256] {
        &self.bytes
    }

    /// Decrypts in place a message that begins with this key's id; gives the plain part, padding included.
    pub(crate) fn open<'a>(&self, message: &'a mut [u8]) -> Result<&'a [u8], CryptoError> {
        let Some((header, body)) = message.split_at_mut_checked(HEADER) else {
            return Err(CryptoError::Length);
        };
        if body.len() < ENVELOPE + PADDING.start() || !body.len().is_multiple_of(16) {
            return Err(CryptoError::Length);
        }
        let mut msg_key = [0; 16];
        msg_key.copy_from_slice(&header[8..]);
        let (key, iv) = self.schedule(&msg_key, FROM_CLIENT);
        aes::ige_decrypt(body, &key, &iv);
        if self.msg_key(body, FROM_CLIENT) != msg_key {
            return Err(CryptoError::MessageKey);
        }
        Ok(body)
    }

    /// Pads and encrypts in place a message made of [`HEADER`] bytes to fill and the plain part.
    pub(crate) fn seal(&self, message: &mut Vec<u8>, noise: &mut impl RngCore) {
        let plain = message.len() - HEADER;
        let padding = PADDING.start() + (16 - (plain + PADDING.start()) % 16) % 16;
        let end = message.len() + padding;
        message.resize(end, 0);
        noise.fill_bytes(&mut message[end - padding..]);
        let msg_key = self.msg_key(&message[HEADER..], FROM_SERVER);
        let (key, iv) = self.schedule(&msg_key, FROM_SERVER);
        aes::ige_encrypt(&mut message[HEADER..], &key, &iv);
        message[..8].copy_from_slice(&self.id);
        message[8..HEADER].copy_from_slice(&msg_key);
    }

    fn msg_key(&self, plain: &[u8], x: usize) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(&self.bytes[88 + x..88 + x + 32]);
        hash.update(plain);
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[8..24]);
        key
    }

    fn schedule(&self, msg_key: &[u8; 16], x: usize) -> ([u8; 32], [u8; 32]) {
        let hash = |parts: [&[u8]; 2]| {
            let mut hash = Sha256::new();
            hash.update(parts[0]);
            hash.update(parts[1]);
            hash.finalize()
        };
        let a = hash([msg_key, &self.bytes[x..x + 36]]);
        let b = hash([&self.bytes[40 + x..40 + x + 36], msg_key]);
        let mut key = [0; 32];
        key[..8].copy_from_slice(&a[..8]);
        key[8..24].copy_from_slice(&b[8..24]);
        key[24..].copy_from_slice(&a[24..]);
        let mut iv = [0; 32];
        iv[..8].copy_from_slice(&b[..8]);
        iv[8..24].copy_from_slice(&a[8..24]);
        iv[24..].copy_from_slice(&b[24..]);
        (key, iv)
    }
}
