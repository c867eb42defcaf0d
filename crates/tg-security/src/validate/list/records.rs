//! Records of a CSV file, one at a time, in memory that does not grow with them.
//!
//! Works on `csv-core`, the state machine below the `csv` crate: that crate's own reader collects a
//! record of any size, so that one line of a gigabyte, or a quote that is never closed, would take
//! as much memory. Here a record that is too large is passed over and reported, and the next one is
//! read.

use std::io::{self, Read};

/// The largest record, in bytes of its values.
pub const MAX_RECORD: usize = 256 * 1024;
/// How much of a record is kept as it was written, in bytes.
pub const MAX_RAW: usize = 1_024;
const CHUNK: usize = 64 * 1024;

/// What is wrong with a record as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordFault {
    /// Its values have more than [`MAX_RECORD`] bytes; the index of the one that crossed the line.
    TooLarge(usize),
    /// It has more values than there can be columns.
    TooMany,
    /// A quote is not closed: everything to the end of the file was read as one value.
    Unclosed(usize),
}

/// One record. Values are bytes: whether they are text is judged one by one.
pub(super) struct Record<'a> {
    /// Where it begins, counted from 1.
    pub(super) line: u64,
    pub(super) fault: Option<RecordFault>,
    /// Its beginning as it was written.
    pub(super) raw: String,
    values: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    /// Its values. Meaningless if there is a fault.
    pub(super) fn values(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let values = self.values;
        let ends = self.ends;
        ends.iter().enumerate().map(move |(n, end)| {
            let start = if n == 0 { 0 } else { ends[n - 1] };
            values.get(start..*end).unwrap_or_default()
        })
    }
}

/// Reads records.
pub(super) struct Records<R> {
    input: R,
    core: csv_core::Reader,
    chunk: Box<[u8]>,
    at: usize,
    filled: usize,
    ended: bool,
    /// No record was read yet.
    first: bool,
    values: Box<[u8]>,
    ends: Box<[usize]>,
    trace: Trace,
}

impl<R: Read> Records<R> {
    /// Begins at the start of `input`, after a byte-order mark if there is one. A record may have
    /// `columns` values, with `delimiter` between them.
    pub(super) fn new(input: R, columns: usize, delimiter: u8) -> io::Result<Self> {
        let mut records = Self {
            input,
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            chunk: vec![0; CHUNK].into_boxed_slice(),
            at: 0,
            filled: 0,
            ended: false,
            first: true,
            // One more than is allowed, so that a record of exactly the limit is told apart.
            values: vec![0; MAX_RECORD + 1].into_boxed_slice(),
            ends: vec![0; columns + 1].into_boxed_slice(),
            trace: Trace::new(delimiter),
        };
        while records.filled < 3 && !records.ended {
            records.fill()?;
        }
        if records.buffered().starts_with(b"\xEF\xBB\xBF") {
            records.at = 3;
        }
        Ok(records)
    }

    /// What was read from the input and not yet parsed.
    pub(super) fn buffered(&self) -> &[u8] {
        &self.chunk[self.at..self.filled]
    }

    fn fill(&mut self) -> io::Result<()> {
        loop {
            match self.input.read(&mut self.chunk[self.filled..]) {
                Ok(count) => {
                    self.filled += count;
                    self.ended = count == 0;
                    return Ok(());
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// The next record, or `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Record<'_>>> {
        let (mut written, mut count, mut fault) = (0, 0, None);
        self.trace.begin();
        loop {
            if self.at == self.filled && !self.ended {
                (self.at, self.filled) = (0, 0);
                self.fill()?;
            }
            let (result, took, wrote, ended) = self.core.read_record(
                &self.chunk[self.at..self.filled],
                &mut self.values[written..],
                &mut self.ends[count..],
            );
            self.trace.saw(&self.chunk[self.at..self.at + took]);
            self.at += took;
            written += wrote;
            count += ended;
            match result {
                csv_core::ReadRecordResult::InputEmpty => {
                    // Nothing follows a first record that is no list of columns: what it came from
                    // may have no end.
                    if self.first && fault.is_some() {
                        break;
                    }
                }
                csv_core::ReadRecordResult::OutputFull => {
                    fault.get_or_insert(RecordFault::TooLarge(count));
                    written = 0;
                }
                csv_core::ReadRecordResult::OutputEndsFull => {
                    fault.get_or_insert(RecordFault::TooMany);
                    count = 0;
                }
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::End => return Ok(None),
            }
        }
        self.first = false;
        if fault.is_none() && written > MAX_RECORD {
            fault = Some(RecordFault::TooLarge(count.saturating_sub(1)));
        }
        if self.trace.place == Place::Quoted {
            // More to the point than its size, which the missing quote explains.
            let column = match fault {
                Some(RecordFault::TooLarge(column)) => column,
                _ => count.saturating_sub(1),
            };
            fault = Some(RecordFault::Unclosed(column));
        }
        Ok(Some(Record {
            line: self.trace.start,
            fault,
            raw: self.trace.raw(),
            values: &self.values[..written],
            ends: &self.ends[..count],
        }))
    }
}

/// Where in a record the last byte stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    ValueStart,
    Bare,
    Quoted,
    /// After a quote inside a quoted value: its end, or the first half of an escaped quote.
    Quote,
}

/// Follows the bytes of a record beside the parser, for what the parser does not tell: the line it
/// begins on, its text as written, and whether its last quote was closed.
struct Trace {
    line: u64,
    start: u64,
    begun: bool,
    /// The last byte was a carriage return.
    returned: bool,
    place: Place,
    delimiter: u8,
    raw: Vec<u8>,
    cut: bool,
}

impl Trace {
    fn new(delimiter: u8) -> Self {
        let raw = Vec::with_capacity(MAX_RAW);
        Self {
            line: 1,
            start: 1,
            begun: false,
            returned: false,
            place: Place::ValueStart,
            delimiter,
            raw,
            cut: false,
        }
    }

    fn begin(&mut self) {
        self.begun = false;
        self.place = Place::ValueStart;
        self.raw.clear();
        self.cut = false;
    }

    fn saw(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let line_end = matches!(byte, b'\n' | b'\r');
            if !self.begun && !line_end {
                self.begun = true;
                self.start = self.line;
            }
            // A return alone ends a line too, as it ends a record.
            let second_half = *byte == b'\n' && self.returned;
            self.returned = *byte == b'\r';
            self.line += u64::from(line_end && !second_half);
            if !self.begun {
                // Empty lines, and the second half of the line end before.
                continue;
            }
            if self.raw.len() < MAX_RAW {
                self.raw.push(*byte);
            } else {
                self.cut = true;
            }
            self.place = match (self.place, byte) {
                (Place::ValueStart | Place::Quote, b'"') => Place::Quoted,
                (Place::Quoted, b'"') => Place::Quote,
                (Place::Quoted, _) => Place::Quoted,
                (_, byte) if *byte == self.delimiter => Place::ValueStart,
                (_, b'\n' | b'\r') => Place::ValueStart,
                _ => Place::Bare,
            };
        }
    }

    fn raw(&self) -> String {
        shown(&self.raw, self.cut)
    }
}

/// A text as written, at most [`MAX_RAW`] bytes, without what a terminal would obey.
pub(super) fn shown(raw: &[u8], cut: bool) -> String {
    let text = String::from_utf8_lossy(raw);
    let text = text.trim_end_matches(['\r', '\n']);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if c.is_control() && !matches!(c, '\n' | '\t') { '\u{FFFD}' } else { c };
        if out.len() + c.len_utf8() + '…'.len_utf8() > MAX_RAW {
            out.push('…');
            return out;
        }
        out.push(c);
    }
    if cut {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests;
