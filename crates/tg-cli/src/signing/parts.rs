//! The adapters of a sign-in, wired: Telegram, the sources of codes in their order, the terminal.

use super::Start;
use crate::config::CodeName;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;
use crate::wire::Opened;
use secrecy::SecretString;
use std::sync::{Arc, Mutex, PoisonError};
use tg_app::loans::Loans;
use tg_app::sign_in::{Desk, PasswordSource, SessionCodes};
use tg_core::ids::Slug;
use tg_core::ports::{BoxFuture, Clock, CodeSource, LoginDesk};
use tg_net::sms::WebhookListener;
use tg_security::vault::{HomeSecret, OwnedSecret, SecretName};

/// What the simulator takes for the application's hash.
const SIMULATED: &str = "simulated";

/// Everything that a sign-in needs beside the account.
pub(crate) struct Parts {
    /// Telegram.
    telegram: Arc<dyn LoginDesk>,
    /// What is borrowed from a running engine.
    loans: Loans,
    /// In the order of `login.codes`.
    pub(crate) sources: Vec<Arc<dyn CodeSource>>,
    /// The person.
    pub(crate) terminal: Terminal,
    /// Whether a person may be asked.
    attended: bool,
    /// Where text messages are posted.
    listener: Option<WebhookListener>,
}

impl Parts {
    /// Wires them, does `work`, and ends what listens. Without `attended` nobody is asked for
    /// anything.
    ///
    /// # Errors
    /// If Telegram itself is meant and the application is not known to it; if a source of codes is
    /// not set up; those of `work`.
    pub(crate) async fn with<T>(
        context: &Context,
        (opened, loans): (&Opened, &Loans),
        start: &Start,
        attended: bool,
        work: impl AsyncFnOnce(&Self) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let parts = Self::new(context, (opened, loans), start, attended).await?;
        let result = work(&parts).await;
        if let Some(listener) = parts.listener {
            listener.close().await;
        }
        result
    }

    async fn new(
        context: &Context,
        (opened, loans): (&Opened, &Loans),
        start: &Start,
        attended: bool,
    ) -> Result<Self, CliError> {
        let clock: Arc<dyn Clock> = Arc::clone(&opened.app.clock);
        let telegram = opened.desk(&context.config, api_hash(context, opened, start).await?);
        let terminal = Terminal::new(clock);
        let mut listener = None;
        let mut sources: Vec<Arc<dyn CodeSource>> = Vec::new();
        for name in &context.config.codes.value.0 {
            match name {
                CodeName::Session => {
                    let chats = opened.service_chats(&context.config);
                    sources.push(Arc::new(SessionCodes::new(opened.app.clone(), chats)));
                }
                CodeName::Terminal if attended => sources.push(Arc::new(terminal.clone())),
                CodeName::Terminal => {}
                CodeName::Twilio => sources.push(opened.twilio(context).await?),
                CodeName::Android => sources.push(opened.android(context).await?),
                CodeName::Webhook => {
                    let (source, listens) = opened.webhook(context).await?;
                    super::listening(context, listens.address());
                    listener = Some(listens);
                    sources.push(source);
                }
            }
        }
        let loans = loans.clone();
        Ok(Self { telegram, loans, sources, terminal, attended, listener })
    }

    /// Where accounts sign in.
    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk { telegram: &*self.telegram, loans: &self.loans }
    }
}

/// The two-step password of one account: what the vault has, then what the person says.
pub(crate) struct Passwords {
    /// Taken by the first question: one that was wrong is not tried again.
    stored: Mutex<Option<SecretString>>,
    terminal: Option<Terminal>,
}

impl Parts {
    /// Where the password of the account `name` comes from.
    ///
    /// # Errors
    /// If the vault does not open.
    pub(crate) async fn passwords(
        &self,
        opened: &Opened,
        name: &str,
    ) -> Result<Passwords, CliError> {
        let stored = own(opened, OwnedSecret::TwoFactor, name).await?;
        let terminal = self.attended.then(|| self.terminal.clone());
        Ok(Passwords { stored: Mutex::new(stored), terminal })
    }

    /// The token of the bot `name`: what the vault has, else what the person says.
    ///
    /// # Errors
    /// If the vault does not open.
    pub(crate) async fn bot_token(
        &self,
        opened: &Opened,
        name: &str,
    ) -> Result<Option<SecretString>, CliError> {
        match own(opened, OwnedSecret::BotToken, name).await? {
            None if self.attended => Ok(self.terminal.secret("Token from @BotFather").await),
            stored => Ok(stored),
        }
    }
}

impl PasswordSource for Passwords {
    fn password<'a>(&'a self, hint: Option<&'a str>) -> BoxFuture<'a, Option<SecretString>> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (stored, &self.terminal) {
            (None, Some(terminal)) => terminal.password(hint),
            (stored, _) => Box::pin(std::future::ready(stored)),
        }
    }
}

/// A secret of an account; one whose name is none has none.
async fn own(
    opened: &Opened,
    kind: OwnedSecret,
    name: &str,
) -> Result<Option<SecretString>, CliError> {
    match Slug::parse(name) {
        Ok(slug) => opened.secret(&SecretName::Owned(kind, slug)).await,
        Err(_) => Ok(None),
    }
}

/// The application's hash, which belongs to its number (core.telegram.org/api/obtaining_api_id).
async fn api_hash(
    context: &Context,
    opened: &Opened,
    start: &Start,
) -> Result<SecretString, CliError> {
    let hash = opened.secret(&SecretName::Home(HomeSecret::TelegramApiHash)).await?;
    let known = context.config.api_id.value.is_some() && hash.is_some();
    if start.is_telegram() && !known {
        let message = "Telegram signs nobody in without an application of yours";
        return Err(CliError::new(Exit::Refused, "no_application", message).hint(
            "get api_id and api_hash at https://my.telegram.org/apps; set telegram.api_id in config.toml \
and `tg secret set telegram.api_hash`",
        ));
    }
    Ok(hash.unwrap_or_else(|| SecretString::from(SIMULATED)))
}
