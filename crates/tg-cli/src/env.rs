//! Every environment variable that the program reads.

use crate::error::CliError;
use crate::exit::Exit;
use std::ffi::OsString;
use tg_security::vault::{HomeSecret, SecretName};

/// One variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it does, in a few words.
    pub(crate) about: &'static str,
}

/// The folder of the home.
pub(crate) const HOME: Variable = Variable { name: "TG_HOME", about: "folder of the home" };
/// `human` or `json`.
pub(crate) const OUTPUT: Variable = Variable { name: "TG_OUTPUT", about: "human or json" };
/// The master key itself, instead of the home's key file.
pub(crate) const MASTER_KEY: Variable =
    Variable { name: "TG_MASTER_KEY", about: "the master key, instead of the home's master.key" };
/// What opens the home's key file, if it is under a passphrase.
pub(crate) const PASSPHRASE: Variable =
    Variable { name: "TG_PASSPHRASE", about: "the passphrase of the home's master.key" };
/// What a new key file is put under.
pub(crate) const NEW_PASSPHRASE: Variable = Variable {
    name: "TG_NEW_PASSPHRASE",
    about: "the passphrase of a key file that is being made",
};
/// Who types, for scripts.
pub(crate) const API_KEY: Variable =
    Variable { name: "TG_API_KEY", about: "an operator's key: who this is, for scripts" };
/// Where the token of a sign-in is kept.
pub(crate) const SESSION_FILE: Variable = Variable {
    name: "TG_SESSION_FILE",
    about: "where `tg auth login` keeps its token, instead of the home",
};
/// `auth.idle`
pub(crate) const AUTH_IDLE: Variable = Variable { name: "TG_AUTH_IDLE", about: "sets auth.idle" };
/// `auth.lifetime`
pub(crate) const AUTH_LIFETIME: Variable =
    Variable { name: "TG_AUTH_LIFETIME", about: "sets auth.lifetime" };
/// What to log.
pub(crate) const LOG: Variable =
    Variable { name: "TG_LOG", about: "log filter for stderr, such as info; off by default" };
/// `telegram.api_id`
pub(crate) const API_ID: Variable =
    Variable { name: "TG_TELEGRAM_API_ID", about: "sets telegram.api_id" };
/// `login.codes`
pub(crate) const CODES: Variable = Variable { name: "TG_LOGIN_CODES", about: "sets login.codes" };
/// `login.code_wait`
pub(crate) const CODE_WAIT: Variable =
    Variable { name: "TG_LOGIN_CODE_WAIT", about: "sets login.code_wait" };
/// `telegram.device_model`
pub(crate) const DEVICE_MODEL: Variable =
    Variable { name: "TG_TELEGRAM_DEVICE_MODEL", about: "sets telegram.device_model" };
/// `run.connect_deadline`
pub(crate) const CONNECT_DEADLINE: Variable =
    Variable { name: "TG_RUN_CONNECT_DEADLINE", about: "sets run.connect_deadline" };
/// `run.grace`
pub(crate) const GRACE: Variable = Variable { name: "TG_RUN_GRACE", about: "sets run.grace" };
/// `run.workers`
pub(crate) const WORKERS: Variable = Variable { name: "TG_RUN_WORKERS", about: "sets run.workers" };
/// `run.in_flight`
pub(crate) const IN_FLIGHT: Variable =
    Variable { name: "TG_RUN_IN_FLIGHT", about: "sets run.in_flight" };
/// `proxy.pause`
pub(crate) const EXIT_PAUSE: Variable =
    Variable { name: "TG_PROXY_PAUSE", about: "sets proxy.pause" };
/// `inbox.opt_out_words`
pub(crate) const OPT_OUT_WORDS: Variable =
    Variable { name: "TG_INBOX_OPT_OUT_WORDS", about: "sets inbox.opt_out_words" };
/// `inbox.opt_out_answer`
pub(crate) const OPT_OUT_ANSWER: Variable =
    Variable { name: "TG_INBOX_OPT_OUT_ANSWER", about: "sets inbox.opt_out_answer" };
/// `inbox.keep_days`
pub(crate) const KEEP_DAYS: Variable =
    Variable { name: "TG_INBOX_KEEP_DAYS", about: "sets inbox.keep_days" };
/// `inbox.connections`
pub(crate) const CONNECTIONS: Variable =
    Variable { name: "TG_INBOX_CONNECTIONS", about: "sets inbox.connections" };
/// `store.busy_deadline`
pub(crate) const BUSY_DEADLINE: Variable =
    Variable { name: "TG_STORE_BUSY_DEADLINE", about: "sets store.busy_deadline" };
/// `store.readers`
pub(crate) const READERS: Variable =
    Variable { name: "TG_STORE_READERS", about: "sets store.readers" };
/// Secrets of the home, each before what the vault has. Those of accounts and proxies have none: an
/// environment is no place for a thousand of them.
pub(crate) const SECRETS: [(HomeSecret, Variable); 9] = [
    (
        HomeSecret::TelegramApiHash,
        Variable { name: "TG_SECRET_TELEGRAM_API_HASH", about: "secret telegram.api_hash" },
    ),
    (
        HomeSecret::GeminiApiKey,
        Variable { name: "TG_SECRET_GEMINI_API_KEY", about: "secret gemini.api_key" },
    ),
    (
        HomeSecret::TwilioAccountSid,
        Variable {
            name: "TG_SECRET_SMS_TWILIO_ACCOUNT_SID",
            about: "secret sms.twilio.account_sid",
        },
    ),
    (
        HomeSecret::TwilioAuthToken,
        Variable { name: "TG_SECRET_SMS_TWILIO_AUTH_TOKEN", about: "secret sms.twilio.auth_token" },
    ),
    (
        HomeSecret::AndroidPassword,
        Variable { name: "TG_SECRET_SMS_ANDROID_PASSWORD", about: "secret sms.android.password" },
    ),
    (
        HomeSecret::AndroidWebhookKey,
        Variable {
            name: "TG_SECRET_SMS_ANDROID_WEBHOOK_KEY",
            about: "secret sms.android.webhook_key",
        },
    ),
    (
        HomeSecret::AlertsWebhookUrl,
        Variable { name: "TG_SECRET_ALERTS_WEBHOOK_URL", about: "secret alerts.webhook_url" },
    ),
    (
        HomeSecret::AlertsWebhookKey,
        Variable { name: "TG_SECRET_ALERTS_WEBHOOK_KEY", about: "secret alerts.webhook_key" },
    ),
    (
        HomeSecret::AlertsBotToken,
        Variable { name: "TG_SECRET_ALERTS_BOT_TOKEN", about: "secret alerts.bot_token" },
    ),
];

/// `net.allow_private`
pub(crate) const ALLOW_PRIVATE: Variable =
    Variable { name: "TG_NET_ALLOW_PRIVATE", about: "sets net.allow_private" };
/// `sms.twilio_api`
pub(crate) const TWILIO_API: Variable =
    Variable { name: "TG_SMS_TWILIO_API", about: "sets sms.twilio_api" };
/// `sms.android_url`
pub(crate) const ANDROID_URL: Variable =
    Variable { name: "TG_SMS_ANDROID_URL", about: "sets sms.android_url" };
/// `sms.android_user`
pub(crate) const ANDROID_USER: Variable =
    Variable { name: "TG_SMS_ANDROID_USER", about: "sets sms.android_user" };
/// `sms.budget_per_day`
pub(crate) const SMS_BUDGET: Variable =
    Variable { name: "TG_SMS_BUDGET_PER_DAY", about: "sets sms.budget_per_day" };
/// `sms.twilio_cost`
pub(crate) const TWILIO_COST: Variable =
    Variable { name: "TG_SMS_TWILIO_COST", about: "sets sms.twilio_cost" };
/// `sms.android_cost`
pub(crate) const ANDROID_COST: Variable =
    Variable { name: "TG_SMS_ANDROID_COST", about: "sets sms.android_cost" };
/// `sms.android_listen`
pub(crate) const ANDROID_LISTEN: Variable =
    Variable { name: "TG_SMS_ANDROID_LISTEN", about: "sets sms.android_listen" };
/// `sms.android_numbers`
pub(crate) const ANDROID_NUMBERS: Variable =
    Variable { name: "TG_SMS_ANDROID_NUMBERS", about: "sets sms.android_numbers" };
/// `gemini.model`
pub(crate) const GEMINI_MODEL: Variable =
    Variable { name: "TG_GEMINI_MODEL", about: "sets gemini.model" };
/// `gemini.base_url`
pub(crate) const GEMINI_URL: Variable =
    Variable { name: "TG_GEMINI_BASE_URL", about: "sets gemini.base_url" };
/// `gemini.timeout`
pub(crate) const GEMINI_TIMEOUT: Variable =
    Variable { name: "TG_GEMINI_TIMEOUT", about: "sets gemini.timeout" };
/// `gemini.at_once`
pub(crate) const GEMINI_AT_ONCE: Variable =
    Variable { name: "TG_GEMINI_AT_ONCE", about: "sets gemini.at_once" };
/// `gemini.per_minute`
pub(crate) const GEMINI_PER_MINUTE: Variable =
    Variable { name: "TG_GEMINI_PER_MINUTE", about: "sets gemini.per_minute" };
/// `gemini.patience`
pub(crate) const GEMINI_PATIENCE: Variable =
    Variable { name: "TG_GEMINI_PATIENCE", about: "sets gemini.patience" };
/// `gemini.max_characters`
pub(crate) const GEMINI_MAX_CHARACTERS: Variable =
    Variable { name: "TG_GEMINI_MAX_CHARACTERS", about: "sets gemini.max_characters" };
/// `gemini.forbidden_words`
pub(crate) const GEMINI_FORBIDDEN: Variable =
    Variable { name: "TG_GEMINI_FORBIDDEN_WORDS", about: "sets gemini.forbidden_words" };
/// `gemini.input_price`
pub(crate) const GEMINI_INPUT_PRICE: Variable =
    Variable { name: "TG_GEMINI_INPUT_PRICE", about: "sets gemini.input_price" };
/// `gemini.output_price`
pub(crate) const GEMINI_OUTPUT_PRICE: Variable =
    Variable { name: "TG_GEMINI_OUTPUT_PRICE", about: "sets gemini.output_price" };
/// `gemini.daily_tokens`
pub(crate) const GEMINI_DAILY_TOKENS: Variable =
    Variable { name: "TG_GEMINI_DAILY_TOKENS", about: "sets gemini.daily_tokens" };
/// `gemini.daily_money`
pub(crate) const GEMINI_DAILY_MONEY: Variable =
    Variable { name: "TG_GEMINI_DAILY_MONEY", about: "sets gemini.daily_money" };
/// `alerts.bot_chat`
pub(crate) const BOT_CHAT: Variable =
    Variable { name: "TG_ALERTS_BOT_CHAT", about: "sets alerts.bot_chat" };
/// `alerts.bot_api`
pub(crate) const BOT_API: Variable =
    Variable { name: "TG_ALERTS_BOT_API", about: "sets alerts.bot_api" };
/// `alerts.quiet`
pub(crate) const QUIET: Variable = Variable { name: "TG_ALERTS_QUIET", about: "sets alerts.quiet" };
/// Any value but the empty one switches colours off (no-color.org).
pub(crate) const NO_COLOR: Variable = Variable { name: "NO_COLOR", about: "no colours, if set" };

/// All of them, as `tg help` lists them.
pub(crate) const ALL: [&Variable; 50] = [
    &HOME,
    &OUTPUT,
    &MASTER_KEY,
    &PASSPHRASE,
    &NEW_PASSPHRASE,
    &API_KEY,
    &SESSION_FILE,
    &LOG,
    &API_ID,
    &DEVICE_MODEL,
    &CODES,
    &CODE_WAIT,
    &CONNECT_DEADLINE,
    &GRACE,
    &WORKERS,
    &IN_FLIGHT,
    &EXIT_PAUSE,
    &OPT_OUT_WORDS,
    &OPT_OUT_ANSWER,
    &KEEP_DAYS,
    &CONNECTIONS,
    &BUSY_DEADLINE,
    &READERS,
    &ALLOW_PRIVATE,
    &SMS_BUDGET,
    &TWILIO_API,
    &TWILIO_COST,
    &ANDROID_URL,
    &ANDROID_USER,
    &ANDROID_NUMBERS,
    &ANDROID_COST,
    &ANDROID_LISTEN,
    &GEMINI_MODEL,
    &GEMINI_URL,
    &GEMINI_TIMEOUT,
    &GEMINI_AT_ONCE,
    &GEMINI_PER_MINUTE,
    &GEMINI_PATIENCE,
    &GEMINI_MAX_CHARACTERS,
    &GEMINI_FORBIDDEN,
    &GEMINI_INPUT_PRICE,
    &GEMINI_OUTPUT_PRICE,
    &GEMINI_DAILY_TOKENS,
    &GEMINI_DAILY_MONEY,
    &BOT_CHAT,
    &BOT_API,
    &QUIET,
    &AUTH_IDLE,
    &AUTH_LIFETIME,
    &NO_COLOR,
];

impl Variable {
    /// Its value, if it is set and not empty.
    pub(crate) fn value(&self) -> Option<OsString> {
        std::env::var_os(self.name).filter(|value| !value.is_empty())
    }

    /// Its value as text.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub(crate) fn text(&self) -> Result<Option<String>, CliError> {
        let Some(value) = self.value() else { return Ok(None) };
        value.into_string().map(Some).map_err(|_| {
            CliError::new(Exit::Usage, "bad_environment", format!("{} is not UTF-8", self.name))
        })
    }
}

/// The variable that is asked before the vault for a secret.
pub(crate) fn of_secret(name: &SecretName) -> Option<&'static Variable> {
    let SecretName::Home(kind) = name else { return None };
    SECRETS.iter().find(|(known, _)| known == kind).map(|(_, variable)| variable)
}

/// The secrets for which the environment answers, with the variable of each.
pub(crate) fn overridden_secrets() -> Vec<(SecretName, &'static str)> {
    SECRETS
        .iter()
        .filter(|(_, variable)| variable.value().is_some())
        .map(|(kind, variable)| (SecretName::Home(*kind), variable.name))
        .collect()
}

/// The table at the end of `tg --help`.
pub(crate) fn table() -> String {
    let mut out =
        String::from("Environment (flag over environment over config.toml over default):\n");
    for variable in ALL.into_iter().chain(SECRETS.iter().map(|(_, variable)| variable)) {
        out.push_str(&format!("  {:<34}{}\n", variable.name, variable.about));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_of_the_home_has_its_variable() {
        for kind in HomeSecret::ALL {
            let name = SecretName::Home(*kind);
            let variable = of_secret(&name).expect("it has one").name;
            let expected = format!("TG_SECRET_{}", kind.as_str().replace('.', "_")).to_uppercase();
            assert_eq!(variable, expected);
        }
    }

    #[test]
    fn every_variable_is_listed_once() {
        let table = table();
        for variable in ALL {
            assert_eq!(table.matches(&format!("  {} ", variable.name)).count(), 1);
        }
    }
}
