//! The reader of lists, whatever they are written as.

use super::header::{Column, ColumnMap, ListError, MAX_COLUMNS, columns};
use super::lines::Lines;
use super::people;
use super::records::Records;
use super::row::{Reject, Row, RowError};
use crate::validate::PhoneRules;
use std::io::Read;
use tg_core::time::Timestamp;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// A table whose first row names the columns, and the character between its values.
    Csv {
        /// One byte of ASCII.
        delimiter: u8,
    },
    /// One JSON object per line.
    JsonLines,
}

impl Default for ListFormat {
    fn default() -> Self {
        Self::Csv { delimiter: b',' }
    }
}

/// How a list is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListOptions {
    /// How it is written.
    pub format: ListFormat,
    /// Which column is what, where their names do not say it.
    pub map: ColumnMap,
    /// What counts as a phone number.
    pub phones: PhoneRules,
    /// Nobody consented after this.
    pub now: Timestamp,
}

/// Reads a list row by row, in memory that does not grow with it.
pub struct PeopleReader<R> {
    input: Input<R>,
    options: ListOptions,
    failed: bool,
}

enum Input<R> {
    Table(Box<Records<R>>, Vec<Column>),
    Lines(Lines<R>),
}

impl<R: Read> PeopleReader<R> {
    /// Reads what names the columns.
    ///
    /// # Errors
    /// If the list cannot be read at all: no columns, none that addresses a person, unusable names.
    pub fn new(input: R, options: ListOptions) -> Result<Self, ListError> {
        let delimiter = match options.format {
            ListFormat::Csv { delimiter } => delimiter,
            ListFormat::JsonLines => {
                let input = Input::Lines(Lines::new(input)?);
                return Ok(Self { input, options, failed: false });
            }
        };
        let mut records = Records::new(input, MAX_COLUMNS, delimiter)?;
        if [b"\xFF\xFE", b"\xFE\xFF"].iter().any(|mark| records.buffered().starts_with(*mark)) {
            return Err(ListError::Utf16);
        }
        let first = records.next()?.ok_or(ListError::Empty)?;
        let columns = columns(&first, &options.map, delimiter)?;
        Ok(Self { input: Input::Table(Box::new(records), columns), options, failed: false })
    }

    /// The names of the columns that become fields of templates: of a table all of them, of JSON
    /// lines those that were met until now.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let columns = match &self.input {
            Input::Table(_, columns) => columns.as_slice(),
            Input::Lines(lines) => lines.columns(),
        };
        columns.iter().filter_map(|column| match column {
            Column::Field(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether every row can have a consent of its own.
    pub fn has_consents(&self) -> bool {
        match &self.input {
            Input::Table(_, columns) => columns.contains(&Column::Consent),
            Input::Lines(_) => true,
        }
    }

    fn read(&mut self) -> Result<Option<Result<Row, Reject>>, ListError> {
        let options = &self.options;
        let (line, raw, read) = match &mut self.input {
            Input::Table(records, columns) => {
                let Some(record) = records.next()? else { return Ok(None) };
                let read = people::of_record(columns, options, &record);
                (record.line, record.raw, read)
            }
            Input::Lines(lines) => {
                let Some(line) = lines.next(options)? else { return Ok(None) };
                (line.number, line.raw, line.row)
            }
        };
        Ok(Some(match read {
            Ok(row) => Ok(Row { line, raw, ..row }),
            Err((column, reason)) => Err(Reject { line, column, reason, raw }),
        }))
    }
}

impl<R: Read> Iterator for PeopleReader<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.read() {
            Ok(row) => row.map(|row| row.map_err(RowError::Rejected)),
            Err(error) => {
                self.failed = true;
                Some(Err(RowError::Failed(error)))
            }
        }
    }
}
