//! Sessions that other programs made.

use crate::ids::UserId;
use crate::peer::PhoneNumber;
use crate::ports::{PeerFact, UpdatePoint};
use std::fmt;
use std::net::SocketAddr;

/// Who made a session, and in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionFormat {
    /// Telethon's `.session` file.
    TelethonFile,
    /// What Telethon's `StringSession.save` gives.
    TelethonString,
    /// The `.session` file of Pyrogram and of kurigram.
    PyrogramFile,
    /// What their `export_session_string` gives.
    PyrogramString,
    /// Our own sealed export.
    Sealed,
}

impl SessionFormat {
    /// The name under which it is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TelethonFile => "telethon",
            Self::TelethonString => "telethon-string",
            Self::PyrogramFile => "pyrogram",
            Self::PyrogramString => "pyrogram-string",
            Self::Sealed => "sealed",
        }
    }
}

/// A session as another program wrote it down. What it does not say has to be asked for.
#[derive(Clone)]
pub struct ForeignSession {
    /// In which form it was.
    pub format: SessionFormat,
    /// Whose it is.
    pub user_id: Option<UserId>,
    /// Whether that is a bot.
    pub is_bot: Option<bool>,
    /// Its own number.
    pub phone: Option<PhoneNumber>,
    /// Where the account lives.
    pub home_dc: i32,
    /// Where that is; `None`: not written down.
    pub addr: Option<SocketAddr>,
    /// The key: 256 bytes (core.telegram.org/mtproto/auth_key).
    pub key: [u8; 256],
    /// How far it has heard.
    pub updates: Option<UpdatePoint>,
    /// Whom it can address.
    pub peers: Vec<PeerFact>,
}

impl fmt::Debug for ForeignSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignSession")
            .field("format", &self.format)
            .field("user_id", &self.user_id)
            .field("home_dc", &self.home_dc)
            .field("key", &"[redacted]")
            .field("peers", &self.peers.len())
            .finish_non_exhaustive()
    }
}

/// Where Telegram's production data centre `dc` is reached: the addresses that libraries begin with,
/// before `help.getConfig` tells newer ones (core.telegram.org/api/datacenter).
#[must_use]
pub fn known_address(dc: i32, test: bool) -> Option<SocketAddr> {
    let ip = match (test, dc) {
        (false, 1) => [149, 154, 175, 53],
        (false, 2) => [149, 154, 167, 51],
        (false, 3) => [149, 154, 175, 100],
        (false, 4) => [149, 154, 167, 91],
        (false, 5) => [91, 108, 56, 130],
        (false, 203) => [91, 105, 192, 100],
        (true, 1) => [149, 154, 175, 10],
        (true, 2) => [149, 154, 167, 40],
        (true, 3) => [149, 154, 175, 117],
        _ => return None,
    };
    Some(SocketAddr::from((ip, if test { 80 } else { 443 })))
}
