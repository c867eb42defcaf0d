//! From a decrypted message to the calls in it: envelope, containers, compressed parts.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::GzDecoder;

use super::crypto::PADDING;
use super::reader::{Reader, Short};
use super::transport::MAX_FRAME;

const CONTAINER: u32 = 0x73f1_f8dc;
const GZIP_PACKED: u32 = 0x3072_cfa1;
/// What a compressed request may unpack to. The largest call that we know takes a few kilobytes.
const MAX_UNPACKED: usize = 4 * 1024 * 1024;
/// How many messages a container may hold (core.telegram.org/mtproto/service_messages#containers).
const MAX_CONTAINED: u32 = 1024;

/// The outside of a message, before its calls are looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inbound<'a> {
    pub(crate) salt: i64,
    pub(crate) session_id: i64,
    pub(crate) msg_id: i64,
    pub(crate) seq_no: i32,
    body: &'a [u8],
}

/// One call or service message.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) msg_id: i64,
    pub(crate) seq_no: i32,
    pub(crate) body: Cow<'a, [u8]>,
}

/// What is wrong with a message whose encryption was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing can be answered: the connection is closed.
    Garbled,
    /// `bad_msg_notification` with code 64.
    Container,
}

impl From<Short> for Flaw {
    fn from(_: Short) -> Self {
        Self::Garbled
    }
}

impl<'a> Inbound<'a> {
    /// Reads the envelope of a decrypted message.
    pub(crate) fn parse(plain: &'a [u8]) -> Result<Self, Flaw> {
        let mut reader = Reader::new(plain);
        let (salt, session_id) = (reader.i64()?, reader.i64()?);
        let (msg_id, seq_no) = (reader.i64()?, reader.i32()?);
        let body = sized(&mut reader)?;
        if !PADDING.contains(&reader.rest().len()) {
            return Err(Flaw::Garbled);
        }
        Ok(Self { salt, session_id, msg_id, seq_no, body })
    }

    /// Whether this is a container: its own id and sequence number are then not those of a call.
    pub(crate) fn is_container(&self) -> bool {
        Reader::new(self.body).u32() == Ok(CONTAINER)
    }

    /// The calls, in order, unpacked.
    pub(crate) fn requests(&self) -> Result<Vec<Request<'a>>, Flaw> {
        let mut reader = Reader::new(self.body);
        if !self.is_container() {
            return Ok(vec![request(self.msg_id, self.seq_no, self.body)?]);
        }
        reader.u32()?;
        let count = reader.u32()?;
        if count == 0 || count > MAX_CONTAINED {
            return Err(Flaw::Container);
        }
        let mut requests = Vec::new();
        for _ in 0..count {
            let (msg_id, seq_no) = (reader.i64()?, reader.i32()?);
            let body = sized(&mut reader)?;
            if Reader::new(body).u32()? == CONTAINER || msg_id >= self.msg_id {
                return Err(Flaw::Container);
            }
            requests.push(request(msg_id, seq_no, body)?);
        }
        Ok(requests)
    }
}

/// A length and as many bytes; whole words, and one at least.
fn sized<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Flaw> {
    let length = usize::try_from(reader.i32()?).map_err(|_| Flaw::Garbled)?;
    if !(4..=MAX_FRAME).contains(&length) || !length.is_multiple_of(4) {
        return Err(Flaw::Garbled);
    }
    Ok(reader.take(length)?)
}

fn request(msg_id: i64, seq_no: i32, body: &[u8]) -> Result<Request<'_>, Flaw> {
    Ok(Request { msg_id, seq_no, body: gunzip(body)? })
}

/// Unpacks `gzip_packed`; anything else is as it was. What is packed twice stays packed, and is no call.
fn gunzip(body: &[u8]) -> Result<Cow<'_, [u8]>, Flaw> {
    let mut reader = Reader::new(body);
    if reader.u32()? != GZIP_PACKED {
        return Ok(Cow::Borrowed(body));
    }
    let limit = u64::try_from(MAX_UNPACKED + 1).unwrap_or(u64::MAX);
    let mut unpacked = Vec::new();
    GzDecoder::new(reader.bytes()?)
        .take(limit)
        .read_to_end(&mut unpacked)
        .map_err(|_| Flaw::Garbled)?;
    if unpacked.len() > MAX_UNPACKED || unpacked.len() < 4 {
        return Err(Flaw::Garbled);
    }
    Ok(Cow::Owned(unpacked))
}
