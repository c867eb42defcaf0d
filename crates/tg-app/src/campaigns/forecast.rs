//! When a campaign would end if it were started now: what each account has to do, and the pace at
//! which the engine lets it.

use crate::error::AppError;
use crate::json;
use tg_core::account::Account;
use tg_core::campaign::{Campaign, CampaignState, Pace};
use tg_core::failure::WaitScope;
use tg_core::pace::{Forecast, Limits, Load};
use tg_core::ports::{AccountLoad, Unit};
use tg_core::time::Timestamp;

/// Each account's part, by name, and the whole.
pub(super) struct Outlook {
    pub(super) accounts: Vec<json::PlannedAccount>,
    /// When the last account is done; `Err`: why nobody can say.
    pub(super) end: Result<Timestamp, &'static str>,
}

/// Each account of the campaign with its deliveries and its end. Rows of accounts that cannot send
/// go over to those that can, as the engine hands them on, and have to be asked about there.
pub(super) fn outlook(
    unit: &dyn Unit,
    campaign: &Campaign,
    loads: &[AccountLoad],
    now: Timestamp,
) -> Result<Outlook, AppError> {
    let accounts: Vec<Account> = unit
        .accounts()?
        .into_iter()
        .filter(|account| campaign.accounts.contains(&account.id))
        .collect();
    let obstacle = obstacle(campaign, &accounts);
    let shares = Shares::of(&accounts, loads);
    let (mut planned, mut last) = (Vec::with_capacity(accounts.len()), now);
    for (at, account) in accounts.iter().enumerate() {
        let own = load_of(account, loads);
        let forecast = match (obstacle, shares.work(account, own, at)) {
            (None, Some(load)) => {
                let forecast =
                    Forecast::of(limits(account), &waits(unit, account, now)?, load, now);
                last = last.max(forecast.ends_at);
                Some(forecast)
            }
            _ => None,
        };
        planned.push(json::PlannedAccount {
            name: account.name.to_string(),
            state: account.state.name(),
            deliveries: own.deliveries,
            to_resolve: own.to_resolve,
            ends_at: forecast.map(|forecast| json::rfc3339(forecast.ends_at)),
            limited_by: forecast.map(|forecast| forecast.limited_by.as_str()),
        });
    }
    Ok(Outlook { accounts: planned, end: obstacle.map_or(Ok(last), Err) })
}

/// Why an end cannot be predicted.
fn obstacle(campaign: &Campaign, accounts: &[Account]) -> Option<&'static str> {
    if !matches!(campaign.state, CampaignState::Draft | CampaignState::Scheduled) {
        Some("the campaign was started already")
    } else if campaign.pace == Pace::Unlimited {
        Some("an unlimited pace ends as fast as the other side answers")
    } else if !accounts.iter().any(|account| account.state.may_send()) {
        Some("none of its accounts can send")
    } else {
        None
    }
}

fn load_of(account: &Account, loads: &[AccountLoad]) -> Load {
    loads.iter().find(|load| load.account == account.id).map_or_else(Load::default, |load| Load {
        deliveries: load.deliveries,
        to_resolve: load.to_resolve,
    })
}

fn limits(account: &Account) -> Limits {
    if account.is_bot { Limits::BOT } else { Limits::USER }
}

fn waits(
    unit: &dyn Unit,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<(WaitScope, Timestamp)>, AppError> {
    let waits = unit.waits(account.id, now)?;
    Ok(waits.into_iter().map(|wait| (wait.scope, wait.until)).collect())
}

/// What accounts that cannot send leave to the others.
struct Shares {
    /// Places of those that can, in the order of names.
    able: Vec<usize>,
    left: u64,
}

impl Shares {
    fn of(accounts: &[Account], loads: &[AccountLoad]) -> Self {
        let able = |account: &Account| account.state.may_send();
        Self {
            able: (0..).zip(accounts).filter(|(_, a)| able(a)).map(|(at, _)| at).collect(),
            left: accounts
                .iter()
                .filter(|account| !able(account))
                .map(|account| load_of(account, loads).deliveries)
                .sum(),
        }
    }

    /// All that the account at `at` does; `None` if it cannot send. Bots do not ask.
    fn work(&self, account: &Account, own: Load, at: usize) -> Option<Load> {
        let turn = u64::try_from(self.able.iter().position(|place| *place == at)?).ok()?;
        let hands = u64::try_from(self.able.len()).ok()?.max(1);
        let more = self.left / hands + u64::from(turn < self.left % hands);
        Some(Load {
            deliveries: own.deliveries + more,
            to_resolve: own.to_resolve + if account.is_bot { 0 } else { more },
        })
    }
}
