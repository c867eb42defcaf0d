//! What a sign-in starts from: Telegram's own data centres, or those that a file names.

use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use std::path::Path;
use tg_core::ids::UserId;
use tg_core::ports::Session;
use tg_net::telegram::TelegramLogin;
use tg_security::{ImportedAccount, MAX_ACCOUNTS_FILE, parse_accounts};

/// Where sign-ins start.
#[derive(Debug)]
pub(crate) enum Start {
    /// At Telegram, with keys that are made when they connect.
    Telegram,
    /// At data centres with keys from a file: a simulator's.
    File(Vec<ImportedAccount>),
}

/// Reads the file, if one is named.
///
/// # Errors
/// If it cannot be read, is no list of accounts, or names data centres that are not on this machine:
/// keys in files are for those alone.
pub(crate) fn start(file: Option<&Path>) -> Result<Start, CliError> {
    let Some(path) = file else { return Ok(Start::Telegram) };
    let text = input::read(path, MAX_ACCOUNTS_FILE)?;
    let entries = parse_accounts(&text).map_err(|error| {
        CliError::new(Exit::Failed, "accounts_file", error.to_string())
            .hint("`tg-sim` writes such a file: logins.json in its folder")
    })?;
    if entries.iter().any(|entry| !entry.loopback) {
        let message = "keys from a file are for data centres on this machine only";
        return Err(CliError::new(Exit::Refused, "not_loopback", message)
            .hint("sessions of Telegram's own come in with `tg account import`"));
    }
    Ok(Start::File(entries))
}

impl Start {
    /// What to connect with: by number, else by name, else what is there for a bot, or a person.
    ///
    /// # Errors
    /// If the file has none of them.
    pub(crate) fn session(
        &self,
        phone: Option<&str>,
        name: &str,
        bot: bool,
    ) -> Result<Session, CliError> {
        let Self::File(entries) = self else { return Ok(TelegramLogin::production()) };
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let wanted = phone.map(digits);
        let by_phone = entries.iter().find(|entry| {
            let own = entry.phone.as_ref().map(|own| digits(own.e164()));
            wanted.is_some() && own == wanted
        });
        let by_name = || entries.iter().find(|entry| entry.name.as_str() == name);
        // Keys are anybody's until somebody signs in with them: the first ones do for a number that
        // nobody has.
        let of_kind = || entries.iter().find(|entry| entry.session.is_bot == bot);
        let found = by_phone.or_else(by_name).or_else(of_kind).or(entries.first());
        let session = &found
            .ok_or_else(|| CliError::new(Exit::Failed, "no_keys", "the file has no keys in it"))?
            .session;
        // Like a client that knows nothing yet: at the first data centre, as nobody.
        let first = session.dcs.iter().map(|dc| dc.dc).min().unwrap_or(session.home_dc);
        Ok(Session { user_id: UserId(0), is_bot: false, home_dc: first, ..session.clone() })
    }

    /// Whether Telegram itself is meant.
    pub(crate) const fn is_telegram(&self) -> bool {
        matches!(self, Self::Telegram)
    }
}
