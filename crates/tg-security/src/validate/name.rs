//! Names of people, and labels.

use super::text::{TextError, control, is_control, strip_invisible};

/// The longest name, in characters. Telegram itself allows 64 per part
/// (core.telegram.org/method/account.updateProfile); lists have longer ones.
pub const MAX_NAME: usize = 128;

/// Cleans a name: outer space and invisible characters go, control characters are refused. What is
/// left may be empty.
///
/// # Errors
/// If it has a control character, or more than [`MAX_NAME`] characters.
pub fn clean_name(text: &str) -> Result<String, TextError> {
    let text = text.trim();
    if let Some(c) = text.chars().find(|c| is_control(*c)) {
        return Err(control(c));
    }
    let clean = strip_invisible(text);
    let clean = clean.trim();
    if clean.chars().nth(MAX_NAME).is_some() {
        return Err(TextError::Chars(MAX_NAME));
    }
    Ok(clean.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(clean_name("  Zoë \u{202E}O’Brien\u{202C} "), Ok("Zoë O’Brien".into()));
        assert_eq!(clean_name("\u{200B} \u{200B}"), Ok(String::new()));
        assert_eq!(clean_name(&"ä".repeat(128)), Ok("ä".repeat(128)));
        assert_eq!(clean_name(&"ä".repeat(129)), Err(TextError::Chars(128)));
        assert_eq!(clean_name(&"x".repeat(1_000_000)), Err(TextError::Chars(128)));
        assert_eq!(clean_name("a\0b"), Err(TextError::Nul));
        assert_eq!(clean_name("a\nb"), Err(TextError::Control(0x0A)));
        assert_eq!(clean_name("a\u{1b}[31mb"), Err(TextError::Control(0x1B)));
        assert_eq!(clean_name("a\u{85}b"), Err(TextError::Control(0x85)));
        assert_eq!(clean_name("a\u{2028}b"), Err(TextError::Control(0x2028)));
    }
}
