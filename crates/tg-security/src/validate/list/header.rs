//! Which column is what: by its name, or as the operator maps it.

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
    #[error("column {column} cannot be used: {problem}; map it to another name, or ignore it")]
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
    /// A column that is mapped or ignored is not there.
    #[error("the list has no column \"{0}\"")]
    NoSuchColumn(String),
    /// No list of JSON objects.
    #[error(
        "the list is not JSON lines: each line must be one object, such as {{\"username\":\"ann\"}}"
    )]
    NotLines,
    /// Nothing would name a person to Telegram.
    #[error("the first row names none of the columns username, phone and user_id")]
    NoAddress,
    /// The values are separated by something else.
    #[error("the columns seem to be separated by {found:?}, not by {expected:?}")]
    Separator {
        /// What stands between the names.
        found: char,
        /// What was looked for.
        expected: char,
    },
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
    Consent,
    ConsentedAt,
    Evidence,
    Scope,
    OptedOutAt,
    Suppressed,
    Tags,
    Field(String),
    /// Nothing that anybody wants.
    Ignored,
}

impl Column {
    pub(super) fn named(name: String) -> Self {
        match name.as_str() {
            "username" => Self::Username,
            "phone" => Self::Phone,
            "user_id" => Self::UserId,
            "first_name" => Self::FirstName,
            "last_name" => Self::LastName,
            "lang" => Self::Lang,
            "tz" => Self::Tz,
            "consent" => Self::Consent,
            "consented_at" => Self::ConsentedAt,
            "consent_evidence" => Self::Evidence,
            "consent_scope" => Self::Scope,
            "opted_out_at" => Self::OptedOutAt,
            "suppressed" => Self::Suppressed,
            "tags" => Self::Tags,
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
            Self::Consent => "consent",
            Self::ConsentedAt => "consented_at",
            Self::Evidence => "consent_evidence",
            Self::Scope => "consent_scope",
            Self::OptedOutAt => "opted_out_at",
            Self::Suppressed => "suppressed",
            Self::Tags => "tags",
            Self::Field(name) => name,
            Self::Ignored => "",
        }
    }

    pub(super) const fn is_address(&self) -> bool {
        matches!(self, Self::Username | Self::Phone | Self::UserId)
    }
}

/// Why a mapping of columns cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Not `field=column`.
    #[error("a mapping is written FIELD=COLUMN, such as phone=Mobile")]
    Shape,
    /// The field cannot be one.
    #[error("\"{name}\" cannot be a field: {problem}")]
    Field {
        /// What was written.
        name: String,
        /// Why.
        problem: FieldNameError,
    },
    /// A field or a column is named twice.
    #[error("\"{0}\" is mapped twice")]
    Twice(String),
}

/// What the operator says about columns: which field each is, and which are left out. Names of
/// columns are compared without case and outer space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap {
    /// Field, and the column that holds it.
    fields: Vec<(String, String)>,
    ignored: Vec<String>,
    rest_ignored: bool,
}

impl ColumnMap {
    /// Maps one column: `phone=Mobile`. A name may stand in double quotes.
    ///
    /// # Errors
    /// If it has no such shape, is no field, or says something twice.
    pub fn map(&mut self, text: &str) -> Result<(), MapError> {
        let (field, column) = text.split_once('=').ok_or(MapError::Shape)?;
        let column = column.trim();
        let bare = column.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let column = bare.unwrap_or(column).trim();
        if column.is_empty() {
            return Err(MapError::Shape);
        }
        let field = field_name(field)
            .map_err(|problem| MapError::Field { name: field.trim().to_owned(), problem })?;
        let twice = |(known, from): &(String, String)| *known == field || same(from, column);
        if self.fields.iter().any(twice) {
            return Err(MapError::Twice(field));
        }
        self.fields.push((field, column.to_owned()));
        Ok(())
    }

    /// Maps several columns, separated by commas outside of double quotes.
    ///
    /// # Errors
    /// As [`ColumnMap::map`].
    pub fn map_all(&mut self, text: &str) -> Result<(), MapError> {
        let mut quoted = false;
        let parts = text.split(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        parts.filter(|part| !part.trim().is_empty()).try_for_each(|part| self.map(part))
    }

    /// Leaves a column out.
    pub fn ignore(&mut self, column: &str) {
        self.ignored.push(column.trim().to_owned());
    }

    /// Leaves out whatever is not mapped.
    pub const fn ignore_rest(&mut self) {
        self.rest_ignored = true;
    }

    /// What a column of this name holds.
    pub(super) fn column(&self, name: &str) -> Result<Column, FieldNameError> {
        if let Some((field, _)) = self.fields.iter().find(|(_, from)| same(from, name)) {
            return Ok(Column::named(field.clone()));
        }
        if self.rest_ignored || self.ignored.iter().any(|ignored| same(ignored, name)) {
            return Ok(Column::Ignored);
        }
        field_name(name).map(Column::named)
    }

    /// A column that is spoken of and is not among `names`.
    fn missing(&self, names: &[&str]) -> Option<String> {
        let spoken = self.fields.iter().map(|(_, from)| from).chain(&self.ignored);
        spoken.into_iter().find(|from| !names.iter().any(|name| same(from, name))).cloned()
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// What may stand between columns, in what was taken for one name.
fn separator(name: &str) -> Option<char> {
    name.chars().find(|c| matches!(c, ';' | '\t' | '|' | ','))
}

/// Reads the first row of a table.
pub(super) fn columns(
    record: &Record<'_>,
    map: &ColumnMap,
    delimiter: u8,
) -> Result<Vec<Column>, ListError> {
    match record.fault {
        Some(RecordFault::TooLarge(_)) => return Err(ListError::TooLarge),
        Some(RecordFault::TooMany) => return Err(ListError::TooManyColumns),
        Some(RecordFault::Unclosed(_)) => return Err(ListError::Unclosed),
        None => {}
    }
    if record.values().len() > MAX_COLUMNS {
        return Err(ListError::TooManyColumns);
    }
    let mut names = Vec::with_capacity(record.values().len());
    for (index, value) in record.values().enumerate() {
        let text = std::str::from_utf8(value);
        names.push(text.map_err(|_| ListError::NotUtf8 { column: index + 1 })?);
    }
    if let [only] = names.as_slice()
        && let Some(found) = separator(only)
    {
        return Err(ListError::Separator { found, expected: char::from(delimiter) });
    }
    if let Some(column) = map.missing(&names) {
        return Err(ListError::NoSuchColumn(column));
    }
    let mut columns: Vec<Column> = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let column = index + 1;
        // A comma inside of quotes makes several columns of one.
        let this = map.column(name).map_err(|problem| match separator(name) {
            Some(found) => ListError::Separator { found, expected: char::from(delimiter) },
            None => ListError::Column { column, problem },
        })?;
        let before = columns.iter().position(|other| *other == this && this != Column::Ignored);
        if let Some(first) = before {
            let name = this.name().to_owned();
            return Err(ListError::Duplicate { name, first: first + 1, second: column });
        }
        columns.push(this);
    }
    if columns.iter().any(Column::is_address) { Ok(columns) } else { Err(ListError::NoAddress) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_read_and_judged() {
        let mut map = ColumnMap::default();
        assert_eq!(map.map_all("phone=Mobile, First-Name = \"Vor, Name\" ,"), Ok(()));
        map.ignore("Größe");
        assert_eq!(map.column(" MOBILE "), Ok(Column::Phone));
        assert_eq!(map.column("vor, name"), Ok(Column::FirstName));
        assert_eq!(map.column("GRÖSSE"), Err(FieldNameError::Shape), "another word");
        assert_eq!(map.column("größe"), Ok(Column::Ignored));
        assert_eq!(map.column("city"), Ok(Column::Field("city".into())));
        assert_eq!(map.missing(&["mobile", "größe"]), Some("Vor, Name".into()));
        assert_eq!(map.map("phone=Handy"), Err(MapError::Twice("phone".into())));
        assert_eq!(map.map("city=mobile"), Err(MapError::Twice("city".into())));
        for bad in ["phone", "phone=", "=Mobile", "9x=Mobile"] {
            assert!(map.map(bad).is_err(), "{bad}");
        }
        map.ignore_rest();
        assert_eq!(map.column("city"), Ok(Column::Ignored));
    }
}
