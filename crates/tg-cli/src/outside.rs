//! Builds what speaks HTTP: the guarded client, and the ways to tell a person.

use crate::config::Config;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::Opened;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tg_core::breaker::BreakerPolicy;
use tg_core::ports::{Alerter, Clock};
use tg_net::alerts::{BotAlerter, Several, WebhookAlerter};
use tg_net::http::{HttpClient, HttpError, HttpLimits};
use tg_net::policy::{Limits, Service};
use tg_security::validate::{HttpUrl, UrlError, UrlRules};
use tg_security::vault::{HomeSecret, SecretName};

impl Opened {
    /// The guarded HTTP client.
    ///
    /// # Errors
    /// If this machine has no root certificates.
    pub(crate) fn http(&self, config: &Config) -> Result<Arc<HttpClient>, CliError> {
        self.http_within(config, HttpLimits::default())
    }

    /// The same with bounds of its own.
    ///
    /// # Errors
    /// If this machine has no root certificates.
    pub(crate) fn http_within(
        &self,
        config: &Config,
        limits: HttpLimits,
    ) -> Result<Arc<HttpClient>, CliError> {
        let reach = config.outside.allow_private.value.reach.clone();
        let clock = Arc::clone(&self.app.clock);
        Ok(Arc::new(HttpClient::new(reach, limits, clock)?))
    }

    /// The policies around calls to one service.
    pub(crate) fn service(&self, name: &str) -> Service {
        self.service_within(name, Limits::GENTLE)
    }

    /// The same, used as hard as `limits` say.
    pub(crate) fn service_within(&self, name: &str, limits: Limits) -> Service {
        let clock: Arc<dyn Clock> = Arc::clone(&self.app.clock);
        let breakers = self.breakers(BreakerPolicy::SERVICE);
        Service::new(name, &clock, Arc::clone(&self.app.entropy), breakers, limits)
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

/// Refuses an address for alerts that the guarded client would not go to: better now than when an
/// alert is due. What its name leads to is known only then.
///
/// # Errors
/// If it is one of a private network that `net.allow_private` does not allow.
pub(crate) fn check_url(config: &Config, name: &str, value: &SecretString) -> Result<(), CliError> {
    if name != HomeSecret::AlertsWebhookUrl.as_str() {
        return Ok(());
    }
    let value = value.expose_secret();
    let (strict, relaxed) = (UrlRules::default(), UrlRules { private: true });
    let Err(fault @ (UrlError::Private(_) | UrlError::LocalName)) = HttpUrl::parse(value, strict)
    else {
        return Ok(());
    };
    // What no setting allows is said by whoever keeps it.
    let Ok(url) = HttpUrl::parse(value, relaxed) else { return Ok(()) };
    let reach = &config.outside.allow_private.value.reach;
    let host = url.host().trim_matches(['[', ']']);
    if reach.names(host) || host.parse().is_ok_and(|ip| reach.check(host, ip).is_ok()) {
        return Ok(());
    }
    Err(CliError::new(Exit::Refused, "private_url", fault.to_string())
        .hint("name its host or network in net.allow_private first, if you mean it"))
}

impl From<HttpError> for CliError {
    fn from(error: HttpError) -> Self {
        Self::new(Exit::Failed, "http", error.to_string())
    }
}
