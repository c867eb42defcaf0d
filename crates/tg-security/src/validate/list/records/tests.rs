//! Records in every size and shape.

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
    let mut records = Records::new(Drip(input, step), 100, b',').unwrap();
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
fn returns_alone_are_line_ends() {
    let lines: Vec<_> = all(b"a\r\r1\r\n2\r3,\"x\ry\"\r4", 2).iter().map(|r| r.0).collect();
    assert_eq!(lines, [1, 3, 4, 5, 7]);
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
    let mut records = Records::new(head.chain(huge).chain(tail), 100, b',').unwrap();
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
    input.splice(..0, *b"a\n");
    assert_eq!(all(&input, CHUNK)[1].1, None);
    input.push(b'x');
    assert_eq!(all(&input, CHUNK)[1].1, Some(RecordFault::TooLarge(0)));
}

#[test]
fn a_first_record_without_end_is_given_up() {
    let mut records = Records::new(io::repeat(0), 100, b',').unwrap();
    let record = records.next().unwrap().unwrap();
    assert_eq!(record.fault, Some(RecordFault::TooLarge(0)));
}

#[test]
fn too_many_values_are_passed_over() {
    let input = format!("a\n{}\nok\n", ",".repeat(10_000));
    let records = all(input.as_bytes(), CHUNK);
    assert_eq!(records[1].1, Some(RecordFault::TooMany));
    assert_eq!(records[2].2, [b"ok".to_vec()]);
}

#[test]
fn an_endless_quote_ends_with_its_input() {
    let input = b"a\n\"".chain(io::repeat(b'\n').take(5 << 20));
    let mut records = Records::new(input, 100, b',').unwrap();
    records.next().unwrap().unwrap();
    let record = records.next().unwrap().unwrap();
    assert_eq!(record.fault, Some(RecordFault::Unclosed(0)));
    assert!(records.next().unwrap().is_none());
}

#[test]
fn raw_text_is_bounded_and_harmless() {
    let mut input = b"\x1b[2J,\0,".to_vec();
    input.extend_from_slice(&[0xFF; 4_000]);
    let mut records = Records::new(input.as_slice(), 100, b',').unwrap();
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
