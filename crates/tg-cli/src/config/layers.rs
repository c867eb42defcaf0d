//! The layers, merged: what holds, and who said so.

use super::codes::CodeOrder;
use super::file;
use super::gemini::Gemini;
use super::outside::Outside;
use super::value::{BadValue, Format, Label, Origin, Span, Switch, Value, Within};
use super::words::{Answer, Words};
use crate::env::{self, Variable};
use crate::error::CliError;
use crate::exit::Exit;
use std::path::Path;
use std::str::FromStr;

/// What the command line says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    /// `--output`
    pub(crate) output: Option<Format>,
    /// `--connect-deadline`
    pub(crate) connect_deadline: Option<Span>,
}

/// All settings.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// How results are printed.
    pub(crate) output: Value<Format>,
    /// The operator's application; `None` if never set.
    pub(crate) api_id: Value<Option<Within<1, { i32::MAX }>>>,
    /// How sessions are called.
    pub(crate) device_model: Value<Label>,
    /// Where login codes come from.
    pub(crate) codes: Value<CodeOrder>,
    /// How long each of them is waited for.
    pub(crate) code_wait: Value<Span>,
    /// How long a run waits for a first connection.
    pub(crate) connect_deadline: Value<Span>,
    /// How long a stopping run lets messages in flight finish.
    pub(crate) grace: Value<Span>,
    /// Threads of the engine.
    pub(crate) workers: Value<Within<1, 64>>,
    /// Calls of one account that may be on their way at once.
    pub(crate) in_flight: Value<Within<1, 64>>,
    /// Silence between an account's old way out and its new one.
    pub(crate) exit_pause: Value<Span>,
    /// By which words people opt out.
    pub(crate) opt_out_words: Value<Words>,
    /// What somebody who opted out is answered, once.
    pub(crate) opt_out_answer: Value<Answer>,
    /// How long messages of people are kept.
    pub(crate) keep_days: Value<Within<1, 3_650>>,
    /// Accounts that are kept connected only to hear.
    pub(crate) connections: Value<Within<0, 100_000>>,
    /// How long a write waits for another process.
    pub(crate) busy_deadline: Value<Span>,
    /// Connections that read.
    pub(crate) readers: Value<Within<1, 64>>,
    /// Whether every command needs a key or a sign-in. No variable says so: whoever types could
    /// choose it.
    pub(crate) auth_required: Value<Switch>,
    /// How long a sign-in may lie unused.
    pub(crate) auth_idle: Value<Span>,
    /// How long a sign-in lasts.
    pub(crate) auth_lifetime: Value<Span>,
    /// What concerns the world outside.
    pub(crate) outside: Outside,
    /// What concerns personal texts.
    pub(crate) gemini: Gemini,
}

/// One line of `tg config show`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The setting, as `section.key`.
    pub(crate) key: &'static str,
    /// Its value; `None` if never set.
    pub(crate) value: Option<String>,
    /// Who said so.
    pub(crate) origin: Origin,
}

/// Reads an environment variable. A function, so that tests need no process-wide state.
pub(super) type Ask<'a> = &'a dyn Fn(&Variable) -> Result<Option<String>, CliError>;

impl Config {
    /// Merges flags, the environment, the file and the defaults.
    ///
    /// # Errors
    /// If a layer says what cannot be understood.
    pub(crate) fn load(file: &Path, flags: Flags) -> Result<Self, CliError> {
        Self::merge(file::load(file)?, flags, &Variable::text)
    }

    /// The settings without the file: for commands that say what is wrong with it. What the
    /// environment says wrongly is left out as well.
    pub(crate) fn without_file(flags: Flags) -> Self {
        let understood = |variable: &Variable| {
            let alone =
                |asked: &Variable| if asked == variable { variable.text() } else { Ok(None) };
            Ok(Self::of_environment(&alone).ok().and_then(|_| variable.text().ok()).flatten())
        };
        Self::merge(file::Layer::default(), flags, &understood)
            .expect("every variable was left out that is not understood")
    }

    /// What the environment alone says.
    ///
    /// # Errors
    /// If a variable is not understood.
    pub(super) fn of_environment(ask: Ask<'_>) -> Result<Self, CliError> {
        Self::merge(file::Layer::default(), Flags::default(), ask)
    }

    fn merge(file: file::Layer, flags: Flags, ask: Ask<'_>) -> Result<Self, CliError> {
        let base = file::defaults();
        let api_id = optional(pick(None, ask, &env::API_ID, file.telegram.api_id, None)?);
        Ok(Self {
            output: sure(pick(
                flags.output.map(|value| (value, "--output")),
                ask,
                &env::OUTPUT,
                file.output,
                base.output,
            )?),
            api_id,
            device_model: sure(pick(
                None,
                ask,
                &env::DEVICE_MODEL,
                file.telegram.device_model,
                base.telegram.device_model,
            )?),
            codes: sure(pick(None, ask, &env::CODES, file.login.codes, base.login.codes)?),
            code_wait: sure(pick(
                None,
                ask,
                &env::CODE_WAIT,
                file.login.code_wait,
                base.login.code_wait,
            )?),
            connect_deadline: sure(pick(
                flags.connect_deadline.map(|value| (value, "--connect-deadline")),
                ask,
                &env::CONNECT_DEADLINE,
                file.run.connect_deadline,
                base.run.connect_deadline,
            )?),
            grace: sure(pick(None, ask, &env::GRACE, file.run.grace, base.run.grace)?),
            workers: sure(pick(None, ask, &env::WORKERS, file.run.workers, base.run.workers)?),
            in_flight: sure(pick(
                None,
                ask,
                &env::IN_FLIGHT,
                file.run.in_flight,
                base.run.in_flight,
            )?),
            exit_pause: sure(pick(
                None,
                ask,
                &env::EXIT_PAUSE,
                file.proxy.pause,
                base.proxy.pause,
            )?),
            opt_out_words: sure(pick(
                None,
                ask,
                &env::OPT_OUT_WORDS,
                file.inbox.opt_out_words,
                base.inbox.opt_out_words,
            )?),
            opt_out_answer: sure(pick(
                None,
                ask,
                &env::OPT_OUT_ANSWER,
                file.inbox.opt_out_answer,
                base.inbox.opt_out_answer,
            )?),
            keep_days: sure(pick(
                None,
                ask,
                &env::KEEP_DAYS,
                file.inbox.keep_days,
                base.inbox.keep_days,
            )?),
            connections: sure(pick(
                None,
                ask,
                &env::CONNECTIONS,
                file.inbox.connections,
                base.inbox.connections,
            )?),
            busy_deadline: sure(pick(
                None,
                ask,
                &env::BUSY_DEADLINE,
                file.store.busy_deadline,
                base.store.busy_deadline,
            )?),
            readers: sure(pick(None, ask, &env::READERS, file.store.readers, base.store.readers)?),
            auth_required: sure(settled(file.auth.required, base.auth.required)),
            auth_idle: sure(pick(None, ask, &env::AUTH_IDLE, file.auth.idle, base.auth.idle)?),
            auth_lifetime: sure(pick(
                None,
                ask,
                &env::AUTH_LIFETIME,
                file.auth.lifetime,
                base.auth.lifetime,
            )?),
            gemini: Gemini::merge(file.gemini, base.gemini, ask)?,
            outside: Outside::merge(
                (file.net, file.sms, file.alerts),
                (base.net, base.sms, base.alerts),
                ask,
            )?,
        })
    }

    /// Every setting, in the order of the file.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let api_id = Entry {
            key: "telegram.api_id",
            value: self.api_id.value.map(|id| id.to_string()),
            origin: self.api_id.origin,
        };
        let mut entries = vec![
            entry("output", &self.output),
            api_id,
            entry("telegram.device_model", &self.device_model),
            entry("login.codes", &self.codes),
            entry("login.code_wait", &self.code_wait),
            entry("run.connect_deadline", &self.connect_deadline),
            entry("run.grace", &self.grace),
            entry("run.workers", &self.workers),
            entry("run.in_flight", &self.in_flight),
            entry("proxy.pause", &self.exit_pause),
            entry("inbox.opt_out_words", &self.opt_out_words),
            entry("inbox.opt_out_answer", &self.opt_out_answer),
            entry("inbox.keep_days", &self.keep_days),
            entry("inbox.connections", &self.connections),
            entry("store.busy_deadline", &self.busy_deadline),
            entry("store.readers", &self.readers),
        ];
        entries.extend(self.outside.entries(self.gemini.entries()));
        entries.extend([
            entry("auth.required", &self.auth_required),
            entry("auth.idle", &self.auth_idle),
            entry("auth.lifetime", &self.auth_lifetime),
        ]);
        entries
    }
}

pub(super) fn entry<T: ToString>(key: &'static str, value: &Value<T>) -> Entry {
    Entry { key, value: Some(value.value.to_string()), origin: value.origin }
}

/// The highest layer that says something.
pub(super) fn pick<T: FromStr<Err = BadValue>>(
    flag: Option<(T, &'static str)>,
    ask: Ask<'_>,
    variable: &Variable,
    file: Option<T>,
    default: Option<T>,
) -> Result<Option<Value<T>>, CliError> {
    if let Some((value, name)) = flag {
        return Ok(Some(Value { value, origin: Origin::Flag(name) }));
    }
    if let Some(text) = ask(variable)? {
        let value = text.parse().map_err(|error: BadValue| {
            CliError::new(Exit::Usage, "bad_environment", format!("{}: {error}", variable.name))
        })?;
        return Ok(Some(Value { value, origin: Origin::Environment(variable.name) }));
    }
    Ok(settled(file, default))
}

/// What the files say.
fn settled<T>(file: Option<T>, default: Option<T>) -> Option<Value<T>> {
    let from_file = file.map(|value| Value { value, origin: Origin::File });
    from_file.or_else(|| default.map(|value| Value { value, origin: Origin::Default }))
}

/// For settings that may be unset.
pub(super) fn optional<T>(value: Option<Value<T>>) -> Value<Option<T>> {
    match value {
        Some(Value { value, origin }) => Value { value: Some(value), origin },
        None => Value { value: None, origin: Origin::Default },
    }
}

/// For settings that have a default.
pub(super) fn sure<T>(value: Option<Value<T>>) -> Value<T> {
    value.expect("a test proves that the embedded defaults set everything but telegram.api_id")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    fn silent(_: &Variable) -> Result<Option<String>, CliError> {
        Ok(None)
    }

    fn grace_in_environment(variable: &Variable) -> Result<Option<String>, CliError> {
        Ok((*variable == env::GRACE).then(|| "7s".to_owned()))
    }

    fn file(text: &str) -> file::Layer {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn without_layers_the_defaults_hold() {
        let config = Config::merge(file(""), Flags::default(), &silent).unwrap();
        assert_eq!(config.output.value, Format::Human);
        assert_eq!(config.grace.value, Span(Duration::from_secs(10)));
        assert!(config.entries().iter().all(|entry| entry.origin == Origin::Default));
    }

    #[test]
    fn each_layer_beats_the_one_below_and_is_named() {
        let text = "output = \"json\"\n[run]\ngrace = \"5s\"\nconnect_deadline = \"1s\"\n";
        let flags = Flags { output: None, connect_deadline: Some(Span(Duration::from_secs(9))) };
        let config = Config::merge(file(text), flags, &grace_in_environment).unwrap();
        assert_eq!((config.output.value, config.output.origin), (Format::Json, Origin::File));
        assert_eq!(config.grace.value, Span(Duration::from_secs(7)));
        assert_eq!(config.grace.origin.to_string(), "TG_RUN_GRACE");
        assert_eq!(config.connect_deadline.value, Span(Duration::from_secs(9)));
        assert_eq!(config.connect_deadline.origin.to_string(), "--connect-deadline");
    }

    #[test]
    fn a_variable_that_is_not_understood_is_a_fault_of_usage() {
        let soon = |variable: &Variable| Ok((*variable == env::GRACE).then(|| "soon".to_owned()));
        let error = Config::merge(file(""), Flags::default(), &soon).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.human(false).contains("TG_RUN_GRACE: \"soon\""));
    }

    #[test]
    fn keys_are_listed_once_and_in_the_order_of_the_file() {
        let config = Config::merge(file(""), Flags::default(), &silent).unwrap();
        let mut at = 0;
        for entry in config.entries() {
            let key = entry.key.rsplit('.').next().unwrap();
            let set = file::DEFAULTS.find(&format!("\n{key} = "));
            let here = set.or_else(|| file::DEFAULTS.find(&format!("\n#{key} = "))).unwrap();
            assert!(here >= at, "{key}");
            at = here;
        }
    }
}
