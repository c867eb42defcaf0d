//! Sessions as one line of text: Telethon's and Pyrogram's.
//!
//! Telethon 1.45 (`sessions/string.py`): `1` and base64 (URL alphabet, padded) of DC (1 byte), IP
//! address (4 or 16), port (2), key (256). Pyrogram 2.0 and kurigram 2.2 (`storage/storage.py`):
//! base64 (URL alphabet, without padding) of DC (1), number of the application (4), test (1), key
//! (256), user id (8), bot (1); in older ones without the application, and with a user id of 4 or 8
//! bytes. All big-endian.

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tg_core::foreign::{ForeignSession, SessionFormat, known_address};
use tg_core::ids::UserId;
use tg_core::ports::Session;
use zeroize::Zeroizing;

/// Telethon's only version.
const TELETHON: char = '1';

/// Why a text is no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionStringError {
    /// It has not the length of any form.
    #[error("it is no session string of Telethon, Pyrogram or kurigram")]
    Form,
    /// Nobody is signed in.
    #[error("nobody is signed in with this session: its key is empty")]
    NoKey,
    /// A session that cannot be written in this form.
    #[error("the session has no key or address for its home data centre")]
    Incomplete,
    /// A data centre's number that does not fit.
    #[error("the session's data centre has a number that this form cannot say")]
    Dc,
}

/// Reads a session string, whoever made it: their lengths differ.
///
/// # Errors
/// If it is none, or nobody is signed in with it.
pub fn parse_session_string(text: &str) -> Result<ForeignSession, SessionStringError> {
    let text = text.trim();
    let telethon = text.strip_prefix(TELETHON).and_then(|rest| decoded(&URL_SAFE, rest));
    if let Some(bytes) = telethon.filter(|bytes| [263, 275].contains(&bytes.len())) {
        return from_telethon(&bytes);
    }
    let bare = text.trim_end_matches('=');
    match decoded(&URL_SAFE_NO_PAD, bare) {
        Some(bytes) => from_pyrogram(&bytes),
        None => Err(SessionStringError::Form),
    }
}

fn decoded(engine: &impl Engine, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    // No form is longer: a file that somebody names by mistake is not decoded.
    (text.len() <= 400).then(|| engine.decode(text).ok().map(Zeroizing::new)).flatten()
}

fn from_telethon(bytes: &[u8]) -> Result<ForeignSession, SessionStringError> {
    let mut input = Input(bytes);
    let home_dc = i32::from(input.take::<1>()?[0]);
    let ip: IpAddr = if bytes.len() == 263 {
        Ipv4Addr::from(input.take::<4>()?).into()
    } else {
        Ipv6Addr::from(input.take::<16>()?).into()
    };
    let port = u16::from_be_bytes(input.take()?);
    let addr = (port != 0).then(|| SocketAddr::new(ip, port));
    session(SessionFormat::TelethonString, home_dc, addr, input.take()?, None)
}

fn from_pyrogram(bytes: &[u8]) -> Result<ForeignSession, SessionStringError> {
    let mut input = Input(bytes);
    let home_dc = i32::from(input.take::<1>()?[0]);
    if bytes.len() == 271 {
        input.take::<4>()?;
    }
    let test = input.take::<1>()?[0] != 0;
    let key = input.take()?;
    let user = match bytes.len() {
        263 => i64::from(u32::from_be_bytes(input.take()?)),
        267 | 271 => i64::from_be_bytes(input.take()?),
        _ => return Err(SessionStringError::Form),
    };
    let bot = input.take::<1>()?[0] != 0;
    let who = (user > 0).then_some((UserId(user), bot));
    session(SessionFormat::PyrogramString, home_dc, known_address(home_dc, test), key, who)
}

fn session(
    format: SessionFormat,
    home_dc: i32,
    addr: Option<SocketAddr>,
    key: [u8; 256],
    who: Option<(UserId, bool)>,
) -> Result<ForeignSession, SessionStringError> {
    if key.iter().all(|byte| *byte == 0) {
        return Err(SessionStringError::NoKey);
    }
    Ok(ForeignSession {
        format,
        user_id: who.map(|(user, _)| user),
        is_bot: who.map(|(_, bot)| bot),
        phone: None,
        home_dc,
        addr,
        key,
        updates: None,
        peers: Vec::new(),
    })
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SessionStringError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(SessionStringError::Form)?;
        self.0 = rest;
        Ok(*head)
    }
}

/// A session as Telethon's `StringSession` takes it.
///
/// # Errors
/// If it has no key or address for its home, or a data centre that the form cannot say.
pub fn telethon_string(session: &Session) -> Result<Zeroizing<String>, SessionStringError> {
    let (dc, addr, key) = home(session)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(275));
    bytes.push(dc);
    match addr.ip() {
        IpAddr::V4(ip) => bytes.extend_from_slice(&ip.octets()),
        IpAddr::V6(ip) => bytes.extend_from_slice(&ip.octets()),
    }
    bytes.extend_from_slice(&addr.port().to_be_bytes());
    bytes.extend_from_slice(key);
    Ok(Zeroizing::new(format!("{TELETHON}{}", URL_SAFE.encode(&*bytes))))
}

/// A session as Pyrogram and kurigram take it. `api_id` is the application's number: they keep it
/// with the session.
///
/// # Errors
/// If it has no key for its home, or a data centre that the form cannot say.
pub fn pyrogram_string(
    session: &Session,
    api_id: u32,
) -> Result<Zeroizing<String>, SessionStringError> {
    let (dc, addr, key) = home(session)?;
    let test = known_address(i32::from(dc), true) == Some(*addr);
    let mut bytes = Zeroizing::new(Vec::with_capacity(271));
    bytes.push(dc);
    bytes.extend_from_slice(&api_id.to_be_bytes());
    bytes.push(u8::from(test));
    bytes.extend_from_slice(key);
    bytes.extend_from_slice(&session.user_id.0.to_be_bytes());
    bytes.push(u8::from(session.is_bot));
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(&*bytes)))
}

fn home(session: &Session) -> Result<(u8, &SocketAddr, &[u8; 256]), SessionStringError> {
    let dc = u8::try_from(session.home_dc).map_err(|_| SessionStringError::Dc)?;
    let known = session.dcs.iter().find(|known| known.dc == session.home_dc);
    let known = known.ok_or(SessionStringError::Incomplete)?;
    let key = known.key.as_ref().ok_or(SessionStringError::Incomplete)?;
    Ok((dc, &known.addr, key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use tg_core::ports::DcAuth;

    fn stored(addr: &str) -> Session {
        let addr = addr.parse().unwrap();
        Session {
            user_id: UserId(7_000_000_001),
            is_bot: true,
            home_dc: 4,
            dcs: vec![DcAuth { dc: 4, addr, key: Some([9; 256]) }],
            updates: None,
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for addr in ["149.154.167.91:443", "[2001:67c:4e8:f004::a]:443", "127.0.0.1:50123"] {
            let session = stored(addr);
            let text = telethon_string(&session).unwrap();
            assert!([353, 369].contains(&text.len()), "{}", text.len());
            let read = parse_session_string(&text).unwrap();
            assert_eq!(read.format, SessionFormat::TelethonString);
            assert_eq!((read.home_dc, read.addr), (4, addr.parse().ok()));
            assert_eq!((read.key, read.user_id), ([9; 256], None));
        }
        let text = pyrogram_string(&stored("149.154.167.91:443"), 12).unwrap();
        assert_eq!(text.len(), 362);
        let read = parse_session_string(&text).unwrap();
        assert_eq!(read.format, SessionFormat::PyrogramString);
        assert_eq!((read.user_id, read.is_bot), (Some(UserId(7_000_000_001)), Some(true)));
        assert_eq!(read.addr, known_address(4, false));
    }

    #[test]
    fn older_strings_of_pyrogram_are_read() {
        let old = |user: &[u8]| {
            let mut bytes = vec![2, 0];
            bytes.extend_from_slice(&[3; 256]);
            bytes.extend_from_slice(user);
            bytes.push(0);
            parse_session_string(&URL_SAFE_NO_PAD.encode(bytes)).unwrap()
        };
        assert_eq!(old(&5u32.to_be_bytes()).user_id, Some(UserId(5)));
        assert_eq!(old(&6i64.to_be_bytes()).user_id, Some(UserId(6)));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", "1", "1AAAA", "hello", &"A".repeat(361), &"1".repeat(5000)] {
            assert_eq!(parse_session_string(text).unwrap_err(), SessionStringError::Form, "{text}");
        }
        let empty = URL_SAFE_NO_PAD.encode([0; 271]);
        assert_eq!(parse_session_string(&empty).unwrap_err(), SessionStringError::NoKey);
        let none = Session { dcs: Vec::new(), ..stored("1.2.3.4:5") };
        assert_eq!(telethon_string(&none).unwrap_err(), SessionStringError::Incomplete);
    }

    proptest! {
        #[test]
        fn noise_is_refused_in_peace(text in "[A-Za-z0-9_=-]{0,400}") {
            let _ = parse_session_string(&text);
        }
    }
}
