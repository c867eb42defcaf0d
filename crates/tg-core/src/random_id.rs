//! The id by which Telegram recognises a repetition: derived, never drawn.
//!
//! A crash between planning and sending cannot lose an id that can be computed again, and a copy of
//! the home on another machine computes the same one.

use crate::ids::{RandomId, UserId};
use crate::ports::IdKey;
use uuid::Uuid;

/// What a random id is derived from.
#[derive(Clone, Copy, Debug)]
pub struct IdInput {
    /// The campaign.
    pub campaign: Uuid,
    /// The person.
    pub user: UserId,
    /// Which part of the message.
    pub part: u16,
    /// Raised by `campaign retry` only, and only for rows that are not exposed.
    pub attempt: u16,
}

/// Derives the id of one part. Never 0, which grammers and Telegram read as "none".
#[must_use]
pub fn derive(key: &dyn IdKey, input: &IdInput) -> RandomId {
    let mut message = Vec::with_capacity(48);
    message.extend_from_slice(b"tg.random-id/1");
    message.extend_from_slice(input.campaign.as_bytes());
    message.extend_from_slice(&input.user.0.to_be_bytes());
    message.extend_from_slice(&input.part.to_be_bytes());
    message.extend_from_slice(&input.attempt.to_be_bytes());
    for round in 0u8..=u8::MAX {
        message.push(round);
        let tag = key.tag(&message);
        message.pop();
        let mut first = [0u8; 8];
        first.copy_from_slice(&tag[..8]);
        let id = i64::from_be_bytes(first);
        if id != 0 {
            return RandomId(id);
        }
    }
    // 256 tags in a row that begin with 64 zero bits: the key port is broken, not unlucky.
    RandomId(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Xor(u8);

    impl IdKey for Xor {
        fn tag(&self, message: &[u8]) -> [u8; 32] {
            let mut out = [self.0; 32];
            for (n, byte) in message.iter().enumerate() {
                out[n % 8] = out[n % 8].rotate_left(3) ^ byte;
            }
            out
        }
    }

    struct ZeroThenOne;

    impl IdKey for ZeroThenOne {
        fn tag(&self, message: &[u8]) -> [u8; 32] {
            [u8::from(message.last() != Some(&0)); 32]
        }
    }

    #[test]
    fn every_input_matters_and_none_is_drawn() {
        let base = IdInput { campaign: Uuid::from_u128(1), user: UserId(7), part: 0, attempt: 0 };
        let key = Xor(9);
        let id = derive(&key, &base);
        assert_eq!(id, derive(&key, &base));
        for other in [
            IdInput { campaign: Uuid::from_u128(2), ..base },
            IdInput { user: UserId(8), ..base },
            IdInput { part: 1, ..base },
            IdInput { attempt: 1, ..base },
        ] {
            assert_ne!(id, derive(&key, &other), "{other:?}");
        }
    }

    #[test]
    fn zero_is_never_an_id() {
        let input = IdInput { campaign: Uuid::nil(), user: UserId(0), part: 0, attempt: 0 };
        assert_ne!(derive(&ZeroThenOne, &input).0, 0);
    }
}
