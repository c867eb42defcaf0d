//! SOCKS5 proxies that can be made to die, to go silent and to come back. Each listens, and goes out, at
//! a loopback address of its own, so that a data centre sees who came through which.

mod carry;
mod proxy;
mod serve;

pub(crate) use proxy::{MOST, Proxy, State, address_of};
pub(crate) use serve::serve;
