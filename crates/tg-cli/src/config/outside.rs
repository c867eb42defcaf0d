//! Settings about the world outside: where HTTP may lead, and who is told what.

use super::file;
use super::layers::{Ask, Entry, entry, optional, pick, sure};
use super::value::{Chat, Link, Reached, Span, Value};
use crate::env;
use crate::error::CliError;

/// `[net]` and `[alerts]`
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    /// Private addresses that URLs may lead to.
    pub(crate) allow_private: Value<Reached>,
    /// To whom the alerts' bot writes; `None` if never set.
    pub(crate) bot_chat: Value<Option<Chat>>,
    /// Where the API of bots is.
    pub(crate) bot_api: Value<Link>,
    /// How long the same alert is counted instead of told again.
    pub(crate) quiet: Value<Span>,
}

impl Outside {
    /// Merges the layers.
    ///
    /// # Errors
    /// If a layer says what cannot be understood.
    pub(super) fn merge(
        (net, alerts): (file::Net, file::Alerts),
        (base_net, base_alerts): (file::Net, file::Alerts),
        ask: Ask<'_>,
    ) -> Result<Self, CliError> {
        Ok(Self {
            allow_private: sure(pick(
                None,
                ask,
                &env::ALLOW_PRIVATE,
                net.allow_private,
                base_net.allow_private,
            )?),
            bot_chat: optional(pick(None, ask, &env::BOT_CHAT, alerts.bot_chat, None)?),
            bot_api: sure(pick(None, ask, &env::BOT_API, alerts.bot_api, base_alerts.bot_api)?),
            quiet: sure(pick(None, ask, &env::QUIET, alerts.quiet, base_alerts.quiet)?),
        })
    }

    /// Every setting, in the order of the file.
    pub(super) fn entries(&self) -> Vec<Entry> {
        vec![
            entry("net.allow_private", &self.allow_private),
            Entry {
                key: "alerts.bot_chat",
                value: self.bot_chat.value.map(|chat| chat.to_string()),
                origin: self.bot_chat.origin,
            },
            entry("alerts.bot_api", &self.bot_api),
            entry("alerts.quiet", &self.quiet),
        ]
    }
}
