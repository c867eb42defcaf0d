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
    values: Box<[u8]>,
    ends: Box<[usize]>,
    trace: Trace,
}

impl<R: Read> Records<R> {
    /// Begins at the start of `input`, after a byte-order mark if there is one. A record may have
    /// `columns` values.
    pub(super) fn new(input: R, columns: usize) -> io::Result<Self> {
        let mut records = Self {
            input,
            core: csv_core::Reader::new(),
            chunk: vec![0; CHUNK].into_boxed_slice(),
            at: 0,
            filled: 0,
            ended: false,
            // One more than is allowed, so that a record of exactly the limit is told apart.
            values: vec![0; MAX_RECORD + 1].into_boxed_slice(),
            ends: vec![0; columns + 1].into_boxed_slice(),
            trace: Trace::new(),
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
                csv_core::ReadRecordResult::InputEmpty => {}
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
    place: Place,
    raw: Vec<u8>,
    cut: bool,
}

impl Trace {
    fn new() -> Self {
        let raw = Vec::with_capacity(MAX_RAW);
        Self { line: 1, start: 1, begun: false, place: Place::ValueStart, raw, cut: false }
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
            self.line += u64::from(*byte == b'\n');
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
                (_, b',') => Place::ValueStart,
                (_, b'\n' | b'\r') => Place::ValueStart,
                _ => Place::Bare,
            };
        }
    }

    /// The text as written, at most [`MAX_RAW`] bytes, without what a terminal would obey.
    fn raw(&self) -> String {
        let text = String::from_utf8_lossy(&self.raw);
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
        if self.cut {
            out.push('…');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// Gives its bytes a few at a time, so that every boundary falls somewhere.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(out.len());
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    type Owned = (u64, Option<RecordFault>, Vec<Vec<u8>>);

    fn all(input: &[u8], step: usize) -> Vec<Owned> {
        let mut records = Records::new(Drip(input, step), 100).unwrap();
        let mut out = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let values = if record.fault.is_none() {
                record.values().map(<[u8]>::to_vec).collect()
            } else {
                Vec::new()
            };
            out.push((record.line, record.fault, values));
        }
        out
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let input = b"\xEF\xBB\xBFa,b\r\n\r\n1,\"x\r\ny\"\r\n\n\n2,z\n3,\"q\"\"q\"";
        for step in [1, 2, 3, 7, 1_000] {
            let records = all(input, step);
            let lines: Vec<_> = records.iter().map(|r| r.0).collect();
            assert_eq!(lines, [1, 3, 7, 8], "step {step}");
            assert_eq!(records[1].2, [b"1".to_vec(), b"x\r\ny".to_vec()]);
            assert_eq!(records[3].2, [b"3".to_vec(), b"q\"q".to_vec()]);
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_noticed() {
        let records = all(b"a,b\n1,\"open\n2,x\n3,y\n", 5);
        assert_eq!(records.len(), 2);
        assert_eq!((records[1].0, records[1].1), (2, Some(RecordFault::Unclosed(1))));
        assert_eq!(all(b"a\n\"closed\"", 3)[1].1, None);
        assert_eq!(all(b"a\nb\"are", 3)[1].1, None, "a quote inside a bare value is a character");
    }

    #[test]
    fn a_huge_record_is_passed_over_in_fixed_memory() {
        let head = b"a,b\n1,".as_slice();
        let tail = b"\n2,x\n".as_slice();
        let huge = io::repeat(b'x').take(50 << 20);
        let mut records = Records::new(head.chain(huge).chain(tail), 100).unwrap();
        records.next().unwrap().unwrap();
        let record = records.next().unwrap().unwrap();
        assert_eq!(record.fault, Some(RecordFault::TooLarge(1)));
        assert!(record.raw.len() <= MAX_RAW && record.raw.starts_with("1,xxx"));
        let record = records.next().unwrap().unwrap();
        assert_eq!((record.line, record.fault), (3, None));
        assert_eq!(record.values().next(), Some(b"2".as_slice()));
        assert!(records.next().unwrap().is_none());
    }

    #[test]
    fn the_limit_itself_fits() {
        let mut input = vec![b'x'; MAX_RECORD];
        assert_eq!(all(&input, CHUNK)[0].1, None);
        input.push(b'x');
        assert_eq!(all(&input, CHUNK)[0].1, Some(RecordFault::TooLarge(0)));
    }

    #[test]
    fn too_many_values_are_passed_over() {
        let mut input = ",".repeat(10_000).into_bytes();
        input.extend_from_slice(b"\nok\n");
        let records = all(&input, CHUNK);
        assert_eq!(records[0].1, Some(RecordFault::TooMany));
        assert_eq!(records[1].2, [b"ok".to_vec()]);
    }

    #[test]
    fn an_endless_quote_ends_with_its_input() {
        let input = b"\"".chain(io::repeat(b'\n').take(5 << 20));
        let mut records = Records::new(input, 100).unwrap();
        let record = records.next().unwrap().unwrap();
        assert_eq!(record.fault, Some(RecordFault::Unclosed(0)));
        assert!(records.next().unwrap().is_none());
    }

    #[test]
    fn raw_text_is_bounded_and_harmless() {
        let mut input = b"\x1b[2J,\0,".to_vec();
        input.extend_from_slice(&[0xFF; 4_000]);
        let mut records = Records::new(input.as_slice(), 100).unwrap();
        let raw = records.next().unwrap().unwrap().raw;
        assert!(raw.len() <= MAX_RAW, "{}", raw.len());
        assert!(raw.starts_with("\u{FFFD}[2J,\u{FFFD},"));
    }

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate(
            rows in prop::collection::vec(
                prop::collection::vec("[a-c,\"\r\n é]{0,6}", 2..5),
                1..6,
            ),
            step in 1usize..40,
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let input = writer.into_inner().unwrap();
            let read: Vec<Vec<Vec<u8>>> = all(&input, step).into_iter().map(|r| r.2).collect();
            let written: Vec<Vec<Vec<u8>>> = rows
                .iter()
                .map(|row| row.iter().map(|value| value.clone().into_bytes()).collect())
                .collect();
            prop_assert_eq!(read, written);
        }

        #[test]
        fn noise_ends(input in prop::collection::vec(
            prop::sample::select(b"\",\r\nab\xFF\0".to_vec()), 0..300), step in 1usize..20) {
            let whole = all(&input, 1_000);
            prop_assert_eq!(all(&input, step), whole);
        }
    }
}
