//! What secrets there are: one table of names, and what each value has to look like.

use crate::validate::{HttpUrl, UrlRules};
use std::fmt;
use tg_core::ids::Slug;

/// Longest value, in bytes: nothing that is kept here is longer.
const MAX_VALUE: usize = 4096;

macro_rules! secrets {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $text:literal, $shape:ident;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$about])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// How it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            const fn shape(self) -> Shape {
                match self { $(Self::$variant => Shape::$shape,)* }
            }
        }
    };
}

secrets! {
    /// A secret of which the home has one.
    HomeSecret {
        /// The application's hash (core.telegram.org/api/obtaining_api_id).
        TelegramApiHash = "telegram.api_hash", Hex32;
        /// The key for Gemini (ai.google.dev/gemini-api/docs/api-key).
        GeminiApiKey = "gemini.api_key", Word;
        /// The account at Twilio (twilio.com/docs/iam/api/account).
        TwilioAccountSid = "sms.twilio.account_sid", TwilioSid;
        /// The token of that account.
        TwilioAuthToken = "sms.twilio.auth_token", Word;
        /// The password of the self-hosted SMS gateway.
        AndroidPassword = "sms.android.password", Line;
        /// The key with which that gateway signs what it reports.
        AndroidWebhookKey = "sms.android.webhook_key", Word;
        /// Where alerts are posted; whoever has the address can post there.
        AlertsWebhookUrl = "alerts.webhook_url", Url;
        /// The key with which what is posted there is signed.
        AlertsWebhookKey = "alerts.webhook_key", Word;
        /// The bot through which alerts are sent.
        AlertsBotToken = "alerts.bot_token", BotToken;
    }
}

secrets! {
    /// A secret that belongs to an account or a proxy.
    OwnedSecret {
        /// The password of an account's two-step verification (core.telegram.org/api/srp).
        TwoFactor = "account/*/two_factor", Line;
        /// The token with which a bot signs in.
        BotToken = "account/*/bot_token", BotToken;
        /// The password of a proxy.
        ProxyPassword = "proxy/*/password", Line;
    }
}

/// The name of a secret that exists in the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretName {
    /// One of the home.
    Home(HomeSecret),
    /// One of an account or a proxy.
    Owned(OwnedSecret, Slug),
}

/// Why a text names no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not the name of a secret")]
pub struct BadSecretName(String);

/// Why a value cannot be that secret. Never quotes the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadSecret(&'static str);

impl SecretName {
    /// Reads a name such as `telegram.api_hash` or `account/anna/two_factor`.
    ///
    /// # Errors
    /// If no secret has that name.
    pub fn parse(text: &str) -> Result<Self, BadSecretName> {
        let home = HomeSecret::ALL.iter().find(|kind| kind.as_str() == text);
        if let Some(kind) = home {
            return Ok(Self::Home(*kind));
        }
        OwnedSecret::ALL
            .iter()
            .find_map(|kind| {
                let (before, after) = kind.as_str().split_once('*')?;
                let owner = text.strip_prefix(before)?.strip_suffix(after)?;
                Some(Self::Owned(*kind, Slug::parse(owner).ok()?))
            })
            // What somebody typed in the wrong place may be the secret itself.
            .ok_or_else(|| BadSecretName(shown(text)))
    }

    /// Every name, with `NAME` where that of an account or a proxy stands.
    pub fn patterns() -> impl Iterator<Item = String> {
        let home = HomeSecret::ALL.iter().map(|kind| kind.as_str().to_owned());
        home.chain(OwnedSecret::ALL.iter().map(|kind| kind.as_str().replace('*', "NAME")))
    }

    /// Whether a value can be this secret.
    ///
    /// # Errors
    /// Says what it should look like.
    pub fn check(&self, value: &str) -> Result<(), BadSecret> {
        let shape = match self {
            Self::Home(kind) => kind.shape(),
            Self::Owned(kind, _) => kind.shape(),
        };
        shape.check(value).map_err(BadSecret)
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home(kind) => f.pad(kind.as_str()),
            Self::Owned(kind, owner) => f.pad(&kind.as_str().replace('*', owner.as_str())),
        }
    }
}

/// A text that was taken for a name: quoted only as far as it looks like one.
fn shown(text: &str) -> String {
    let harmless = |c: char| c.is_ascii_lowercase() || "._/".contains(c);
    let begin: String = text.chars().take_while(|c| harmless(*c)).take(24).collect();
    if begin.len() == text.len() { begin } else { format!("{begin}…") }
}

/// What a value looks like.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// 32 hex digits.
    Hex32,
    /// `AC` and 32 hex digits.
    TwilioSid,
    /// Digits, a colon, 35 letters (core.telegram.org/bots/api#authorizing-your-bot).
    BotToken,
    /// Visible ASCII without spaces.
    Word,
    /// One line.
    Line,
    /// An address that begins with https:// or http://.
    Url,
}

impl Shape {
    fn check(self, value: &str) -> Result<(), &'static str> {
        if value.is_empty() {
            return Err("it is empty");
        }
        if value.len() > MAX_VALUE {
            return Err("it is longer than 4096 bytes");
        }
        if value.chars().any(char::is_control) {
            return Err("it has control characters or more than one line");
        }
        let ok = |holds: bool, says| if holds { Ok(()) } else { Err(says) };
        let word = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        match self {
            Self::Hex32 => ok(is_hex32(value), "it should have exactly 32 hex digits"),
            Self::TwilioSid => ok(
                value.strip_prefix("AC").is_some_and(is_hex32),
                "it should be \"AC\" and 32 hex digits",
            ),
            Self::BotToken => ok(
                is_bot_token(value),
                "it should be digits, \":\" and 35 letters, as BotFather says",
            ),
            Self::Word => ok(word(value), "it should have no spaces and only ASCII letters"),
            Self::Line => Ok(()),
            Self::Url => ok(
                // Whether it may lead to a private network is judged when it is called.
                HttpUrl::parse(value, UrlRules { private: true }).is_ok(),
                "it should be an address such as https://example.org/hook, without a user name",
            ),
        }
    }
}

fn is_hex32(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether this is what a bot's token looks like.
pub(crate) fn is_bot_token(text: &str) -> bool {
    let letters = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    text.split_once(':').is_some_and(|(id, rest)| {
        (5..=15).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_digit())
            && rest.len() == 35
            && rest.bytes().all(letters)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for pattern in SecretName::patterns() {
            let text = pattern.replace("NAME", "acc-01");
            assert_eq!(SecretName::parse(&text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_name_is_not_quoted_whole() {
        for text in [
            "",
            "telegram",
            "account//two_factor",
            "account/A/two_factor",
            "account/a/b/two_factor",
        ] {
            assert!(SecretName::parse(text).is_err(), "{text}");
        }
        let token = "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8";
        let error = SecretName::parse(token).unwrap_err().to_string();
        assert!(!error.contains("123456"), "{error}");
    }

    #[test]
    fn values_have_shapes() {
        let hash = SecretName::Home(HomeSecret::TelegramApiHash);
        assert!(hash.check(&"a1".repeat(16)).is_ok());
        assert!(hash.check("secret-value").unwrap_err().to_string().contains("32 hex"));
        let token = SecretName::Home(HomeSecret::AlertsBotToken);
        assert!(token.check("123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8").is_ok());
        assert!(token.check("123456:short").is_err());
        let sid = SecretName::Home(HomeSecret::TwilioAccountSid);
        assert!(sid.check(&format!("AC{}", "0f".repeat(16))).is_ok());
        assert!(sid.check("AC").is_err());
        let url = SecretName::Home(HomeSecret::AlertsWebhookUrl);
        assert!(url.check("https://example.org/hook?key=1").is_ok());
        for bad in ["file:///etc/passwd", "https://a:b@example.org/", "http://169.254.169.254/"] {
            assert!(url.check(bad).is_err(), "{bad}");
        }
        let password = SecretName::Owned(OwnedSecret::TwoFactor, Slug::parse("anna").unwrap());
        assert!(password.check("two words, ünd more").is_ok());
        for bad in ["", "a\nb", &"x".repeat(MAX_VALUE + 1)] {
            assert!(password.check(bad).is_err());
        }
        let key = SecretName::Home(HomeSecret::GeminiApiKey);
        assert!(key.check("AIza_x-1").is_ok() && key.check("a b").is_err());
    }
}
