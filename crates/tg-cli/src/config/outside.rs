//! Settings about the world outside: where HTTP may lead, and who is told what.

use super::file;
use super::layers::{Ask, Entry, entry, optional, pick, sure};
use super::value::{Chat, Label, Link, Numbers, Reached, Span, Value};
use crate::env;
use crate::error::CliError;

/// `[net]`, `[sms]` and `[alerts]`
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    /// Private addresses that URLs may lead to.
    pub(crate) allow_private: Value<Reached>,
    /// Where Twilio's interface is.
    pub(crate) twilio_api: Value<Link>,
    /// Where the phone with the SMS gateway answers; `None` if never set.
    pub(crate) android_url: Value<Option<Link>>,
    /// As whom it is asked.
    pub(crate) android_user: Value<Label>,
    /// The numbers of its SIM cards.
    pub(crate) android_numbers: Value<Numbers>,
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
        (net, sms, alerts): (file::Net, file::Sms, file::Alerts),
        (base_net, base_sms, base_alerts): (file::Net, file::Sms, file::Alerts),
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
            twilio_api: sure(pick(
                None,
                ask,
                &env::TWILIO_API,
                sms.twilio_api,
                base_sms.twilio_api,
            )?),
            android_url: optional(pick(None, ask, &env::ANDROID_URL, sms.android_url, None)?),
            android_user: sure(pick(
                None,
                ask,
                &env::ANDROID_USER,
                sms.android_user,
                base_sms.android_user,
            )?),
            android_numbers: sure(pick(
                None,
                ask,
                &env::ANDROID_NUMBERS,
                sms.android_numbers,
                base_sms.android_numbers,
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
            entry("sms.twilio_api", &self.twilio_api),
            Entry {
                key: "sms.android_url",
                value: self.android_url.value.as_ref().map(ToString::to_string),
                origin: self.android_url.origin,
            },
            entry("sms.android_user", &self.android_user),
            entry("sms.android_numbers", &self.android_numbers),
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
