//! The file layer: `config.toml`, and the defaults that are embedded in the same form.

use super::codes::CodeOrder;
use super::gemini::GeminiLayer;
use super::value::{
    Amount, Chat, Format, Label, Link, Listen, Numbers, Reached, Span, Switch, Within,
};
use super::words::{Answer, Words};
use crate::error::CliError;
use crate::exit::Exit;
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The defaults, with a comment for each.
pub(super) const DEFAULTS: &str = include_str!("default-config.toml");

/// No settings file is longer.
const MAX_BYTES: u64 = 64 * 1024;

/// A layer: what one file says. What it does not say, a lower layer does.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Layer {
    pub(super) output: Option<Format>,
    pub(super) telegram: Telegram,
    pub(super) login: Login,
    pub(super) run: Run,
    pub(super) proxy: Proxy,
    pub(super) inbox: Inbox,
    pub(super) store: Store,
    pub(super) net: Net,
    pub(super) sms: Sms,
    pub(super) gemini: GeminiLayer,
    pub(super) alerts: Alerts,
    pub(super) auth: Auth,
}

/// `[telegram]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Telegram {
    pub(super) api_id: Option<Within<1, { i32::MAX }>>,
    pub(super) device_model: Option<Label>,
}

/// `[login]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Login {
    pub(super) codes: Option<CodeOrder>,
    pub(super) code_wait: Option<Span>,
}

/// `[run]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Run {
    pub(super) connect_deadline: Option<Span>,
    pub(super) grace: Option<Span>,
    pub(super) workers: Option<Within<1, 64>>,
    pub(super) in_flight: Option<Within<1, 64>>,
}

/// `[proxy]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Proxy {
    pub(super) pause: Option<Span>,
}

/// `[inbox]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Inbox {
    pub(super) opt_out_words: Option<Words>,
    pub(super) opt_out_answer: Option<Answer>,
    pub(super) keep_days: Option<Within<1, 3_650>>,
    pub(super) connections: Option<Within<0, 100_000>>,
}

/// `[store]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Store {
    pub(super) busy_deadline: Option<Span>,
    pub(super) readers: Option<Within<1, 64>>,
}

/// `[net]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Net {
    pub(super) allow_private: Option<Reached>,
}

/// `[sms]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sms {
    pub(super) budget_per_day: Option<Amount>,
    pub(super) twilio_api: Option<Link>,
    pub(super) twilio_cost: Option<Amount>,
    pub(super) android_url: Option<Link>,
    pub(super) android_user: Option<Label>,
    pub(super) android_numbers: Option<Numbers>,
    pub(super) android_cost: Option<Amount>,
    pub(super) android_listen: Option<Listen>,
}

/// `[alerts]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Alerts {
    pub(super) bot_chat: Option<Chat>,
    pub(super) bot_api: Option<Link>,
    pub(super) quiet: Option<Span>,
}

/// `[auth]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Auth {
    pub(super) required: Option<Switch>,
    pub(super) idle: Option<Span>,
    pub(super) lifetime: Option<Span>,
}

/// The embedded layer.
pub(super) fn defaults() -> Layer {
    toml::from_str(DEFAULTS).expect("the embedded defaults are tested")
}

/// The file's layer; an empty one if there is no file.
///
/// # Errors
/// If it cannot be read, is too long, is no TOML, or says what nobody knows: with the line.
pub(super) fn load(path: &Path) -> Result<Layer, CliError> {
    read(path)?.map_or_else(|| Ok(Layer::default()), |text| parse(&text, path))
}

/// The file's text; `None` if there is no file.
///
/// # Errors
/// If it cannot be read, or is too long.
pub(super) fn read(path: &Path) -> Result<Option<String>, CliError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(path, &error)),
    };
    let mut text = String::new();
    // One byte more than allowed tells a long file from one that just fits.
    file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > MAX_BYTES {
        let message = format!("{} is longer than {MAX_BYTES} bytes", path.display());
        return Err(CliError::new(Exit::Failed, "bad_config", message));
    }
    Ok(Some(text))
}

fn parse(text: &str, path: &Path) -> Result<Layer, CliError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("{}, line {line}: {}", path.display(), error.message());
        CliError::new(Exit::Failed, "bad_config", message)
            .hint("correct the line, or comment it out to have the default")
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> CliError {
    CliError::new(Exit::Failed, "bad_config", format!("cannot read {}", path.display()))
        .because(error)
}

/// The defaults as `tg init` writes them: every setting commented out.
pub(crate) fn commented() -> String {
    let mut out = String::with_capacity(DEFAULTS.len() + 64);
    for line in DEFAULTS.lines() {
        let says = !line.is_empty() && !line.starts_with(['#', '[']);
        out.push_str(if says { "#" } else { "" });
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn fault(text: &str) -> String {
        parse(text, Path::new("config.toml")).unwrap_err().human(false)
    }

    #[test]
    fn every_setting_but_the_application_has_a_default() {
        let layer = defaults();
        assert!(layer.output.is_some());
        assert!(layer.telegram.api_id.is_none() && layer.telegram.device_model.is_some());
        assert!(layer.login.codes.is_some() && layer.login.code_wait.is_some());
        assert!(layer.run.connect_deadline.is_some() && layer.run.grace.is_some());
        assert!(layer.run.workers.is_some() && layer.run.in_flight.is_some());
        assert!(layer.inbox.opt_out_words.is_some() && layer.inbox.keep_days.is_some());
        assert!(layer.inbox.connections.is_some());
        assert!(layer.store.busy_deadline.is_some() && layer.store.readers.is_some());
        assert!(layer.auth.required.is_some());
        assert!(layer.auth.idle.is_some() && layer.auth.lifetime.is_some());
    }

    #[test]
    fn a_fresh_file_says_nothing_and_shows_everything() {
        let text = commented();
        let layer = parse(&text, Path::new("config.toml")).unwrap();
        assert!(
            layer.output.is_none() && layer.run.grace.is_none() && layer.store.readers.is_none()
        );
        for key in ["output", "api_id", "device_model", "connect_deadline", "grace", "readers"] {
            assert!(text.contains(&format!("\n#{key} = ")), "{key}");
        }
    }

    #[test]
    fn faults_name_the_line() {
        assert!(fault("\n[run]\ngrase = \"5s\"\n").contains("line 3: unknown field `grase`"));
        assert!(fault("[run]\ngrace = 5\n").contains("line 2"));
        assert!(fault("[run]\n\n\ngrace = \"soon\"\n").contains("line 4: \"soon\" is not a span"));
        assert!(fault("[store]\nreaders = 0\n").contains("line 2"));
        assert!(fault("output = \n").contains("line 1"));
    }

    #[test]
    fn a_missing_file_is_an_empty_layer_and_a_long_one_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(load(&dir.path().join("none.toml")).unwrap().output.is_none());
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "#".repeat(70_000)).unwrap();
        assert!(load(&path).unwrap_err().human(false).contains("longer than"));
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(load(&path).unwrap_err().human(false).contains("cannot read"));
    }
}
