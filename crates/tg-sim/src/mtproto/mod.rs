//! MTProto 2.0, the server's side: framing, encryption, sessions and service messages.

mod crypto;
mod inbound;
mod outbound;
mod reader;
mod salts;
mod session;
mod tap;
mod transport;

#[cfg(test)]
mod tests;

pub(crate) use crypto::ServerKey;
pub(crate) use inbound::{Flaw, Inbound, Request};
pub(crate) use outbound::{Outgoing, Sealer};
pub(crate) use reader::{Reader, Short};
pub(crate) use salts::Salts;
pub(crate) use session::{Session, Sessions};
pub use tap::{Tap, TapError};
pub(crate) use transport::Transport;
