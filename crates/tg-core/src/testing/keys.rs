//! Keys for tests: deterministic, distinct for distinct input, and no cryptography.

use crate::ports::{AuditKey, IdKey};

/// A key that anybody can compute.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestKey;

/// FNV-1a over the input, four times with different starts.
fn mix(chunks: &[&[u8]]) -> [u8; 32] {
    let mut out = [0u8; 32];
    for (n, word) in (1u64..).zip(out.chunks_mut(8)) {
        let mut hash = 0xcbf2_9ce4_8422_2325u64.wrapping_mul(n);
        for byte in chunks.iter().flat_map(|c| c.iter()) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        word.copy_from_slice(&hash.to_be_bytes());
    }
    out
}

impl IdKey for TestKey {
    fn tag(&self, message: &[u8]) -> [u8; 32] {
        mix(&[message])
    }
}

impl AuditKey for TestKey {
    fn chain(&self, previous: &[u8; 32], row: &[u8]) -> [u8; 32] {
        mix(&[previous, row])
    }
}
