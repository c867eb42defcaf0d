//! Builds what writes personal texts.

use crate::config::Config;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::Opened;
use std::sync::Arc;
use std::time::Duration;
use tg_core::money::Money;
use tg_core::personal::{Limits as Budget, Prices};
use tg_core::ports::TextWriter;
use tg_engine::TextOptions;
use tg_net::gemini::GeminiWriter;
use tg_net::http::HttpLimits;
use tg_net::policy::Limits;
use tg_security::vault::HomeSecret;

/// Tokens that a model may think before it answers.
const THOUGHTS: u32 = 1_024;

impl Opened {
    /// Gemini, if its key is set.
    ///
    /// # Errors
    /// If the key cannot be read, the settings contradict each other, or the client cannot be made.
    pub(crate) async fn writer(
        &self,
        context: &Context,
    ) -> Result<Option<Arc<dyn TextWriter>>, CliError> {
        prices(&context.config)?;
        let Some(key) = self.home_secret(HomeSecret::GeminiApiKey).await? else {
            return Ok(None);
        };
        let settings = &context.config.gemini;
        let at_once = usize::try_from(settings.at_once.value.0).unwrap_or(1);
        let per_minute = u32::try_from(settings.per_minute.value.0).unwrap_or(1);
        let interval = Duration::from_secs(60) / per_minute;
        let timeout = settings.timeout.value.0;
        let limits = Limits {
            at_once,
            interval,
            burst: u32::try_from(at_once).unwrap_or(1),
            ..Limits::GENTLE
        };
        let http = self.http_within(
            &context.config,
            HttpLimits { total: timeout, max_redirects: 0, ..HttpLimits::default() },
        )?;
        // Whoever waits for a turn has not been asked yet.
        let turns = interval * u32::try_from(at_once + 1).unwrap_or(1);
        let (base, model) = (&settings.base_url.value.0, &settings.model.value.0);
        let service = self.service_within("Gemini", limits);
        let writer = GeminiWriter::new(http, service, base, model, key, timeout + turns)?;
        Ok(Some(Arc::new(writer)))
    }
}

/// Refuses what could not be written: there is no key, or a budget in money that nobody can count.
///
/// # Errors
/// Says which.
pub(crate) async fn require(
    context: &Context,
    opened: &Opened,
    budget: Option<Money>,
) -> Result<(), CliError> {
    if opened.home_secret(HomeSecret::GeminiApiKey).await?.is_none() {
        let message = "personal texts need a key for Gemini, and none is set";
        return Err(CliError::new(Exit::Refused, "no_gemini_key", message).hint(
            "get one at https://aistudio.google.com/apikey; `tg secret set gemini.api_key` keeps it",
        ));
    }
    let prices = prices(&context.config)?;
    match (budget, prices) {
        (None, _) => Ok(()),
        (Some(budget), Some(prices)) if budget.currency == prices.currency => Ok(()),
        (Some(_), _) => {
            let message = "a budget in money needs prices of tokens in the same currency";
            Err(CliError::new(Exit::Refused, "no_prices", message)
                .hint("set gemini.input_price and gemini.output_price in config.toml"))
        }
    }
}

/// How texts are written, as the settings say.
///
/// # Errors
/// If the settings contradict each other.
pub(crate) fn options(config: &Config) -> Result<TextOptions, CliError> {
    let settings = &config.gemini;
    let length = usize::try_from(settings.max_characters.value.0).unwrap_or(1);
    Ok(TextOptions {
        at_once: usize::try_from(settings.at_once.value.0).unwrap_or(1),
        patience: settings.patience.value.0,
        longest_answer: THOUGHTS + u32::try_from(length).unwrap_or(0),
        length,
        forbidden: settings.forbidden_words.value.0.clone(),
        prices: prices(config)?,
        daily: Budget {
            tokens: settings.daily_tokens.value.map(|tokens| i64::from(tokens.0)),
            money: settings.daily_money.value.map(|amount| amount.0),
        },
    })
}

/// What tokens cost, if somebody said so.
///
/// # Errors
/// If only one of the prices is set, or amounts are in several currencies.
fn prices(config: &Config) -> Result<Option<Prices>, CliError> {
    let settings = &config.gemini;
    let money = settings.daily_money.value.map(|amount| amount.0);
    let wrong = |message: &str| {
        Err(CliError::new(Exit::Failed, "bad_config", message)
            .hint("set gemini.input_price and gemini.output_price, in one currency"))
    };
    let (input, output) = match (settings.input_price.value, settings.output_price.value) {
        (Some(input), Some(output)) => (input.0, output.0),
        (None, None) if money.is_none() => return Ok(None),
        (None, None) => return wrong("gemini.daily_money is set, and no price of tokens is"),
        _ => return wrong("one of gemini.input_price and gemini.output_price is not set"),
    };
    let currency = input.currency;
    let other = |amount: &Money| amount.currency != currency;
    if other(&output) || money.as_ref().is_some_and(other) {
        return wrong("the amounts of [gemini] are in several currencies");
    }
    Ok(Some(Prices { input: input.micros, output: output.micros, currency }))
}
