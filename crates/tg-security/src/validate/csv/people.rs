//! Rows of a list as people, or as rejects that say which column is wrong and why.

use super::header::{Column, ListError, MAX_COLUMNS, columns};
use super::records::{MAX_RECORD, Record, RecordFault, Records};
use crate::validate::{
    PhoneRules, clean_field, clean_name, parse_lang, parse_phone, parse_tz, parse_user_id,
    parse_username,
};
use std::fmt::Display;
use std::io::Read;
use tg_core::contact::Person;

/// A row that names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins in the file, counted from 1.
    pub line: u64,
    /// Who.
    pub person: Person,
    /// The row as it was written, at most 1 KiB.
    pub raw: String,
}

impl Row {
    /// The row as a reject, for reasons that only show later.
    #[must_use]
    pub fn reject(self, column: &str, reason: impl Display) -> Reject {
        Reject {
            line: self.line,
            column: column.to_owned(),
            reason: reason.to_string(),
            raw: self.raw,
        }
    }
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Where it begins in the file, counted from 1.
    pub line: u64,
    /// The column at fault.
    pub column: String,
    /// Why. Does not quote the value.
    pub reason: String,
    /// The row as it was written, at most 1 KiB: it may name a person in full.
    pub raw: String,
}

/// Why there is no person at this point of the list.
#[derive(Debug)]
pub enum RowError {
    /// This row was refused; the next one may be good.
    Rejected(Reject),
    /// The input failed; nothing follows.
    Failed(ListError),
}

/// Reads a list row by row, in memory that does not grow with it.
pub struct PeopleReader<R> {
    records: Records<R>,
    columns: Vec<Column>,
    rules: PhoneRules,
    failed: bool,
}

impl<R: Read> PeopleReader<R> {
    /// Reads the first row.
    ///
    /// # Errors
    /// If the list cannot be read at all: no columns, none that addresses a person, unusable names.
    pub fn new(input: R, rules: PhoneRules) -> Result<Self, ListError> {
        let mut records = Records::new(input, MAX_COLUMNS)?;
        if [b"\xFF\xFE", b"\xFE\xFF"].iter().any(|mark| records.buffered().starts_with(*mark)) {
            return Err(ListError::Utf16);
        }
        let columns = columns(&records.next()?.ok_or(ListError::Empty)?)?;
        Ok(Self { records, columns, rules, failed: false })
    }

    /// The names of the columns that become fields of templates, in their order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(|column| match column {
            Column::Field(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

impl<R: Read> Iterator for PeopleReader<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.records.next() {
            Ok(record) => {
                record.map(|r| row(&self.columns, &self.rules, r).map_err(RowError::Rejected))
            }
            Err(error) => {
                self.failed = true;
                Some(Err(RowError::Failed(error.into())))
            }
        }
    }
}

fn row(columns: &[Column], rules: &PhoneRules, record: Record<'_>) -> Result<Row, Reject> {
    match person(columns, rules, &record) {
        Ok(person) => Ok(Row { line: record.line, person, raw: record.raw }),
        Err((column, reason)) => Err(Reject { line: record.line, column, reason, raw: record.raw }),
    }
}

/// A column's name, and what is wrong with it.
type Fault = (String, String);

fn person(columns: &[Column], rules: &PhoneRules, record: &Record<'_>) -> Result<Person, Fault> {
    check_shape(columns, record)?;
    let mut person = Person::default();
    for (column, value) in columns.iter().zip(record.values()) {
        let fault = |reason: String| (column.name().to_owned(), reason);
        let text =
            std::str::from_utf8(value).map_err(|_| fault("it is not UTF-8 text".to_owned()))?;
        put(&mut person, column, text.trim(), rules).map_err(fault)?;
    }
    if person.is_addressed() {
        return Ok(person);
    }
    let address = columns.iter().find(|column| column.is_address());
    Err((
        address.map_or_else(String::new, |column| column.name().to_owned()),
        "none of username, phone and user_id is given".to_owned(),
    ))
}

/// Whether the record has one value for each column.
fn check_shape(columns: &[Column], record: &Record<'_>) -> Result<(), Fault> {
    // Where a value belongs to no column, the last one is the nearest.
    let name = |index: usize| {
        let column = columns.get(index).or(columns.last());
        column.map_or_else(String::new, |column| column.name().to_owned())
    };
    match record.fault {
        Some(RecordFault::TooLarge(index)) => {
            return Err((name(index), format!("the row has more than {MAX_RECORD} bytes")));
        }
        Some(RecordFault::TooMany) => {
            let reason = format!("the row has more than {MAX_COLUMNS} values");
            return Err((name(usize::MAX), reason));
        }
        Some(RecordFault::Unclosed(index)) => {
            return Err((
                name(index),
                "a quote is not closed: the rest of the file was read as one value".to_owned(),
            ));
        }
        None => {}
    }
    let found = record.values().len();
    if found == columns.len() {
        return Ok(());
    }
    let reason = format!("the row has {found} values for {} columns", columns.len());
    Err((name(found), reason))
}

/// Puts one value where it belongs. An empty one says nothing, except that a field exists.
fn put(person: &mut Person, column: &Column, text: &str, rules: &PhoneRules) -> Result<(), String> {
    if let Column::Field(name) = column {
        let value = clean_field(text).map_err(said)?;
        person.fields.insert(name.clone(), value);
        return Ok(());
    }
    if text.is_empty() {
        return Ok(());
    }
    match column {
        Column::Username => person.username = Some(parse_username(text).map_err(said)?),
        Column::Phone => person.phone = Some(parse_phone(text, rules).map_err(said)?),
        Column::UserId => person.user_id = Some(parse_user_id(text).map_err(said)?),
        Column::FirstName => person.first_name = clean_name(text).map_err(said)?,
        Column::LastName => person.last_name = clean_name(text).map_err(said)?,
        Column::Lang => person.lang = parse_lang(text).map_err(said)?,
        Column::Tz => person.tz = parse_tz(text).map_err(said)?,
        Column::Field(_) => {}
    }
    Ok(())
}

fn said(reason: impl Display) -> String {
    reason.to_string()
}

#[cfg(test)]
mod tests;
