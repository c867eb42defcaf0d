//! Further columns of a list: their names, as templates write them, and their values.

use super::text::{TextError, control, is_control, strip_bidi};

/// The longest value, in bytes: a Telegram message has at most 4,096 characters.
pub const MAX_FIELD: usize = 4_096;
/// The longest name, in bytes.
pub const MAX_FIELD_NAME: usize = 64;

/// Cleans a value: outer space goes, as do characters that turn the direction of the text around
/// them; line ends become `\n`.
///
/// # Errors
/// If it is longer than [`MAX_FIELD`], or has a control character other than newline and tab.
pub fn clean_field(text: &str) -> Result<String, TextError> {
    let text = text.trim();
    if text.len() > MAX_FIELD {
        return Err(TextError::Bytes(MAX_FIELD));
    }
    let text = strip_bidi(text).replace("\r\n", "\n");
    match text.chars().find(|c| is_control(*c) && !matches!(c, '\n' | '\t')) {
        Some(c) => Err(control(c)),
        None => Ok(text.trim().to_owned()),
    }
}

/// Why a column's name cannot be a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldNameError {
    /// It is empty.
    #[error("it has no name")]
    Empty,
    /// It is too long.
    #[error("its name is longer than {MAX_FIELD_NAME} characters")]
    TooLong,
    /// A template could not write it.
    #[error(
        "its name may only have the letters a to z, digits and \"_\", and must not begin with a digit"
    )]
    Shape,
}

/// A field's name from a column's: lower case, spaces and dashes as `_`.
///
/// # Errors
/// If the result is no identifier of at most [`MAX_FIELD_NAME`] bytes.
pub fn field_name(column: &str) -> Result<String, FieldNameError> {
    let column = column.trim();
    if column.is_empty() {
        return Err(FieldNameError::Empty);
    }
    if column.len() > MAX_FIELD_NAME {
        return Err(FieldNameError::TooLong);
    }
    let name = column.to_ascii_lowercase().replace([' ', '-'], "_");
    let shaped = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if shaped { Ok(name) } else { Err(FieldNameError::Shape) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(clean_field("  a\tb\r\nc "), Ok("a\tb\nc".into()));
        assert_eq!(clean_field("a\u{202E}b"), Ok("ab".into()));
        assert_eq!(clean_field(&"x".repeat(4_096)), Ok("x".repeat(4_096)));
        assert_eq!(clean_field(&"x".repeat(1_000_000)), Err(TextError::Bytes(4_096)));
        assert_eq!(clean_field("a\0"), Err(TextError::Nul));
        assert_eq!(clean_field("a\rb"), Err(TextError::Control(0x0D)));
        assert_eq!(clean_field("a\u{7f}b"), Err(TextError::Control(0x7F)));
    }

    #[test]
    fn names() {
        assert_eq!(field_name(" Order-No "), Ok("order_no".into()));
        assert_eq!(field_name("First Name"), Ok("first_name".into()));
        assert_eq!(field_name("_x9"), Ok("_x9".into()));
        assert_eq!(field_name("  "), Err(FieldNameError::Empty));
        assert_eq!(field_name(&"x".repeat(64)), Ok("x".repeat(64)));
        assert_eq!(field_name(&"x".repeat(65)), Err(FieldNameError::TooLong));
        for bad in ["9x", "größe", "a.b", "a{{b", "a\0", "a__proto\u{200B}"] {
            assert_eq!(field_name(bad), Err(FieldNameError::Shape), "{bad}");
        }
    }
}
