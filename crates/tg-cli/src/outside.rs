//! Builds what speaks HTTP: the guarded client, and the ways to tell a person.

use crate::config::Config;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::Opened;
use secrecy::SecretString;
use std::sync::Arc;
use tg_core::breaker::BreakerPolicy;
use tg_core::ports::{Alerter, Clock, CodeSource};
use tg_net::alerts::{BotAlerter, Several, WebhookAlerter};
use tg_net::http::{HttpClient, HttpError, HttpLimits};
use tg_net::policy::{Limits, Service};
use tg_net::sms::{AndroidGateway, SmsSource, TextInbox, TwilioInbox};
use tg_security::vault::{HomeSecret, SecretName};

impl Opened {
    /// The guarded HTTP client.
    ///
    /// # Errors
    /// If this machine has no root certificates.
    fn http(&self, config: &Config) -> Result<Arc<HttpClient>, CliError> {
        let reach = config.outside.allow_private.value.reach.clone();
        let clock = Arc::clone(&self.app.clock);
        Ok(Arc::new(HttpClient::new(reach, HttpLimits::default(), clock)?))
    }

    /// The policies around calls to one service.
    fn service(&self, name: &str) -> Service {
        let clock: Arc<dyn Clock> = Arc::clone(&self.app.clock);
        let breakers = self.breakers(BreakerPolicy::SERVICE);
        Service::new(name, &clock, Arc::clone(&self.app.entropy), breakers, Limits::GENTLE)
    }

    async fn home_secret(&self, kind: HomeSecret) -> Result<Option<SecretString>, CliError> {
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

impl Opened {
    /// Login codes out of text messages at Twilio.
    ///
    /// # Errors
    /// If the account is not set up.
    pub(crate) async fn twilio(&self, context: &Context) -> Result<Arc<dyn CodeSource>, CliError> {
        let sid = self.needed(HomeSecret::TwilioAccountSid).await?;
        let token = self.needed(HomeSecret::TwilioAuthToken).await?;
        let api = &context.config.outside.twilio_api.value.0;
        let http = self.http(&context.config)?;
        let inbox = TwilioInbox::new(http, self.service("Twilio"), api, sid, token)?;
        Ok(self.texts(Arc::new(inbox)))
    }

    /// Login codes out of text messages to a phone of the operator's.
    ///
    /// # Errors
    /// If it is not set up.
    pub(crate) async fn android(&self, context: &Context) -> Result<Arc<dyn CodeSource>, CliError> {
        let settings = &context.config.outside;
        let password = self.needed(HomeSecret::AndroidPassword).await?;
        let url = settings.android_url.value.clone().ok_or_else(|| not_set("sms.android_url"))?;
        let (user, numbers) =
            (settings.android_user.value.0.clone(), settings.android_numbers.value.0.clone());
        let (http, service) = (self.http(&context.config)?, self.service("the SMS gateway"));
        let inbox = AndroidGateway::new(http, service, url.0, user, password, numbers);
        Ok(self.texts(Arc::new(inbox)))
    }

    fn texts(&self, inbox: Arc<dyn TextInbox>) -> Arc<dyn CodeSource> {
        let clock: Arc<dyn Clock> = Arc::clone(&self.app.clock);
        Arc::new(SmsSource::new(inbox, clock))
    }

    /// A secret that something which was asked for needs.
    async fn needed(&self, kind: HomeSecret) -> Result<SecretString, CliError> {
        self.home_secret(kind).await?.ok_or_else(|| not_set(kind.as_str()))
    }
}

fn not_set(what: &str) -> CliError {
    let message = format!("login.codes asks for text messages, and {what} is not set");
    CliError::new(Exit::Failed, "no_sms", message)
        .hint("set it (`tg secret set` for secrets), or take that source out of login.codes")
}

impl From<HttpError> for CliError {
    fn from(error: HttpError) -> Self {
        Self::new(Exit::Failed, "http", error.to_string())
    }
}
