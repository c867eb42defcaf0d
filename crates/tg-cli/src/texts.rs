//! Builds the sources of login codes that are text messages, with what they cost.

use crate::config::{Amount, Config};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::Opened;
use secrecy::SecretString;
use std::sync::Arc;
use tg_app::Budget;
use tg_app::sign_in::SmsBudget;
use tg_core::money::Money;
use tg_core::ports::{Clock, CodeSource};
use tg_net::sms::{
    AndroidGateway, SmsSource, TextInbox, TwilioInbox, WebhookInbox, WebhookListener,
};
use tg_security::vault::HomeSecret;

impl Opened {
    /// Login codes out of text messages at Twilio.
    ///
    /// # Errors
    /// If the account is not set up.
    pub(crate) async fn twilio(&self, context: &Context) -> Result<Arc<dyn CodeSource>, CliError> {
        let settings = &context.config.outside;
        let price = price(&context.config, "sms.twilio_cost", settings.twilio_cost.value)?;
        let sid = self.needed(HomeSecret::TwilioAccountSid).await?;
        let token = self.needed(HomeSecret::TwilioAuthToken).await?;
        let api = &settings.twilio_api.value.0;
        let http = self.http(&context.config)?;
        let inbox = TwilioInbox::new(http, self.service("Twilio"), api, sid, token)?;
        Ok(self.texts(Arc::new(inbox), price))
    }

    /// Login codes out of text messages to a phone of the operator's.
    ///
    /// # Errors
    /// If it is not set up.
    pub(crate) async fn android(&self, context: &Context) -> Result<Arc<dyn CodeSource>, CliError> {
        let settings = &context.config.outside;
        let price = price(&context.config, "sms.android_cost", settings.android_cost.value)?;
        let password = self.needed(HomeSecret::AndroidPassword).await?;
        let url = settings.android_url.value.clone().ok_or_else(|| not_set("sms.android_url"))?;
        let (user, numbers) =
            (settings.android_user.value.0.clone(), settings.android_numbers.value.0.clone());
        let (http, service) = (self.http(&context.config)?, self.service("the SMS gateway"));
        let inbox = AndroidGateway::new(http, service, url.0, user, password, numbers);
        Ok(self.texts(Arc::new(inbox), price))
    }

    /// Login codes out of text messages that such a phone posts: from now on it is listened.
    ///
    /// # Errors
    /// If it is not set up, or cannot be listened.
    pub(crate) async fn webhook(
        &self,
        context: &Context,
    ) -> Result<(Arc<dyn CodeSource>, WebhookListener), CliError> {
        let settings = &context.config.outside;
        let price = price(&context.config, "sms.android_cost", settings.android_cost.value)?;
        let key = self.needed(HomeSecret::AndroidWebhookKey).await?;
        let at = settings.android_listen.value.ok_or_else(|| not_set("sms.android_listen"))?;
        let numbers = settings.android_numbers.value.0.clone();
        if numbers.is_empty() {
            return Err(not_set("sms.android_numbers"));
        }
        let clock: Arc<dyn Clock> = Arc::clone(&self.app.clock);
        let inbox = Arc::new(WebhookInbox::new(clock, key, numbers));
        let listener = inbox.listen(at.0).await.map_err(|error| {
            let message = format!("cannot listen at {at} for text messages");
            CliError::new(Exit::Failed, "no_sms", message)
                .because(&error)
                .hint("another sign-in may be listening; sms.android_listen names the address")
        })?;
        Ok((self.texts(inbox, price), listener))
    }

    fn texts(&self, inbox: Arc<dyn TextInbox>, price: Option<Money>) -> Arc<dyn CodeSource> {
        let clock: Arc<dyn Clock> = Arc::clone(&self.app.clock);
        Arc::new(SmsSource::new(inbox, clock, price))
    }

    /// A secret that something which was asked for needs.
    async fn needed(&self, kind: HomeSecret) -> Result<SecretString, CliError> {
        self.home_secret(kind).await?.ok_or_else(|| not_set(kind.as_str()))
    }
}

/// What text messages may cost, as the settings say.
pub(crate) fn budget(config: &Config) -> SmsBudget {
    let per_day = config.outside.sms_budget.value.map(|amount| amount.0);
    SmsBudget { per_day, quiet: config.outside.quiet.value.0 }
}

/// The budgets of the settings, for `doctor`.
pub(crate) fn budgets(config: &Config) -> Vec<Budget> {
    let sms = config.outside.sms_budget.value.map(|amount| amount.0);
    let sms = sms.map(|money| Budget { meter: SmsBudget::meter(money), limit: money.micros });
    sms.into_iter().collect()
}

/// What a message costs at a gateway: with a budget that has to be known, and in its currency.
fn price(config: &Config, key: &str, cost: Option<Amount>) -> Result<Option<Money>, CliError> {
    let refused = |message: String| {
        CliError::new(Exit::Failed, "no_sms", message)
            .hint("the settings under [sms] in config.toml, or sms.budget_per_day commented out")
    };
    match (config.outside.sms_budget.value, cost) {
        (None, cost) => Ok(cost.map(|amount| amount.0)),
        (Some(budget), None) => Err(refused(format!(
            "text messages have a budget ({budget} a day), but {key} does not say what one costs"
        ))),
        (Some(budget), Some(cost)) if budget.0.currency != cost.0.currency => Err(refused(
            format!("{key} is {cost}, but the budget is {budget}: one currency, please"),
        )),
        (Some(_), Some(cost)) => Ok(Some(cost.0)),
    }
}

fn not_set(what: &str) -> CliError {
    let message = format!("login.codes asks for text messages, and {what} is not set");
    CliError::new(Exit::Failed, "no_sms", message)
        .hint("set it (`tg secret set` for secrets), or take that source out of login.codes")
}
