//! Which values of a configuration are secrets, and which secrets they are: by their keys, and by
//! what they look like.

use super::scalar::Scalar;
use crate::vault::{HomeSecret, OwnedSecret, SecretName, is_bot_token};
use std::collections::BTreeMap;
use tg_core::ids::Slug;

/// A value that is a secret of the vault's.
#[derive(Debug)]
pub struct Recognised<'a> {
    /// The value.
    pub scalar: &'a Scalar,
    /// What it is called in the vault.
    pub name: SecretName,
}

/// A value that may be a secret, and is left where it is.
#[derive(Debug)]
pub struct Left<'a> {
    /// The value.
    pub scalar: &'a Scalar,
    /// Why, for a person.
    pub reason: String,
}

/// What becomes of a file's values. Those that are in neither list are no secrets.
#[derive(Debug)]
pub struct Plan<'a> {
    /// To be sealed and taken out.
    pub recognised: Vec<Recognised<'a>>,
    /// To be looked at by a person.
    pub left: Vec<Left<'a>>,
}

/// Parts of a path that name no account.
const GENERIC: [&str; 18] = [
    "account",
    "accounts",
    "alert",
    "alerts",
    "app",
    "auth",
    "bot",
    "bots",
    "config",
    "credentials",
    "default",
    "main",
    "proxies",
    "proxy",
    "settings",
    "telegram",
    "tg",
    "users",
];
/// Ends of keys under which passwords of two-step verification stand.
const TWO_FACTOR: [&str; 6] =
    ["two_factor", "2fa_password", "password_2fa", "cloud_password", "2fa", "twofa"];
/// Ends of keys under which something stands that nobody else should read.
const SUSPICIOUS: [&str; 8] =
    ["api_hash", "api_key", "auth_key", "password", "private_key", "secret", "session", "token"];

/// Judges every value. `called` says what those are called whose keys do not.
#[must_use]
pub fn plan<'a>(scalars: &'a [Scalar], called: &BTreeMap<String, SecretName>) -> Plan<'a> {
    let mut plan = Plan { recognised: Vec::new(), left: Vec::new() };
    let names = siblings(scalars);
    for scalar in scalars.iter().filter(|scalar| !scalar.value.is_empty()) {
        let named = called.get(&scalar.place()).cloned().or_else(|| named(scalar, &names));
        match named {
            Some(name) => match name.check(&scalar.value) {
                Ok(()) if plan.recognised.iter().any(|other| other.name == name) => {
                    let reason = format!("another value of this file is {name} already");
                    plan.left.push(Left { scalar, reason });
                }
                Ok(()) => plan.recognised.push(Recognised { scalar, name }),
                Err(problem) => {
                    let reason = format!("by its key it is {name}, but {problem}");
                    plan.left.push(Left { scalar, reason });
                }
            },
            None => plan.left.extend(suspicion(scalar).map(|reason| Left { scalar, reason })),
        }
    }
    plan
}

/// The `name` of each group of values that has one, by the path of the group.
fn siblings(scalars: &[Scalar]) -> BTreeMap<&[String], Slug> {
    let named = |scalar: &'_ &Scalar| {
        matches!(
            scalar.path.last().map(String::as_str),
            Some("name" | "slug" | "session_name" | "session")
        )
    };
    scalars
        .iter()
        .filter(named)
        .filter_map(|scalar| {
            let (_, group) = scalar.path.split_last()?;
            Some((group, Slug::parse(&scalar.value).ok()?))
        })
        .collect()
}

/// What a value is called by its key.
fn named(scalar: &Scalar, names: &BTreeMap<&[String], Slug>) -> Option<SecretName> {
    let words = words(&scalar.path);
    let text = words.join("_");
    let has = |word: &str| words.iter().any(|w| w == word);
    let any = |ends: &[&str]| ends.iter().any(|end| ends_with(&text, end));
    let home = if any(&["api_hash"]) {
        Some(HomeSecret::TelegramApiHash)
    } else if any(&["gemini_api_key", "gemini_key", "google_api_key", "genai_api_key"]) {
        Some(HomeSecret::GeminiApiKey)
    } else if has("twilio") && any(&["account_sid", "sid"]) {
        Some(HomeSecret::TwilioAccountSid)
    } else if has("twilio") && any(&["auth_token", "token"]) {
        Some(HomeSecret::TwilioAuthToken)
    } else if has("android") && any(&["password"]) {
        Some(HomeSecret::AndroidPassword)
    } else if has("android") && any(&["webhook_key", "signing_key"]) {
        Some(HomeSecret::AndroidWebhookKey)
    } else if (has("alert") || has("alerts")) && any(&["webhook_url", "webhook"]) {
        Some(HomeSecret::AlertsWebhookUrl)
    } else if (has("alert") || has("alerts")) && any(&["token"]) && is_bot_token(&scalar.value) {
        Some(HomeSecret::AlertsBotToken)
    } else {
        None
    };
    home.map(SecretName::Home).or_else(|| {
        let (kind, end) = owned(scalar, &text)?;
        Some(SecretName::Owned(kind, owner(scalar, names, end)?))
    })
}

/// What kind of secret of an account a value is, and the end of the key that says so.
fn owned(scalar: &Scalar, text: &str) -> Option<(OwnedSecret, &'static str)> {
    if let Some(end) = TWO_FACTOR.iter().find(|end| ends_with(text, end)) {
        return Some((OwnedSecret::TwoFactor, end));
    }
    let token = is_bot_token(&scalar.value);
    let end = ["bot_token", "token"].into_iter().find(|end| ends_with(text, end));
    end.filter(|_| token).map(|end| (OwnedSecret::BotToken, end))
}

/// Whose it is: what its group is called, else the part of the path above it, else what stands in
/// the key itself before the end that says what it is (`ANNA_TWO_FACTOR`).
fn owner(scalar: &Scalar, names: &BTreeMap<&[String], Slug>, end: &str) -> Option<Slug> {
    let (key, group) = scalar.path.split_last()?;
    if let Some(name) = names.get(group) {
        return Some(name.clone());
    }
    let telling = |text: &str| {
        let text = text.to_ascii_lowercase();
        let number = text.bytes().all(|b| b.is_ascii_digit());
        if number || GENERIC.contains(&text.as_str()) { None } else { Slug::parse(&text).ok() }
    };
    if let Some(above) = group.last() {
        return telling(above);
    }
    let key = split(key).join("_");
    telling(key.strip_suffix(end)?.strip_suffix('_')?)
}

/// Why a value without a name may be a secret; `None` if it does not look like one.
fn suspicion(scalar: &Scalar) -> Option<String> {
    let text = words(&scalar.path).join("_");
    let value = scalar.value.as_str();
    let base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b);
    if is_bot_token(value) {
        let call = "say whose with --as KEY=account/NAME/bot_token";
        return Some(format!("it looks like a bot's token; {call}"));
    }
    if value.len() >= 200 && value.bytes().all(base64) {
        return Some("it looks like a session; `tg account import` takes sessions".to_owned());
    }
    if value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit()) && text.contains("hash") {
        return Some(
            "it looks like an api_hash; say so with --as KEY=telegram.api_hash".to_owned(),
        );
    }
    if text.contains("prox") && ends_with(&text, "password") {
        return Some("it looks like a proxy's password; `tg proxy add` takes proxies".to_owned());
    }
    SUSPICIOUS
        .iter()
        .any(|end| ends_with(&text, end))
        .then(|| "by its key it may be a secret; say which with --as KEY=NAME".to_owned())
}

/// Whether a text ends with these words.
fn ends_with(text: &str, end: &str) -> bool {
    text.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_'))
}

/// The words of a path in lower case, whether written `api_hash`, `api-hash`, `apiHash` or `API_HASH`.
fn words(path: &[String]) -> Vec<String> {
    path.iter().flat_map(|part| split(part)).collect()
}

fn split(part: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for letter in part.chars() {
        if !letter.is_alphanumeric() {
            words.push(String::new());
            lower = false;
            continue;
        }
        if letter.is_uppercase() && lower {
            words.push(String::new());
        }
        lower = letter.is_lowercase() || letter.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
