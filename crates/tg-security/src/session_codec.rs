//! A Telegram session as bytes, for sealing: versioned, bounded, and wiped after use.
//!
//! Layout, big-endian: `"TGS"`, format, user id (8), flags (1), home DC (4), update point (16, if
//! flagged), number of data centres (1), and for each: DC (4), flags (1), address (4, or 16 with
//! flow and scope (8)), port (2), key (256, if flagged).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use tg_core::ids::UserId;
use tg_core::ports::{DcAuth, Session, UpdatePoint};
use zeroize::Zeroizing;

const MAGIC: [u8; 3] = *b"TGS";
const FORMAT: u8 = 1;
const BOT: u8 = 1;
const UPDATES: u8 = 2;
const V6: u8 = 1;
const KEY: u8 = 2;
/// Head, and the largest entry: what a buffer is reserved for, so that it never moves.
const HEAD: usize = 3 + 1 + 8 + 1 + 4 + 16 + 1;
const ENTRY: usize = 4 + 1 + 24 + 2 + 256;

/// Why bytes are no session, or a session does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// More data centres than Telegram has.
    #[error("the session knows {0} data centres; at most 255 can be kept")]
    TooMany(usize),
    /// Not a session at all.
    #[error("it does not begin like a session")]
    Foreign,
    /// Written by another version of the program.
    #[error("session format {0} is not known to this version of the program")]
    Format(u8),
    /// It ends too early.
    #[error("the session is cut off")]
    Truncated,
    /// A flag that this version does not know, or bytes after the end.
    #[error("the session has bytes that mean nothing")]
    Malformed,
}

/// Writes a session.
pub(crate) fn encode(session: &Session) -> Result<Zeroizing<Vec<u8>>, CodecError> {
    let count =
        u8::try_from(session.dcs.len()).map_err(|_| CodecError::TooMany(session.dcs.len()))?;
    let mut out = Zeroizing::new(Vec::with_capacity(HEAD + ENTRY * session.dcs.len()));
    out.extend_from_slice(&MAGIC);
    out.push(FORMAT);
    out.extend_from_slice(&session.user_id.0.to_be_bytes());
    let bot = if session.is_bot { BOT } else { 0 };
    out.push(bot | if session.updates.is_some() { UPDATES } else { 0 });
    out.extend_from_slice(&session.home_dc.to_be_bytes());
    if let Some(UpdatePoint { pts, qts, date, seq }) = session.updates {
        for number in [pts, qts, date, seq] {
            out.extend_from_slice(&number.to_be_bytes());
        }
    }
    out.push(count);
    for dc in &session.dcs {
        encode_dc(&mut out, dc);
    }
    Ok(out)
}

fn encode_dc(out: &mut Vec<u8>, dc: &DcAuth) {
    out.extend_from_slice(&dc.dc.to_be_bytes());
    let key = if dc.key.is_some() { KEY } else { 0 };
    out.push(key | if dc.addr.is_ipv6() { V6 } else { 0 });
    match dc.addr {
        SocketAddr::V4(addr) => out.extend_from_slice(&addr.ip().octets()),
        SocketAddr::V6(addr) => {
            out.extend_from_slice(&addr.ip().octets());
            out.extend_from_slice(&addr.flowinfo().to_be_bytes());
            out.extend_from_slice(&addr.scope_id().to_be_bytes());
        }
    }
    out.extend_from_slice(&dc.addr.port().to_be_bytes());
    if let Some(key) = &dc.key {
        out.extend_from_slice(key);
    }
}

/// Reads a session.
pub(crate) fn decode(bytes: &[u8]) -> Result<Session, CodecError> {
    let mut input = Input(bytes);
    if input.take::<3>()? != MAGIC {
        return Err(CodecError::Foreign);
    }
    match input.byte()? {
        FORMAT => {}
        other => return Err(CodecError::Format(other)),
    }
    let user_id = UserId(i64::from_be_bytes(input.take()?));
    let flags = input.flags(BOT | UPDATES)?;
    let home_dc = input.int()?;
    let updates = if flags & UPDATES == 0 {
        None
    } else {
        Some(UpdatePoint {
            pts: input.int()?,
            qts: input.int()?,
            date: input.int()?,
            seq: input.int()?,
        })
    };
    let count = input.byte()?;
    let dcs = (0..count).map(|_| decode_dc(&mut input)).collect::<Result<_, _>>()?;
    if !input.0.is_empty() {
        return Err(CodecError::Malformed);
    }
    Ok(Session { user_id, is_bot: flags & BOT != 0, home_dc, dcs, updates })
}

fn decode_dc(input: &mut Input<'_>) -> Result<DcAuth, CodecError> {
    let dc = input.int()?;
    let flags = input.flags(V6 | KEY)?;
    let addr = if flags & V6 == 0 {
        let ip = Ipv4Addr::from(input.take::<4>()?);
        SocketAddrV4::new(ip, input.port()?).into()
    } else {
        let ip = Ipv6Addr::from(input.take::<16>()?);
        let flow = u32::from_be_bytes(input.take()?);
        let scope = u32::from_be_bytes(input.take()?);
        SocketAddrV6::new(ip, input.port()?, flow, scope).into()
    };
    let key = if flags & KEY == 0 { None } else { Some(input.take()?) };
    Ok(DcAuth { dc, addr, key })
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(CodecError::Truncated)?;
        self.0 = rest;
        Ok(*head)
    }

    fn byte(&mut self) -> Result<u8, CodecError> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn int(&mut self) -> Result<i32, CodecError> {
        self.take().map(i32::from_be_bytes)
    }

    fn port(&mut self) -> Result<u16, CodecError> {
        self.take().map(u16::from_be_bytes)
    }

    fn flags(&mut self, known: u8) -> Result<u8, CodecError> {
        let flags = self.byte()?;
        if flags & !known == 0 { Ok(flags) } else { Err(CodecError::Malformed) }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// Any session that fits.
    pub(crate) fn any_session() -> impl Strategy<Value = Session> {
        let addr = prop_oneof![
            (any::<[u8; 4]>(), any::<u16>())
                .prop_map(|(ip, port)| SocketAddr::from((Ipv4Addr::from(ip), port))),
            (any::<[u8; 16]>(), any::<u16>(), any::<u32>(), any::<u32>()).prop_map(
                |(ip, port, flow, scope)| {
                    SocketAddrV6::new(Ipv6Addr::from(ip), port, flow, scope).into()
                }
            ),
        ];
        let dc = (any::<i32>(), addr, any::<Option<u8>>()).prop_map(|(dc, addr, key)| DcAuth {
            dc,
            addr,
            key: key.map(|byte| [byte; 256]),
        });
        let point = any::<(i32, i32, i32, i32)>().prop_map(|(pts, qts, date, seq)| UpdatePoint {
            pts,
            qts,
            date,
            seq,
        });
        (
            any::<i64>(),
            any::<bool>(),
            any::<i32>(),
            prop::collection::vec(dc, 0..8),
            prop::option::of(point),
        )
            .prop_map(|(user_id, is_bot, home_dc, dcs, updates)| Session {
                user_id: UserId(user_id),
                is_bot,
                home_dc,
                dcs,
                updates,
            })
    }

    fn small() -> Session {
        Session {
            user_id: UserId(7),
            is_bot: false,
            home_dc: 2,
            dcs: vec![DcAuth {
                dc: 2,
                addr: "127.0.0.1:443".parse().unwrap(),
                key: Some([5; 256]),
            }],
            updates: None,
        }
    }

    #[test]
    fn faults_have_names() {
        let good = encode(&small()).unwrap();
        for length in 0..good.len() {
            assert_eq!(decode(&good[..length]), Err(CodecError::Truncated), "{length}");
        }
        let changed = |at: usize, to: u8| {
            let mut bytes = good.to_vec();
            bytes[at] = to;
            decode(&bytes)
        };
        assert_eq!(changed(0, b'X'), Err(CodecError::Foreign));
        assert_eq!(changed(3, 2), Err(CodecError::Format(2)));
        assert_eq!(changed(12, 0x80), Err(CodecError::Malformed));
        let mut longer = good.to_vec();
        longer.push(0);
        assert_eq!(decode(&longer), Err(CodecError::Malformed));
    }

    #[test]
    fn as_many_data_centres_as_the_count_can_say() {
        let dc = small().dcs[0].clone();
        let full = Session { dcs: vec![dc.clone(); 255], ..small() };
        assert_eq!(decode(&encode(&full).unwrap()).unwrap(), full);
        let over = Session { dcs: vec![dc; 256], ..small() };
        assert_eq!(encode(&over).unwrap_err(), CodecError::TooMany(256));
    }

    proptest! {
        #[test]
        fn round_trip(session in any_session()) {
            let bytes = encode(&session).unwrap();
            prop_assert!(bytes.len() <= HEAD + ENTRY * session.dcs.len(), "never moved");
            prop_assert_eq!(decode(&bytes).unwrap(), session);
        }

        #[test]
        fn noise_is_refused_in_peace(mut bytes in prop::collection::vec(any::<u8>(), 0..700)) {
            if let Some(head) = bytes.first_chunk_mut::<4>() {
                *head = *b"TGS\x01";
            }
            if let Ok(session) = decode(&bytes) {
                prop_assert_eq!(&*encode(&session).unwrap(), &bytes);
            }
        }
    }
}
