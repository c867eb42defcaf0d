//! SOCKS5 proxies (RFC 1928, RFC 1929): where they are, and whether they work.

mod place;
mod probe;

pub(crate) use place::{place, url};
pub use probe::SocksProbe;
