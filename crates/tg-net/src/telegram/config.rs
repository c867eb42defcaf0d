//! What a person or an embedder sets about connecting to Telegram.

use std::time::Duration;

/// How the application introduces itself to Telegram, and how long it waits for it.
///
/// What is said here is told to Telegram as it is (core.telegram.org/method/initConnection) and
/// shown to the account's owner in the list of their devices: the same honest words for all accounts.
#[derive(Clone, Debug)]
pub struct TelegramConfig {
    /// The application's number (core.telegram.org/api/obtaining_api_id).
    pub api_id: i32,
    /// The application's version.
    pub app_version: String,
    /// What it runs on, in words.
    pub device_model: String,
    /// The operating system, in words.
    pub system_version: String,
    /// ISO 639-1 code of the language in which Telegram's own texts are wanted.
    pub lang_code: String,
    /// How long to wait.
    pub timeouts: Timeouts,
}

impl TelegramConfig {
    /// Everything but the application's number at its default.
    #[must_use]
    pub fn new(api_id: i32) -> Self {
        Self {
            api_id,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            device_model: "tg server".to_owned(),
            system_version: std::env::consts::OS.to_owned(),
            lang_code: "en".to_owned(),
            timeouts: Timeouts::default(),
        }
    }
}

/// How long anything that leaves the process may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From the first byte of a connection to the confirmed identity.
    pub connect: Duration,
    /// One call, with the reconnecting it may need.
    pub call: Duration,
    /// A graceful end of a connection; after it the connection is cut.
    pub close: Duration,
    /// One write to the session store.
    pub store: Duration,
    /// A link on which nothing happened for so long is asked whether it lives: it may be dead
    /// without anybody having said so.
    pub quiet: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            call: Duration::from_secs(20),
            close: Duration::from_secs(3),
            store: Duration::from_secs(10),
            quiet: Duration::from_secs(60),
        }
    }
}
