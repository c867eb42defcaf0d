//! The first row of a list: which column is what.

use super::records::{Record, RecordFault};
use crate::validate::{FieldNameError, field_name};
use std::io;

/// The most columns that a list may have.
pub const MAX_COLUMNS: usize = 100;

/// Why a list as a whole cannot be read. Columns are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The input failed.
    #[error("the list could not be read")]
    Read(#[from] io::Error),
    /// There is no first row.
    #[error("the list is empty: its first row must name the columns")]
    Empty,
    /// Another encoding than UTF-8.
    #[error("the list is not UTF-8 (it looks like UTF-16): save it as \"CSV UTF-8\"")]
    Utf16,
    /// A column's name is no text.
    #[error("the name of column {column} is not UTF-8: save the list as \"CSV UTF-8\"")]
    NotUtf8 {
        /// Which.
        column: usize,
    },
    /// Larger than any list of columns.
    #[error("the first row is too long to be a list of columns")]
    TooLarge,
    /// A quote in the first row never ends.
    #[error("a quote in the first row is not closed")]
    Unclosed,
    /// More columns than allowed.
    #[error("the list has more than {MAX_COLUMNS} columns")]
    TooManyColumns,
    /// A column cannot be a field.
    #[error("column {column} cannot be used: {problem}")]
    Column {
        /// Which.
        column: usize,
        /// Why.
        problem: FieldNameError,
    },
    /// Two columns have the same name.
    #[error("columns {first} and {second} are both named \"{name}\"")]
    Duplicate {
        /// The name.
        name: String,
        /// The first of them.
        first: usize,
        /// The second.
        second: usize,
    },
    /// Nothing would name a person to Telegram.
    #[error("the first row names none of the columns username, phone and user_id")]
    NoAddress,
    /// The values are not separated by commas.
    #[error("the columns are separated by {0:?}, not by commas: export the list with commas")]
    Separator(char),
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Username,
    Phone,
    UserId,
    FirstName,
    LastName,
    Lang,
    Tz,
    Field(String),
}

impl Column {
    fn named(name: String) -> Self {
        match name.as_str() {
            "username" => Self::Username,
            "phone" => Self::Phone,
            "user_id" => Self::UserId,
            "first_name" => Self::FirstName,
            "last_name" => Self::LastName,
            "lang" => Self::Lang,
            "tz" => Self::Tz,
            _ => Self::Field(name),
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Username => "username",
            Self::Phone => "phone",
            Self::UserId => "user_id",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Lang => "lang",
            Self::Tz => "tz",
            Self::Field(name) => name,
        }
    }

    pub(super) const fn is_address(&self) -> bool {
        matches!(self, Self::Username | Self::Phone | Self::UserId)
    }
}

/// Reads the first row.
pub(super) fn columns(record: &Record<'_>) -> Result<Vec<Column>, ListError> {
    match record.fault {
        Some(RecordFault::TooLarge(_)) => return Err(ListError::TooLarge),
        Some(RecordFault::TooMany) => return Err(ListError::TooManyColumns),
        Some(RecordFault::Unclosed(_)) => return Err(ListError::Unclosed),
        None => {}
    }
    if record.values().len() > MAX_COLUMNS {
        return Err(ListError::TooManyColumns);
    }
    let mut columns: Vec<Column> = Vec::new();
    for (index, value) in record.values().enumerate() {
        let column = index + 1;
        let text = std::str::from_utf8(value).map_err(|_| ListError::NotUtf8 { column })?;
        if record.values().len() == 1
            && let Some(separator) = text.chars().find(|c| matches!(c, ';' | '\t' | '|'))
        {
            return Err(ListError::Separator(separator));
        }
        let name = field_name(text).map_err(|problem| ListError::Column { column, problem })?;
        let this = Column::named(name);
        if let Some(first) = columns.iter().position(|other| *other == this) {
            let name = this.name().to_owned();
            return Err(ListError::Duplicate { name, first: first + 1, second: column });
        }
        columns.push(this);
    }
    if columns.iter().any(Column::is_address) { Ok(columns) } else { Err(ListError::NoAddress) }
}
