//! From the JSON of `POST /script` to rules; whatever is wrong is named.

use serde::Deserialize;
use serde_json::Value;

use super::rules::{Action, Filter, Limit, Moment, Rule};
use crate::error::ScriptError;
use crate::gemini::GeminiFault;

/// More rules than this are a mistake, and each call is held against all of them.
const MOST_RULES: usize = 10_000;

/// Who may be named in rules.
pub(crate) trait Cast {
    /// The number of an account, by its name.
    fn account(&self, name: &str) -> Option<usize>;
    /// Whether there is a user with this id.
    fn has_user(&self, user_id: i64) -> bool;
    /// Whether there is a data centre with this number.
    fn has_dc(&self, dc: i32) -> bool;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleJson {
    #[serde(default)]
    on: OnJson,
    #[serde(rename = "do")]
    action: ActionJson,
    times: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnJson {
    method: Option<String>,
    account: Option<String>,
    to: Option<i64>,
    nth: Option<u64>,
    every: Option<u64>,
    probability: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActionJson {
    RpcError(i32, String),
    RpcErrorAfter(i32, String),
    Drop(Moment),
    DelayMs(u64),
    Hang(HangJson),
    Mute(HangJson),
    Move(i32),
    Ban(bool),
    Freeze(FreezeJson),
    Limit(LimitJson),
    Gemini(GeminiFault),
}

/// `true` is `"before"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum HangJson {
    Flag(bool),
    Moment(Moment),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FreezeJson {
    until: UntilJson,
    #[serde(default)]
    appeal_url: String,
}

/// Unix seconds, or RFC 3339.
#[derive(Deserialize)]
#[serde(untagged)]
enum UntilJson {
    Seconds(i64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitJson {
    per_seconds: u64,
    count: u64,
    then: String,
}

/// Reads a list of rules. All of it is good, or none of it is taken.
pub(crate) fn parse(json: &str, cast: &impl Cast) -> Result<Vec<Rule>, ScriptError> {
    let list: Value =
        serde_json::from_str(json).map_err(|error| ScriptError::NotAList(error.to_string()))?;
    let Value::Array(items) = list else {
        return Err(ScriptError::NotAList("it is another kind of value".into()));
    };
    if items.len() > MOST_RULES {
        let fault = format!("it has more than {MOST_RULES} rules");
        return Err(ScriptError::NotAList(fault));
    }
    let numbered = items.into_iter().enumerate();
    numbered
        .map(|(n, item)| {
            rule(item, cast).map_err(|fault| ScriptError::Rule { number: n + 1, fault })
        })
        .collect()
}

fn rule(item: Value, cast: &impl Cast) -> Result<Rule, String> {
    let json: RuleJson = serde_json::from_value(item).map_err(|error| error.to_string())?;
    if json.times == Some(0) {
        return Err("`times` 0 means never".into());
    }
    let filter = filter(json.on, cast)?;
    Ok(Rule::new(filter, action(json.action, cast)?, json.times))
}

fn filter(on: OnJson, cast: &impl Cast) -> Result<Filter, String> {
    let account = match &on.account {
        Some(name) => {
            Some(cast.account(name).ok_or_else(|| format!("there is no account called {name:?}"))?)
        }
        None => None,
    };
    if let Some(to) = on.to
        && !cast.has_user(to)
    {
        return Err(format!("there is no user {to}"));
    }
    if on.nth == Some(0) || on.every == Some(0) {
        return Err("`nth` and `every` count from 1".into());
    }
    if let Some(p) = on.probability
        && !(0.0..=1.0).contains(&p)
    {
        return Err(format!("`probability` is between 0 and 1, not {p}"));
    }
    if let Some(method) = &on.method
        && !method.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_')
    {
        return Err(format!("{method:?} is not the name of a method"));
    }
    Ok(Filter {
        method: on.method,
        account,
        to: on.to,
        nth: on.nth,
        every: on.every,
        probability: on.probability,
    })
}

fn action(json: ActionJson, cast: &impl Cast) -> Result<Action, String> {
    Ok(match json {
        ActionJson::RpcError(code, text) => {
            Action::RpcError { code, text: named(text)?, moment: Moment::Before }
        }
        ActionJson::RpcErrorAfter(code, text) => {
            Action::RpcError { code, text: named(text)?, moment: Moment::After }
        }
        ActionJson::Drop(moment) => Action::Drop(moment),
        ActionJson::DelayMs(ms) => Action::Delay(std::time::Duration::from_millis(ms)),
        ActionJson::Hang(HangJson::Flag(true)) => Action::Hang(Moment::Before),
        ActionJson::Hang(HangJson::Moment(moment)) => Action::Hang(moment),
        ActionJson::Mute(HangJson::Flag(true)) => Action::Mute(Moment::Before),
        ActionJson::Mute(HangJson::Moment(moment)) => Action::Mute(moment),
        ActionJson::Move(dc) if !cast.has_dc(dc) => {
            return Err(format!("there is no data centre {dc}"));
        }
        ActionJson::Move(dc) => Action::Move(dc),
        ActionJson::Ban(true) => Action::Ban,
        ActionJson::Hang(HangJson::Flag(false))
        | ActionJson::Mute(HangJson::Flag(false))
        | ActionJson::Ban(false) => {
            return Err("`false` does nothing: leave the rule out".into());
        }
        ActionJson::Freeze(freeze) => {
            Action::Freeze { until: until(freeze.until)?, appeal_url: freeze.appeal_url }
        }
        ActionJson::Limit(limit) if limit.per_seconds == 0 || limit.count == 0 => {
            return Err("`per_seconds` and `count` are at least 1".into());
        }
        ActionJson::Gemini(fault) => Action::Gemini(fault),
        ActionJson::Limit(limit) => Action::Limit(Limit {
            window: std::time::Duration::from_secs(limit.per_seconds),
            count: usize::try_from(limit.count).map_err(|_| "`count` is too large")?,
            then: named(limit.then)?,
        }),
    })
}

fn named(text: String) -> Result<String, String> {
    if text.is_empty() || text.len() > 255 {
        return Err("an error has a name".into());
    }
    Ok(text)
}

fn until(json: UntilJson) -> Result<i64, String> {
    match json {
        UntilJson::Seconds(seconds) => Ok(seconds),
        UntilJson::Text(text) => text
            .parse::<jiff::Timestamp>()
            .map(jiff::Timestamp::as_second)
            .map_err(|error| format!("`until`: {error}")),
    }
}
