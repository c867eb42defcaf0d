//! Values of a row, one by one, as a person and their consent.

use super::header::{Column, MAX_COLUMNS};
use super::reader::ListOptions;
use super::records::{MAX_RECORD, Record, RecordFault};
use super::row::Row;
use crate::validate::{
    clean_field, clean_name, is_bidi_control, parse_lang, parse_phone, parse_time, parse_tz,
    parse_user_id, parse_username,
};
use std::fmt::Display;
use tg_core::ids::Slug;
use tg_core::time::Timestamp;

/// The longest remark about a consent (source, evidence, scope), in characters.
pub const MAX_REMARK: usize = 500;
/// The most labels that one row gives.
pub const MAX_TAGS: usize = 32;

/// A column's name, and what is wrong with it.
pub(super) type Fault = (String, String);

/// A record of a table as a row; its line and text are the caller's.
pub(super) fn of_record(
    columns: &[Column],
    options: &ListOptions,
    record: &Record<'_>,
) -> Result<Row, Fault> {
    check_shape(columns, record)?;
    let mut row = Row::default();
    for (column, value) in columns.iter().zip(record.values()) {
        let fault = |reason: String| (column.name().to_owned(), reason);
        let text =
            std::str::from_utf8(value).map_err(|_| fault("it is not UTF-8 text".to_owned()))?;
        put(&mut row, column, text.trim(), options).map_err(fault)?;
    }
    if row.person.is_addressed() {
        return Ok(row);
    }
    let address = columns.iter().find(|column| column.is_address());
    Err(nobody(address.map_or("", Column::name)))
}

/// The fault of a row that names nobody.
pub(super) fn nobody(column: &str) -> Fault {
    (column.to_owned(), "none of username, phone and user_id is given".to_owned())
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
pub(super) fn put(
    row: &mut Row,
    column: &Column,
    text: &str,
    options: &ListOptions,
) -> Result<(), String> {
    let person = &mut row.person;
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
        Column::Phone => person.phone = Some(parse_phone(text, &options.phones).map_err(said)?),
        Column::UserId => person.user_id = Some(parse_user_id(text).map_err(said)?),
        Column::FirstName => person.first_name = clean_name(text).map_err(said)?,
        Column::LastName => person.last_name = clean_name(text).map_err(said)?,
        Column::Lang => person.lang = parse_lang(text).map_err(said)?,
        Column::Tz => person.tz = parse_tz(text).map_err(said)?,
        Column::Consent => row.consent.source = remark(text)?,
        Column::ConsentedAt => row.consent.at = Some(past(text, options.now)?),
        Column::Evidence => row.consent.evidence = remark(text)?,
        Column::Scope => row.consent.scope = remark(text)?,
        Column::OptedOutAt => row.opted_out_at = Some(past(text, options.now)?),
        Column::Suppressed => row.suppressed = yes(text)?,
        Column::Tags => row.tags = tags(text)?,
        Column::Field(_) | Column::Ignored => {}
    }
    Ok(())
}

fn said(reason: impl Display) -> String {
    reason.to_string()
}

/// A sentence about a consent. One that was made text for spreadsheets gets its beginning back.
fn remark(text: &str) -> Result<String, String> {
    let text = text
        .strip_prefix('\'')
        .filter(|rest| rest.starts_with(['=', '+', '-', '@']))
        .unwrap_or(text);
    if text.chars().any(|c| c.is_control() || is_bidi_control(c)) {
        return Err("it has control characters".to_owned());
    }
    if text.chars().nth(MAX_REMARK).is_some() {
        return Err(format!("it has more than {MAX_REMARK} characters"));
    }
    Ok(text.to_owned())
}

fn past(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    match parse_time(text).map_err(said)? {
        at if at > now => Err("it lies in the future".to_owned()),
        at => Ok(at),
    }
}

fn yes(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err("it is neither yes nor no".to_owned()),
    }
}

/// Labels separated by commas, semicolons or spaces.
fn tags(text: &str) -> Result<Vec<Slug>, String> {
    let words = text.split([',', ';', ' ', '\t', '\n']).filter(|word| !word.is_empty());
    let mut tags =
        words.map(|word| Slug::parse(word).map_err(said)).collect::<Result<Vec<_>, _>>()?;
    tags.sort();
    tags.dedup();
    if tags.len() > MAX_TAGS {
        return Err(format!("it has more than {MAX_TAGS} tags"));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests;
