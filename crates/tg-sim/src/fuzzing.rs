//! The parsers that a hostile client reaches, without sockets and encryption: for fuzz targets.
//!
//! Encryption would hide them from a fuzzer, which cannot guess the keys that clients have.

use crate::error::ScriptError;
use crate::methods;
use crate::mtproto::{Flaw, Inbound, Transport};
use crate::script::{self, Cast};

/// The bytes of one connection, client to server.
pub struct Wire(Transport);

/// The bytes make no sense: the connection would be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection would be closed")]
pub struct Closed;

impl Wire {
    /// A connection of which nothing has been read yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a connection begins, it is no value")]
    pub fn new() -> Self {
        Self(Transport::new())
    }

    /// The payloads that are complete with these bytes, as they are before decryption.
    ///
    /// # Errors
    /// If the connection would be closed.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Closed> {
        self.0.feed(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = self.0.next().map_err(|_| Closed)? {
            frames.push(frame.to_vec());
        }
        Ok(frames)
    }
}

/// Reads a decrypted message and every call in it. How many there are; `None` if it is refused.
pub fn envelope(plain: &[u8]) -> Option<usize> {
    let requests = Inbound::parse(plain).and_then(|inbound| inbound.requests());
    match requests {
        Ok(requests) => {
            for request in &requests {
                calls(&request.body);
            }
            Some(requests.len())
        }
        Err(Flaw::Garbled | Flaw::Container) => None,
    }
}

/// Reads one call with its wrappers. Whether it is one that there is.
pub fn calls(body: &[u8]) -> bool {
    methods::parse(body).call.is_ok()
}

/// Reads rules as they are posted to `/script`, in a world with the account `a` and the user 7. How many there are.
///
/// # Errors
/// Says what is wrong with which rule.
pub fn script(json: &str) -> Result<usize, ScriptError> {
    struct World;
    impl Cast for World {
        fn account(&self, name: &str) -> Option<usize> {
            (name == "a").then_some(0)
        }

        fn has_user(&self, user_id: i64) -> bool {
            user_id == 7
        }

        fn has_dc(&self, dc: i32) -> bool {
            dc == 2
        }
    }
    script::parse(json, &World).map(|rules| rules.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use grammers_tl_types::{Serializable, functions as f};

    use super::*;

    #[test]
    fn honest_bytes_get_through_every_layer() {
        let call = f::updates::GetState {}.to_bytes();
        assert!(calls(&call));
        let mut plain = [0u8; 28].to_vec();
        plain.extend(4i32.to_le_bytes());
        plain.extend(&call);
        plain.extend([0; 12]);
        assert_eq!(envelope(&plain), Some(1));
        let mut socket = vec![0xef, 2];
        socket.extend([5; 8]);
        assert_eq!(Wire::new().feed(&socket).unwrap(), [[5; 8]]);
        assert_eq!(script(r#"[{"on":{"account":"a","to":7},"do":{"delay_ms":1}}]"#).unwrap(), 1);
    }
}
