//! Secrets that people type: asked for at a terminal without showing them, else one line of standard
//! input. Never an argument.

use crate::error::CliError;
use crate::exit::Exit;
use secrecy::SecretString;
use std::io::{self, BufRead, IsTerminal, Read};

/// No secret that is typed is longer, in bytes.
const MAX: u64 = 4096;

/// Asks for a secret.
///
/// # Errors
/// If there is none, or it cannot be read.
pub(crate) fn ask(what: &str) -> Result<SecretString, CliError> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{what}: ")).map_err(|error| unreadable(what, &error))?
    } else {
        let mut line = String::new();
        io::stdin()
            .lock()
            .take(MAX)
            .read_line(&mut line)
            .map_err(|error| unreadable(what, &error))?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if text.is_empty() {
        return Err(CliError::new(Exit::Usage, "no_secret", format!("{what}: nothing was given"))
            .hint("type it when asked, or pass it on standard input"));
    }
    Ok(SecretString::from(text))
}

fn unreadable(what: &str, error: &io::Error) -> CliError {
    CliError::new(Exit::Failed, "unreadable", format!("{what}: cannot be read")).because(error)
}
