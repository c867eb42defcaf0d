//! One connection's conversation: encrypted messages in, encrypted messages out, no sockets.

mod calls;
mod conversation;
mod service;

pub(crate) use conversation::{Exchange, Next};
