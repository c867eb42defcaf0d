//! Secrets as people give them: typed without echo, or from standard input. Never an argument.

use crate::error::CliError;
use crate::exit::Exit;
use secrecy::{ExposeSecret, SecretString};
use std::io::{self, IsTerminal, Read};
use zeroize::Zeroizing;

/// Longest secret on standard input, in bytes.
const MAX: usize = 8 * 1024;

/// Asks for a secret, or reads it from standard input.
///
/// # Errors
/// If there is no terminal to ask at, or the input is no text or too long.
pub(crate) fn secret(prompt: &str, stdin: bool) -> Result<SecretString, CliError> {
    if stdin {
        from(io::stdin().lock())
    } else {
        ask(prompt, "--stdin reads the value from standard input")
    }
}

/// Asks for a secret at the terminal; without one there, reads it from standard input.
///
/// # Errors
/// If nothing was given, or it cannot be read.
pub(crate) fn either(what: &str) -> Result<SecretString, CliError> {
    let value = secret(&format!("{what}: "), !io::stdin().is_terminal())?;
    if value.expose_secret().is_empty() {
        return Err(CliError::new(Exit::Usage, "no_secret", format!("{what}: nothing was given"))
            .hint("type it when asked, or pass it on standard input"));
    }
    Ok(value)
}

/// Asks at the terminal, whatever standard input is.
///
/// # Errors
/// If there is no terminal; `otherwise` says what else can be done.
pub(crate) fn ask(prompt: &str, otherwise: &str) -> Result<SecretString, CliError> {
    match rpassword::prompt_password(prompt) {
        Ok(typed) => Ok(held(&Zeroizing::new(typed))),
        Err(error) => Err(CliError::new(
            Exit::Usage,
            "no_terminal",
            "there is no terminal to ask for a secret at",
        )
        .because(&error)
        .hint(otherwise)),
    }
}

fn from(input: impl Read) -> Result<SecretString, CliError> {
    // Reserved at once, so that it does not move and leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX + 1));
    let failed = |error: io::Error| {
        CliError::new(Exit::Failed, "unreadable", "cannot read standard input").because(&error)
    };
    input
        .take(u64::try_from(MAX).unwrap_or(u64::MAX) + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() > MAX {
        let message = format!("the secret on standard input is longer than {MAX} bytes");
        return Err(CliError::new(Exit::Failed, "too_long", message));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        CliError::new(Exit::Failed, "not_utf8", "the secret on standard input is not UTF-8")
    })?;
    Ok(held(text))
}

/// Without the one line end that typing or `echo` adds.
fn held(text: &str) -> SecretString {
    let line = text.strip_suffix('\n').unwrap_or(text);
    SecretString::from(line.strip_suffix('\r').unwrap_or(line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_line_end_is_dropped_and_nothing_else() {
        for (input, value) in
            [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a "), ("", "")]
        {
            assert_eq!(from(input.as_bytes()).unwrap().expose_secret(), value, "{input:?}");
        }
    }

    #[test]
    fn faults_do_not_quote_the_secret() {
        let long = "s3cr3t".repeat(MAX);
        for input in [long.as_bytes(), b"s3cr3t\xff"] {
            let error = from(input).unwrap_err();
            assert!(!error.whole().contains("s3cr3t"), "{}", error.whole());
        }
    }
}
