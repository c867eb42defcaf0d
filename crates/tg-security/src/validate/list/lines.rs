//! JSON lines: one object per line, within fixed memory. What names a column is the key; which keys
//! there are shows as they come.

use super::header::{Column, ListError, MAX_COLUMNS};
use super::people::{Fault, nobody, put};
use super::reader::ListOptions;
use super::records::{MAX_RAW, MAX_RECORD, shown};
use super::row::Row;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

const CHUNK: usize = 64 * 1024;
/// The longest key, in bytes: office programs name columns with whole questions.
const MAX_KEY: usize = 512;
/// What our own exports say about themselves.
const OURS: &str = "tg.member/";

/// A line that is not empty.
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u64,
    /// Its beginning as it was written.
    pub(super) raw: String,
    pub(super) row: Result<Row, Fault>,
}

/// Reads lines.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    number: u64,
    /// The keys that were met, and the places of their columns.
    keys: BTreeMap<String, usize>,
    columns: Vec<Column>,
}

impl<R: Read> Lines<R> {
    /// Begins at the start of `input`, after a byte-order mark if there is one.
    ///
    /// # Errors
    /// If it does not begin like a list of objects.
    pub(super) fn new(input: R) -> Result<Self, ListError> {
        let mut input = BufReader::with_capacity(CHUNK, input);
        let begin = fill(&mut input)?;
        if [b"\xFF\xFE", b"\xFE\xFF"].iter().any(|mark| begin.starts_with(*mark)) {
            return Err(ListError::Utf16);
        }
        let mark = if begin.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        match begin[mark..].iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => {}
            None if begin.len() == CHUNK => {}
            _ => return Err(ListError::NotLines),
        }
        input.consume(mark);
        Ok(Self { input, line: Vec::new(), number: 0, keys: BTreeMap::new(), columns: Vec::new() })
    }

    /// The columns that were met until now.
    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The next line that is not empty, or `None` at the end.
    pub(super) fn next(&mut self, options: &ListOptions) -> Result<Option<Line>, ListError> {
        loop {
            let Some(whole) = self.read_line()? else { return Ok(None) };
            self.number += 1;
            let text = self.line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let raw = shown(&text[..text.len().min(MAX_RAW)], text.len() > MAX_RAW);
            let row = if whole {
                object(text).and_then(|object| self.row(object, options))
            } else {
                Err((String::new(), format!("the line has more than {MAX_RECORD} bytes")))
            };
            return Ok(Some(Line { number: self.number, raw, row }));
        }
    }

    /// Reads one line, and says whether it is held whole; `None` at the end.
    fn read_line(&mut self) -> io::Result<Option<bool>> {
        self.line.clear();
        let (mut any, mut whole) = (false, true);
        loop {
            let chunk = fill(&mut self.input)?;
            if chunk.is_empty() {
                return Ok(any.then_some(whole));
            }
            any = true;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let room = MAX_RECORD - self.line.len();
            whole &= part.len() <= room;
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let took = end.map_or(chunk.len(), |at| at + 1);
            self.input.consume(took);
            if end.is_some() {
                return Ok(Some(whole));
            }
        }
    }

    fn row(&mut self, object: Map<String, Value>, options: &ListOptions) -> Result<Row, Fault> {
        let mut row = Row::default();
        let mut taken = Vec::with_capacity(object.len());
        for (key, value) in object {
            match (key.as_str(), value) {
                ("schema", Value::String(schema)) if schema.starts_with(OURS) => {}
                ("fields", Value::Object(fields)) => {
                    for (key, value) in fields {
                        let place = self.field(&key)?;
                        self.take(place, &value, &mut taken, &mut row, options)?;
                    }
                }
                (_, value) => {
                    let place = self.place(&key, options)?;
                    self.take(place, &value, &mut taken, &mut row, options)?;
                }
            }
        }
        if row.person.is_addressed() { Ok(row) } else { Err(nobody("username")) }
    }

    fn take(
        &self,
        place: usize,
        value: &Value,
        taken: &mut Vec<usize>,
        row: &mut Row,
        options: &ListOptions,
    ) -> Result<(), Fault> {
        let column = &self.columns[place];
        let fault = |reason: String| (column.name().to_owned(), reason);
        if *column == Column::Ignored {
            return Ok(());
        }
        if taken.contains(&place) {
            return Err(fault("two keys of the object mean this".to_owned()));
        }
        taken.push(place);
        let text = text(column, value).ok_or_else(|| {
            fault("its value is a list or an object, where text, a number or null can stand".into())
        })?;
        put(row, column, text.trim(), options).map_err(fault)
    }

    /// The place of a key's column.
    fn place(&mut self, key: &str, options: &ListOptions) -> Result<usize, Fault> {
        if let Some(place) = self.keys.get(key) {
            return Ok(*place);
        }
        let column = options.map.column(key).map_err(|problem| {
            (label(key), format!("the key cannot be used: {problem}; map it, or ignore it"))
        })?;
        self.add(key, column)
    }

    /// The place of a key inside of `fields`, where our exports write what no column is for.
    fn field(&mut self, key: &str) -> Result<usize, Fault> {
        let name = crate::validate::field_name(key)
            .map_err(|problem| (label(key), format!("the key cannot be used: {problem}")))?;
        let path = format!("fields.{name}");
        match self.keys.get(&path) {
            Some(place) => Ok(*place),
            None => self.add(&path, Column::Field(name)),
        }
    }

    fn add(&mut self, key: &str, column: Column) -> Result<usize, Fault> {
        if self.keys.len() >= MAX_COLUMNS || key.len() > MAX_KEY {
            let reason =
                format!("the list has more than {MAX_COLUMNS} keys, or longer ones than any");
            return Err((label(key), reason));
        }
        let known = self.columns.iter().position(|other| *other == column);
        let place = known.unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        });
        self.keys.insert(key.to_owned(), place);
        Ok(place)
    }
}

fn fill<R: Read>(input: &mut BufReader<R>) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(input.buffer())
}

fn object(line: &[u8]) -> Result<Map<String, Value>, Fault> {
    serde_json::from_slice(line).map_err(|error| {
        let place = error.column();
        (String::new(), format!("the line is no JSON object: it goes wrong at byte {place}"))
    })
}

/// A value as a table would have it.
fn text(column: &Column, value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(list) if *column == Column::Tags => {
            let words: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
            words.map(|words| words.join(","))
        }
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// A key as a reject shows it.
fn label(key: &str) -> String {
    shown(key.as_bytes(), false).chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{ColumnMap, ListFormat, PeopleReader, Reject, RowError};
    use super::*;
    use crate::validate::PhoneRules;
    use tg_core::time::Timestamp;

    fn options() -> ListOptions {
        ListOptions {
            format: ListFormat::JsonLines,
            map: ColumnMap::default(),
            phones: PhoneRules::default(),
            now: Timestamp(1_800_000_000_000),
        }
    }

    fn read(text: &[u8], options: ListOptions) -> (Vec<Row>, Vec<Reject>, Vec<String>) {
        let mut reader = PeopleReader::new(text, options).unwrap();
        let (mut rows, mut rejects) = (Vec::new(), Vec::new());
        for row in reader.by_ref() {
            match row {
                Ok(row) => rows.push(row),
                Err(RowError::Rejected(reject)) => rejects.push(reject),
                Err(RowError::Failed(error)) => panic!("{error}"),
            }
        }
        let fields = reader.fields().map(str::to_owned).collect();
        (rows, rejects, fields)
    }

    #[test]
    fn objects_become_people() {
        let text = "\u{FEFF}{\"Username\":\"@ann_1984\",\"user id\":777000,\"City\":\"Köln\",\"tags\":[\"b\",\"a\"]}\r\n\n\
            {\"schema\":\"tg.member/1\",\"username\":\"bob_1984\",\"phone\":null,\"fields\":{\"city\":\"Ulm\",\"consent\":\"x\"},\
            \"consent\":\"fair\",\"consented_at\":\"2026-10-03T00:00:00Z\",\"suppressed\":true}\n";
        let (rows, rejects, fields) = read(text.as_bytes(), options());
        assert_eq!(rejects, []);
        assert_eq!(fields, ["city", "consent"]);
        let [ann, bob] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((ann.line, ann.person.user_id.unwrap().0), (1, 777_000));
        assert_eq!(ann.person.fields["city"], "Köln");
        assert_eq!(ann.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((bob.line, bob.person.phone.as_ref()), (3, None));
        assert_eq!((bob.consent.source.as_str(), bob.suppressed), ("fair", true));
        assert_eq!(bob.consent.at, Some(Timestamp(1_790_985_600_000)));
        assert_eq!(bob.person.fields["consent"], "x", "a field, whatever it is called");
    }

    #[test]
    fn a_fault_names_line_and_key_and_costs_one_row() {
        let long = format!("{{\"username\":\"{}\"}}\n", "x".repeat(MAX_RECORD));
        let text = format!(
            "{{\"username\":\"ann_1984\"}}\n{{\"username\":\n[1]\n{{\"username\":[1]}}\n\
             {{\"größe\":1,\"username\":\"ann_1984\"}}\n{{\"phone\":\"12345\"}}\n{{\"x\":1}}\n\
             {{\"username\":\"ann_1984\",\"Username\":\"x\"}}\n{long}\
             {{\"username\":\"ann_1984\",\"consented_at\":\"2999-01-01\"}}\n{{\"username\":\"cat_1984\"}}"
        );
        let (rows, rejects, _) = read(text.as_bytes(), options());
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 11]);
        let found: Vec<_> = rejects.iter().map(|r| (r.line, r.column.as_str())).collect();
        assert_eq!(
            found,
            [
                (2, ""),
                (3, ""),
                (4, "username"),
                (5, "größe"),
                (6, "phone"),
                (7, "username"),
                (8, "username"),
                (9, ""),
                (10, "consented_at"),
            ]
        );
        assert!(rejects.iter().all(|reject| reject.raw.len() <= MAX_RAW));
    }

    #[test]
    fn keys_can_be_mapped_and_left_out() {
        let mut options = options();
        options.map.map("username=Telegram").unwrap();
        options.map.ignore("größe");
        let text = "{\"Telegram\":\"ann_1984\",\"größe\":{}}\n";
        let (rows, rejects, fields) = read(text.as_bytes(), options);
        assert_eq!((rows.len(), rejects.len(), fields.len()), (1, 0, 0));
    }

    #[test]
    fn what_is_no_list_of_objects_is_refused_as_a_whole() {
        for text in ["", "username\nann\n", "[{\"username\":\"x\"}]", "\n\n"] {
            let error = PeopleReader::new(text.as_bytes(), options()).err().unwrap();
            assert!(matches!(error, ListError::NotLines), "{error}");
        }
    }

    #[test]
    fn keys_without_end_need_no_memory_without_end() {
        let text: String = (0..500).map(|n| format!("{{\"user_id\":5,\"k{n}\":1}}\n")).collect();
        let (rows, rejects, fields) = read(text.as_bytes(), options());
        assert_eq!((rows.len(), rejects.len(), fields.len()), (99, 401, 99));
    }
}
