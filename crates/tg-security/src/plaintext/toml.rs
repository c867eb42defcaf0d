//! Values of a TOML file with their places.

use super::scalar::{PlaintextError, Scalar, line_of};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

/// Reads a file.
pub(super) fn scan(text: &str) -> Result<Vec<Scalar>, PlaintextError> {
    let table = DeTable::parse(text).map_err(|error| PlaintextError::Malformed {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        problem: "it is not TOML".to_owned(),
    })?;
    let mut found = Vec::new();
    members(text, table.get_ref(), &mut Vec::new(), &mut found);
    found.sort_by_key(|scalar| scalar.span.start);
    Ok(found)
}

fn members(text: &str, table: &DeTable<'_>, path: &mut Vec<String>, found: &mut Vec<Scalar>) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        one(text, value, path, found);
        path.pop();
    }
}

fn one(text: &str, value: &Spanned<DeValue<'_>>, path: &mut Vec<String>, found: &mut Vec<Scalar>) {
    match value.get_ref() {
        DeValue::Table(table) => members(text, table, path, found),
        DeValue::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                path.push(number.to_string());
                one(text, item, path, found);
                path.pop();
            }
        }
        other => {
            let span = value.span();
            let value = match other {
                DeValue::String(value) => value.to_string(),
                _ => text.get(span.clone()).unwrap_or_default().to_owned(),
            };
            found.push(Scalar { path: path.clone(), span, value: Zeroizing::new(value) });
        }
    }
}
