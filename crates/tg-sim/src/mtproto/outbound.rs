//! From answers to encrypted messages: numbering, containers, compression.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use grammers_tl_types::Serializable;
use rand::rngs::StdRng;

use super::crypto::{HEADER, ServerKey};
use super::session::Session;

const CONTAINER: u32 = 0x73f1_f8dc;
const GZIP_PACKED: u32 = 0x3072_cfa1;
const RPC_RESULT: u32 = 0xf35c_6d01;
/// Answers from this size on are compressed, if that makes them smaller.
const LARGE: usize = 1024;
/// How many messages go into one container, and how many bytes: clients refuse larger ones.
const MOST_MESSAGES: usize = 100;
const MOST_BYTES: usize = 512 * 1024;

/// A message on its way to the client, without its numbers yet.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    body: Vec<u8>,
    content_related: bool,
    answer: bool,
}

impl Outgoing {
    /// The result of a call.
    pub(crate) fn result(req_msg_id: i64, result: &[u8]) -> Self {
        let packed = gzip_if_large(result);
        let result = packed.as_deref().unwrap_or(result);
        let mut body = Vec::with_capacity(result.len() + 12);
        RPC_RESULT.serialize(&mut body);
        req_msg_id.serialize(&mut body);
        body.extend_from_slice(result);
        Self { body, content_related: true, answer: true }
    }

    /// A service message that needs no acknowledgement.
    pub(crate) fn service(body: &impl Serializable) -> Self {
        Self { body: body.to_bytes(), content_related: false, answer: true }
    }

    /// Something that the client has not asked for, and has to acknowledge.
    pub(crate) fn push(body: Vec<u8>) -> Self {
        Self { body, content_related: true, answer: false }
    }
}

/// `gzip_packed` of a large object; `None` if it is small, or does not get smaller.
fn gzip_if_large(object: &[u8]) -> Option<Vec<u8>> {
    if object.len() < LARGE {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(object).ok()?;
    let packed = encoder.finish().ok()?;
    if packed.len() + 8 >= object.len() {
        return None;
    }
    let mut out = GZIP_PACKED.to_bytes();
    packed.serialize(&mut out);
    Some(out)
}

/// Numbers, encrypts and frames messages of one session.
pub(crate) struct Sealer<'a> {
    pub(crate) key: &'a ServerKey,
    pub(crate) session: &'a Session,
    pub(crate) salt: i64,
    pub(crate) noise: &'a mut StdRng,
}

impl Sealer<'_> {
    /// Encrypts messages into as few packets as fit; `emit` gets each.
    pub(crate) fn seal(&mut self, messages: &[Outgoing], mut emit: impl FnMut(&[u8])) {
        let mut rest = messages;
        let mut packet = Vec::new();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(fitting(rest));
            rest = later;
            packet.clear();
            packet.resize(HEADER, 0);
            self.salt.serialize(&mut packet);
            self.session.id().serialize(&mut packet);
            self.write(now, &mut packet);
            self.key.seal(&mut packet, self.noise);
            emit(&packet);
        }
    }

    fn write(&self, messages: &[Outgoing], packet: &mut Vec<u8>) {
        if let [message] = messages {
            self.write_one(message, packet);
            return;
        }
        let mut inner = Vec::new();
        for message in messages {
            self.write_one(message, &mut inner);
        }
        // The container is numbered last: its id has to be greater than those inside.
        let (msg_id, seq_no) = self.session.next(false, true);
        msg_id.serialize(packet);
        seq_no.serialize(packet);
        length(inner.len() + 8).serialize(packet);
        CONTAINER.serialize(packet);
        length(messages.len()).serialize(packet);
        packet.extend_from_slice(&inner);
    }

    fn write_one(&self, message: &Outgoing, out: &mut Vec<u8>) {
        let (msg_id, seq_no) = self.session.next(message.content_related, message.answer);
        msg_id.serialize(out);
        seq_no.serialize(out);
        length(message.body.len()).serialize(out);
        out.extend_from_slice(&message.body);
    }
}

/// How many of these go into the next packet: one at least, however large.
fn fitting(messages: &[Outgoing]) -> usize {
    let mut bytes = 0;
    let fits = |message: &&Outgoing| {
        bytes += message.body.len() + 16;
        bytes <= MOST_BYTES
    };
    messages.iter().take(MOST_MESSAGES).take_while(fits).count().max(1)
}

/// Lengths here are bounded by [`MOST_BYTES`], or by the largest answer, which is far below 2 GiB.
fn length(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
