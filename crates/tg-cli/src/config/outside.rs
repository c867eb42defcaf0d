//! Settings about the world outside: where HTTP may lead, and who is told what.

use super::file;
use super::layers::{Ask, Entry, entry, optional, pick, sure};
use super::value::{Amount, Chat, Label, Link, Listen, Numbers, Reached, Span, Value};
use crate::env;
use crate::error::CliError;

/// `[net]`, `[sms]` and `[alerts]`
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    /// Private addresses that URLs may lead to.
    pub(crate) allow_private: Value<Reached>,
    /// What text messages with codes may cost in a day; `None`: they are counted only.
    pub(crate) sms_budget: Value<Option<Amount>>,
    /// Where Twilio's interface is.
    pub(crate) twilio_api: Value<Link>,
    /// What a text message costs there; `None` if never set.
    pub(crate) twilio_cost: Value<Option<Amount>>,
    /// Where the phone with the SMS gateway answers; `None` if never set.
    pub(crate) android_url: Value<Option<Link>>,
    /// As whom it is asked.
    pub(crate) android_user: Value<Label>,
    /// The numbers of its SIM cards.
    pub(crate) android_numbers: Value<Numbers>,
    /// What a text message costs there; `None` if never set.
    pub(crate) android_cost: Value<Option<Amount>>,
    /// Where the phone posts what arrives; `None` if never set.
    pub(crate) android_listen: Value<Option<Listen>>,
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
            sms_budget: optional(pick(None, ask, &env::SMS_BUDGET, sms.budget_per_day, None)?),
            twilio_api: sure(pick(
                None,
                ask,
                &env::TWILIO_API,
                sms.twilio_api,
                base_sms.twilio_api,
            )?),
            twilio_cost: optional(pick(None, ask, &env::TWILIO_COST, sms.twilio_cost, None)?),
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
            android_cost: optional(pick(None, ask, &env::ANDROID_COST, sms.android_cost, None)?),
            android_listen: optional(pick(
                None,
                ask,
                &env::ANDROID_LISTEN,
                sms.android_listen,
                None,
            )?),
            bot_chat: optional(pick(None, ask, &env::BOT_CHAT, alerts.bot_chat, None)?),
            bot_api: sure(pick(None, ask, &env::BOT_API, alerts.bot_api, base_alerts.bot_api)?),
            quiet: sure(pick(None, ask, &env::QUIET, alerts.quiet, base_alerts.quiet)?),
        })
    }

    /// Every setting, in the order of the file; `texts` come between messages and alerts.
    pub(super) fn entries(&self, texts: Vec<Entry>) -> Vec<Entry> {
        let mut entries = vec![
            entry("net.allow_private", &self.allow_private),
            perhaps("sms.budget_per_day", &self.sms_budget),
            entry("sms.twilio_api", &self.twilio_api),
            perhaps("sms.twilio_cost", &self.twilio_cost),
            perhaps("sms.android_url", &self.android_url),
            entry("sms.android_user", &self.android_user),
            entry("sms.android_numbers", &self.android_numbers),
            perhaps("sms.android_cost", &self.android_cost),
            perhaps("sms.android_listen", &self.android_listen),
        ];
        entries.extend(texts);
        entries.extend([
            perhaps("alerts.bot_chat", &self.bot_chat),
            entry("alerts.bot_api", &self.bot_api),
            entry("alerts.quiet", &self.quiet),
        ]);
        entries
    }
}

/// A setting that may be unset.
fn perhaps<T: ToString>(key: &'static str, value: &Value<Option<T>>) -> Entry {
    Entry { key, value: value.value.as_ref().map(ToString::to_string), origin: value.origin }
}
