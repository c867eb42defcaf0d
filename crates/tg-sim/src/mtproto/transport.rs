//! Framing: where a message begins and ends in the bytes of a socket.
//!
//! The full, abridged, intermediate and padded intermediate transports, each also obfuscated, told apart by the first
//! bytes that a client sends (core.telegram.org/mtproto/mtproto-transports).

use std::ops::Range;

use flate2::Crc;
use grammers_crypto::ObfuscatedCipher;

/// The largest frame that is read, bytes: Telegram's megabyte for a message, and its wrapping.
pub(crate) const MAX_FRAME: usize = 1024 * 1024 + 8 * 1024;
/// Bytes that an obfuscated connection begins with.
const OBFUSCATION: usize = 64;

const ABRIDGED: [u8; 4] = [0xef; 4];
const INTERMEDIATE: [u8; 4] = [0xee; 4];
const PADDED: [u8; 4] = [0xdd; 4];

/// Why the bytes of a socket make no sense any more. The connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    #[error("a frame of {0} bytes is too long or too short")]
    Length(usize),
    #[error("frame {got} came where frame {expected} was due")]
    Sequence { expected: u32, got: u32 },
    #[error("a frame's checksum is wrong")]
    Checksum,
    #[error("no known transport begins like this")]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// Not known before the first bytes have come.
    Undecided,
    Full {
        received: u32,
        sent: u32,
    },
    Abridged,
    Intermediate,
    Padded,
}

/// One connection's framing, in both directions.
pub(crate) struct Transport {
    framing: Framing,
    cipher: Option<ObfuscatedCipher>,
    buffer: Vec<u8>,
    /// Up to here the buffer has been given out.
    consumed: usize,
}

impl Transport {
    pub(crate) fn new() -> Self {
        Self { framing: Framing::Undecided, cipher: None, buffer: Vec::new(), consumed: 0 }
    }

    /// Takes bytes that have come. They are bounded by what [`Transport::next`] leaves: call it until it has none.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        let start = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        if let Some(cipher) = &mut self.cipher {
            cipher.decrypt(&mut self.buffer[start..]);
        }
    }

    /// The next whole frame's payload, to be decrypted in place.
    pub(crate) fn next(&mut self) -> Result<Option<&mut [u8]>, FrameError> {
        if self.framing == Framing::Undecided && !self.decide()? {
            return Ok(None);
        }
        let Some((payload, end)) = self.locate()? else {
            return Ok(None);
        };
        let start = self.consumed;
        self.consumed += end;
        Ok(self.buffer.get_mut(start + payload.start..start + payload.end))
    }

    /// What has come and was not given out yet.
    pub(super) fn pending(&self) -> &[u8] {
        &self.buffer[self.consumed..]
    }

    /// Tells the transport from the first bytes; false if more are needed.
    fn decide(&mut self) -> Result<bool, FrameError> {
        let pending = self.pending();
        match pending {
            [0xef, ..] => self.settle(Framing::Abridged, 1),
            [a, b, c, d, ..] if [*a, *b, *c, *d] == INTERMEDIATE => {
                self.settle(Framing::Intermediate, 4);
            }
            [a, b, c, d, ..] if [*a, *b, *c, *d] == PADDED => self.settle(Framing::Padded, 4),
            // A full frame's number follows its length, and the first is zero. Obfuscated ones avoid that.
            [_, _, _, _, 0, 0, 0, 0, ..] => {
                let framing = Framing::Full { received: 0, sent: 0 };
                self.settle(framing, 0);
            }
            // Words that no transport begins with, so that a browser is told at once.
            [b'G', b'E', b'T', b' ', ..] | [b'P', b'O', b'S', b'T', ..] => {
                return Err(FrameError::Unknown);
            }
            _ if pending.len() >= OBFUSCATION => self.deobfuscate()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn settle(&mut self, framing: Framing, skip: usize) {
        self.framing = framing;
        self.consumed += skip;
    }

    /// A client's keys are in its 64 bytes read forwards, ours in the same bytes read backwards.
    fn deobfuscate(&mut self) -> Result<(), FrameError> {
        let mut reversed = [0; OBFUSCATION];
        reversed.copy_from_slice(&self.pending()[..OBFUSCATION]);
        reversed.reverse();
        let mut cipher = ObfuscatedCipher::new(&reversed);
        let start = self.consumed;
        cipher.decrypt(&mut self.buffer[start..]);
        let mut tag = [0; 4];
        tag.copy_from_slice(&self.buffer[start + 56..start + 60]);
        let framing = match tag {
            ABRIDGED => Framing::Abridged,
            INTERMEDIATE => Framing::Intermediate,
            PADDED => Framing::Padded,
            _ => return Err(FrameError::Unknown),
        };
        self.cipher = Some(cipher);
        self.settle(framing, OBFUSCATION);
        Ok(())
    }

    /// Where the next payload is in the pending bytes, and where its frame ends.
    fn locate(&mut self) -> Result<Option<(Range<usize>, usize)>, FrameError> {
        let pending = self.pending();
        let (header, length) = match self.framing {
            Framing::Undecided => return Ok(None),
            Framing::Abridged => match pending {
                // The high bit asks for a quick acknowledgement, which nobody needs to give.
                [first, a, b, c, ..] if first & 0x7f == 0x7f => {
                    let words = u32::from_le_bytes([*a, *b, *c, 0]);
                    (4, words.saturating_mul(4))
                }
                [first, ..] if first & 0x7f != 0x7f => (1, u32::from(first & 0x7f) * 4),
                _ => return Ok(None),
            },
            _ => match pending.first_chunk::<4>() {
                Some(length) => (4, u32::from_le_bytes(*length)),
                None => return Ok(None),
            },
        };
        let length = match self.framing {
            Framing::Intermediate | Framing::Padded => length & 0x7fff_ffff,
            _ => length,
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if let Framing::Full { received, sent } = self.framing {
            return self.locate_full(length, received, sent);
        }
        if length == 0 || length > MAX_FRAME {
            return Err(FrameError::Length(length));
        }
        if pending.len() < header + length {
            return Ok(None);
        }
        // Encrypted messages are 24 bytes and whole blocks of 16; what is left over is padding of the transport.
        let padding = match self.framing {
            Framing::Padded if length >= 24 => (length - 24) % 16,
            _ => 0,
        };
        let payload = header..header + length - padding;
        Ok(Some((payload, header + length)))
    }

    fn locate_full(
        &mut self,
        length: usize,
        received: u32,
        sent: u32,
    ) -> Result<Option<(Range<usize>, usize)>, FrameError> {
        if !(12..=MAX_FRAME).contains(&length) {
            return Err(FrameError::Length(length));
        }
        let Some(frame) = self.pending().get(..length) else {
            return Ok(None);
        };
        let word = |at: usize| {
            let mut four = [0; 4];
            four.copy_from_slice(&frame[at..at + 4]);
            u32::from_le_bytes(four)
        };
        if word(length - 4) != checksum(&frame[..length - 4]) {
            return Err(FrameError::Checksum);
        }
        let got = word(4);
        if got != received {
            return Err(FrameError::Sequence { expected: received, got });
        }
        self.framing = Framing::Full { received: received.wrapping_add(1), sent };
        Ok(Some((8..length - 4, length)))
    }

    /// Appends a payload to what goes out. Nothing goes out before the client has shown its transport.
    pub(crate) fn pack(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        match &mut self.framing {
            Framing::Undecided => return,
            Framing::Full { sent, .. } => {
                out.extend_from_slice(&(length + 12).to_le_bytes());
                out.extend_from_slice(&sent.to_le_bytes());
                out.extend_from_slice(payload);
                let sum = checksum(&out[start..]);
                out.extend_from_slice(&sum.to_le_bytes());
                *sent = sent.wrapping_add(1);
            }
            Framing::Abridged => {
                let words = length / 4;
                match u8::try_from(words) {
                    Ok(words) if words < 0x7f => out.push(words),
                    _ => {
                        out.push(0x7f);
                        out.extend_from_slice(&words.to_le_bytes()[..3]);
                    }
                }
                out.extend_from_slice(payload);
            }
            Framing::Intermediate | Framing::Padded => {
                out.extend_from_slice(&length.to_le_bytes());
                out.extend_from_slice(payload);
            }
        }
        if let Some(cipher) = &mut self.cipher {
            cipher.encrypt(&mut out[start..]);
        }
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
