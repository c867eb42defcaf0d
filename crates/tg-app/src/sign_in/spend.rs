//! What the text message with a code costs: counted against the day's budget before Telegram is
//! asked for it, corrected when it is known how it came.

use super::ByPhone;
use crate::app::App;
use crate::error::AppError;
use std::time::Duration;
use tg_core::login::CodeChannel;
use tg_core::money::Money;
use tg_core::pace::{Charge, CostUnit, Meter, Overspent, Period};
use tg_core::peer::PhoneNumber;
use tg_core::ports::{Charged, CodeSource, NewAlert, Unit};
use tg_core::time::Timestamp;

/// What the money is for, as it is stored and shown.
pub const SMS: &str = "sms";

/// What may be spent on text messages.
#[derive(Clone, Copy, Debug)]
pub struct SmsBudget {
    /// In a day (UTC); `None`: what is spent is only counted.
    pub per_day: Option<Money>,
    /// An alert that is raised again within this time is counted, not told again.
    pub quiet: Duration,
}

impl SmsBudget {
    /// Where text messages in the budget's currency are counted.
    #[must_use]
    pub const fn meter(money: Money) -> Meter {
        Meter {
            what: SMS,
            campaign: None,
            unit: CostUnit::Money(money.currency),
            period: Period::Day,
        }
    }
}

/// How the message with one code is paid for.
pub(super) enum Paid {
    /// No source takes money for it.
    Free,
    /// It is counted.
    Counted { charge: Charge, at: Timestamp },
    /// The budget does not hold it: sources that cost something are not asked.
    Spent(Overspent),
}

impl Paid {
    /// Counts the dearest message that the sources may receive: who does is known afterwards.
    ///
    /// # Errors
    /// A refusal if the budget does not hold it and no source is left; the store's failure.
    pub(super) async fn ahead(
        app: &App,
        asked: &ByPhone<'_>,
        phone: &PhoneNumber,
    ) -> Result<Self, AppError> {
        let prices = asked.sources.iter().filter_map(|source| source.price(phone));
        let Some(price) = prices.max_by_key(|price| price.micros) else { return Ok(Self::Free) };
        let limit = asked.budget.per_day.map(|money| money.micros);
        let charge = Charge { meter: SmsBudget::meter(price), amount: price.micros, limit };
        let (at, quiet) = (app.clock.now(), asked.budget.quiet);
        let paid = app.store.write(move |unit| pay(unit, charge, at, quiet)).await?;
        match &paid {
            Self::Spent(over) if asked.sources.iter().all(|source| costs(&**source, phone)) => {
                Err(AppError::refused("budget_spent", over.to_string()).advise(hint(over)))
            }
            _ => Ok(paid),
        }
    }

    /// Why a source is not asked, if the budget does not hold it.
    pub(super) fn refuses(
        &self,
        source: &dyn CodeSource,
        phone: &PhoneNumber,
        channel: CodeChannel,
    ) -> Option<String> {
        match self {
            Self::Spent(over) if channel == CodeChannel::Sms && costs(source, phone) => {
                Some(over.to_string())
            }
            _ => None,
        }
    }

    /// The message cost this much, it turns out; nothing, if none was sent.
    pub(super) async fn turned_out(self, app: &App, cost: i64) {
        let Self::Counted { charge, at } = self else { return };
        let difference = cost - charge.amount;
        if difference == 0 {
            return;
        }
        let corrected: Result<(), AppError> = app
            .store
            .write(move |unit| Ok(unit.correct_charge(&charge.meter, difference, at)?))
            .await;
        if let Err(error) = corrected {
            // Too much is counted then, never too little.
            tracing::warn!(%error, "what a text message cost could not be corrected");
        }
    }
}

fn pay(
    unit: &mut dyn Unit,
    charge: Charge,
    at: Timestamp,
    quiet: Duration,
) -> Result<Paid, AppError> {
    match unit.charge(std::slice::from_ref(&charge), at)? {
        Charged::Counted => Ok(Paid::Counted { charge, at }),
        Charged::Spent(over) => {
            let alert = NewAlert {
                key: "budget/sms".to_owned(),
                title: "The budget for text messages is spent".to_owned(),
                text: format!("{over}. No code is waited for there; {}.", hint(&over)),
            };
            unit.raise_alert(&alert, quiet, at)?;
            Ok(Paid::Spent(over))
        }
    }
}

fn costs(source: &dyn CodeSource, phone: &PhoneNumber) -> bool {
    source.price(phone).is_some_and(|price| price.micros > 0)
}

fn hint(over: &Overspent) -> String {
    let until = over
        .renews
        .map_or_else(String::new, |at| format!("wait until {}, or ", crate::json::rfc3339(at)));
    format!("{until}raise sms.budget_per_day")
}
