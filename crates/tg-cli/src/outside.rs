//! Builds what speaks HTTP: the guarded client, and the ways to tell a person.

use crate::config::Config;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::Opened;
use secrecy::SecretString;
use std::sync::Arc;
use tg_core::breaker::BreakerPolicy;
use tg_core::ports::{Alerter, Clock};
use tg_net::alerts::{BotAlerter, Several, WebhookAlerter};
use tg_net::http::{HttpClient, HttpError, HttpLimits};
use tg_net::policy::{Limits, Service};
use tg_security::vault::{HomeSecret, SecretName};

impl Opened {
    /// The guarded HTTP client.
    ///
    /// # Errors
    /// If this machine has no root certificates.
    pub(crate) fn http(&self, config: &Config) -> Result<Arc<HttpClient>, CliError> {
        let reach = config.outside.allow_private.value.reach.clone();
        let clock = Arc::clone(&self.app.clock);
        Ok(Arc::new(HttpClient::new(reach, HttpLimits::default(), clock)?))
    }

    /// The policies around calls to one service.
    pub(crate) fn service(&self, name: &str) -> Service {
        let clock: Arc<dyn Clock> = Arc::clone(&self.app.clock);
        let breakers = self.breakers(BreakerPolicy::SERVICE);
        Service::new(name, &clock, Arc::clone(&self.app.entropy), breakers, Limits::GENTLE)
    }

    /// A secret of the home.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) async fn home_secret(
        &self,
        kind: HomeSecret,
    ) -> Result<Option<SecretString>, CliError> {
        self.secret(&SecretName::Home(kind)).await
    }

    /// The ways to tell a person that are set up; `None` if there are none.
    ///
    /// # Errors
    /// If a secret cannot be read, or the client cannot be made.
    pub(crate) async fn alerter(
        &self,
        context: &Context,
    ) -> Result<Option<Arc<dyn Alerter>>, CliError> {
        let url = self.home_secret(HomeSecret::AlertsWebhookUrl).await?;
        let token = self.home_secret(HomeSecret::AlertsBotToken).await?;
        let settings = &context.config.outside;
        let chat = settings.bot_chat.value;
        if url.is_none() && (token.is_none() || chat.is_none()) {
            return Ok(None);
        }
        let http = self.http(&context.config)?;
        let mut ways: Vec<(&'static str, Arc<dyn Alerter>)> = Vec::new();
        if let Some(url) = url {
            let key = self.home_secret(HomeSecret::AlertsWebhookKey).await?;
            let (service, clock) = (self.service("the webhook"), Arc::clone(&self.app.clock));
            let home = context.home.dir().display().to_string();
            let way = WebhookAlerter::new(Arc::clone(&http), service, clock, url, key, home);
            ways.push(("the webhook", Arc::new(way)));
        }
        if let (Some(token), Some(chat)) = (token, chat) {
            let (service, api) = (self.service("the bot"), settings.bot_api.value.0.clone());
            ways.push(("the bot", Arc::new(BotAlerter::new(http, service, api, token, chat.0))));
        }
        Ok(Some(Arc::new(Several::new(ways))))
    }
}

impl From<HttpError> for CliError {
    fn from(error: HttpError) -> Self {
        Self::new(Exit::Failed, "http", error.to_string())
    }
}
