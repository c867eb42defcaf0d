//! A user of the simulated Telegram, and an account that clients sign in with.

use serde::Serialize;

use crate::mtproto::ServerKey;

/// Anybody who has a user id.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Person {
    pub(crate) user_id: i64,
    pub(crate) username: Option<String>,
    /// E.164.
    pub(crate) phone: Option<String>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) lang: &'static str,
    pub(crate) tz: &'static str,
    pub(crate) city: &'static str,
    pub(crate) is_bot: bool,
}

/// An account or a bot: a person whom clients can be, because its keys are pre-shared.
#[derive(Debug)]
pub(crate) struct Identity {
    /// How scripts and rules call it: `acc01`, `bot01`.
    pub(crate) name: String,
    pub(crate) person: Person,
    pub(crate) home_dc: i32,
    /// One key for each data centre, by its number, in order.
    pub(crate) keys: Vec<(i32, ServerKey)>,
    pub(crate) secrets: Secrets,
    /// Whether it is in accounts.json: signed in with its keys when the world begins.
    pub(crate) listed: bool,
}

/// What somebody has to know to sign in as an account, beside the code.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    /// Of two-step verification.
    pub(crate) password: Option<String>,
    /// Of a bot.
    pub(crate) token: Option<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}
