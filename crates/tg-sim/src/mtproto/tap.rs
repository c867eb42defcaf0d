//! A tap on the wire: what a client sent, from recorded bytes of its socket and the keys it may have used.
//!
//! Tests use it to tell which recorded write carried which call.

use super::crypto::ServerKey;
use super::inbound::Inbound;
use super::transport::Transport;

/// Why recorded bytes could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recorded bytes are not those of a client with one of these keys: {0}")]
pub struct TapError(String);

/// One direction, client to server, of one connection.
pub struct Tap {
    keys: Vec<ServerKey>,
    transport: Transport,
}

impl Tap {
    /// A tap on a connection of which nothing has been read yet.
    #[must_use]
    pub fn new(keys: &[[u8; 256]]) -> Self {
        let keys = keys.iter().copied().map(ServerKey::new).collect();
        Self { keys, transport: Transport::new() }
    }

    /// Takes the bytes of the next write. Returns the calls and service messages that are complete with it, as they
    /// were before compression and encryption (TL, with the wrappers around them).
    ///
    /// # Errors
    /// If the bytes are no MTProto, or were encrypted with another key.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, TapError> {
        let fault = |what: &dyn std::fmt::Display| TapError(what.to_string());
        self.transport.feed(bytes);
        let mut bodies = Vec::new();
        while let Some(message) = self.transport.next().map_err(|error| fault(&error))? {
            let key = self
                .keys
                .iter()
                .find(|key| message.starts_with(&key.id()))
                .ok_or_else(|| fault(&"it names another key"))?;
            let plain = key.open(message).map_err(|error| fault(&error))?;
            let flaw = |_| fault(&"the envelope is wrong");
            let requests = Inbound::parse(plain).and_then(|inbound| inbound.requests());
            bodies.extend(requests.map_err(flaw)?.into_iter().map(|r| r.body.into_owned()));
        }
        Ok(bodies)
    }

    /// Whether the last packet is complete: what comes next begins a new one.
    #[must_use]
    pub fn is_between(&self) -> bool {
        self.transport.pending().is_empty()
    }
}
