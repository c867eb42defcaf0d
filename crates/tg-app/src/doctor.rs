//! What keeps accounts from sending and campaigns from ending, found in the database.

use crate::act::Act;
use crate::actor::Actor;
use crate::alerts;
use crate::app::App;
use crate::budgets::{self, Budget};
use crate::error::AppError;
use crate::json::{self, Finding, Severity};
use crate::permissions::Permission;
use tg_core::account::{Account, AccountState};
use tg_core::campaign::{Campaign, CampaignState};
use tg_core::failure::WaitScope;
use tg_core::ports::{Unit, Wait};
use tg_core::time::Timestamp;

/// Looks at accounts, campaigns, what Telegram has imposed and what was spent of the `budgets`.
/// `engine`: whether one runs.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn doctor(
    app: &App,
    actor: &Actor,
    engine: bool,
    budgets: Vec<Budget>,
) -> Result<Vec<Finding>, AppError> {
    let act = Act::begin(app, actor, Permission::HomeDoctor, "home", None).await?;
    let now = app.clock.now();
    act.read(move |unit| {
        let accounts = unit.accounts()?;
        let mut findings: Vec<Finding> = accounts.iter().filter_map(stopped).collect();
        findings.extend(accounts.iter().filter_map(cut_off));
        for campaign in unit.campaigns(&[])? {
            findings.extend(stuck(&campaign, &accounts, engine));
            findings.extend(undecided(unit, &campaign, now)?);
            findings.extend(unread(unit, &campaign)?);
        }
        if engine {
            findings.extend(unit.health()?.iter().filter_map(alerts::left_alone));
        }
        findings.extend(alerts::untold(unit, now)?);
        findings.extend(budgets::findings(unit, &budgets, now)?);
        for account in &accounts {
            findings.extend(unit.waits(account.id, now)?.iter().map(|wait| waits(account, wait)));
        }
        Ok(findings)
    })
    .await
}

/// An account that cannot send, and why.
fn stopped(account: &Account) -> Option<Finding> {
    let name = &account.name;
    let found =
        |message, hint: String| Some(Finding::new(Severity::Warning, "accounts", message, hint));
    let resume = format!("`tg account resume {name}` lets it go on");
    match &account.state {
        AccountState::Active | AccountState::Removed => None,
        AccountState::Paused => found(format!("{name} is paused: a person stopped it"), resume),
        AccountState::Quarantined => found(
            format!("{name} is quarantined: Telegram says it wrote to too many strangers"),
            format!("let it rest for days, look into its chats, then {resume}"),
        ),
        AccountState::Frozen { until, appeal } => {
            let until =
                until.map_or_else(String::new, |at| format!(" until {}", json::rfc3339(at)));
            let appeal = appeal.clone().unwrap_or_else(|| "@SpamBot in Telegram".to_owned());
            found(format!("{name} is frozen by Telegram{until}"), format!("appeal: {appeal}"))
        }
        AccountState::Revoked => found(
            format!("{name} is signed out: its session is gone"),
            format!("sign it in again: `tg account login {name}`"),
        ),
        AccountState::Banned => found(
            format!("{name} is banned by Telegram for good"),
            "leave it out of new campaigns; what it may have sent is for you to resolve".to_owned(),
        ),
    }
}

/// An account whose proxy fails: it is offline, because it never goes without it.
fn cut_off(account: &Account) -> Option<Finding> {
    let proxy = account.exit.proxy.as_ref()?;
    let (fault, since) = (proxy.health.fault?, proxy.health.failing_since?);
    Some(Finding::new(
        Severity::Warning,
        "proxies",
        format!(
            "{} is offline: its proxy {} fails since {}: {}",
            account.name,
            proxy.name,
            json::rfc3339(since),
            fault.says()
        ),
        format!(
            "`tg proxy check {}` looks again, `tg proxy replace {}` gives it a spare",
            proxy.name, account.name
        ),
    ))
}

/// A campaign that gets no further by itself.
fn stuck(campaign: &Campaign, accounts: &[Account], engine: bool) -> Option<Finding> {
    let name = &campaign.name;
    let found = |severity, message, hint| Some(Finding::new(severity, "campaigns", message, hint));
    let run = "`tg run` sends, or `tg run --until-idle`".to_owned();
    match campaign.state {
        CampaignState::Running | CampaignState::Pausing => {
            let able = accounts
                .iter()
                .any(|account| campaign.accounts.contains(&account.id) && account.state.may_send());
            if !able {
                let message = format!(
                    "campaign {name} is {}, and none of its accounts can send",
                    campaign.state.as_str()
                );
                let hint = "let one of its accounts go on, or cancel the campaign".to_owned();
                return found(Severity::Error, message, hint);
            }
            if engine {
                return None;
            }
            let state = campaign.state.as_str();
            found(Severity::Warning, format!("campaign {name} is {state}, and no engine runs"), run)
        }
        CampaignState::Paused => found(
            Severity::Note,
            format!("campaign {name} is paused"),
            format!("`tg campaign resume {name}` lets it go on"),
        ),
        CampaignState::Draft
        | CampaignState::Scheduled
        | CampaignState::Finished
        | CampaignState::Canceled => None,
    }
}

/// Messages that wait for a person.
fn undecided(
    unit: &dyn Unit,
    campaign: &Campaign,
    now: Timestamp,
) -> Result<Option<Finding>, AppError> {
    if campaign.state == CampaignState::Draft {
        return Ok(None);
    }
    let (name, unknown) = (&campaign.name, unit.tally(campaign.id, now)?.unknown_total());
    Ok((unknown > 0).then(|| {
        Finding::new(
            Severity::Warning,
            "campaigns",
            format!("{unknown} message(s) of campaign {name} may have arrived: a person decides"),
            format!(
                "`tg campaign deliveries {name} --outcome unknown` shows them, `tg campaign \
                 resolve {name}` says what became of them"
            ),
        )
    }))
}

/// Personal texts that wait for a person.
fn unread(unit: &dyn Unit, campaign: &Campaign) -> Result<Option<Finding>, AppError> {
    let live = [CampaignState::Running, CampaignState::Pausing, CampaignState::Paused];
    if !live.contains(&campaign.state) || unit.personal(campaign.id)?.is_none() {
        return Ok(None);
    }
    let (name, waiting) = (&campaign.name, unit.draft_tally(campaign.id)?.waiting);
    Ok((waiting > 0).then(|| {
        Finding::new(
            Severity::Note,
            "texts",
            format!("{waiting} personal text(s) of campaign {name} wait for somebody to read them"),
            format!(
                "`tg campaign review {name} list` shows them, `tg campaign review {name} approve` \
                 lets them go"
            ),
        )
    }))
}

fn waits(account: &Account, wait: &Wait) -> Finding {
    let what = match wait.scope {
        WaitScope::Account => "do nothing".to_owned(),
        WaitScope::Chat => "write to one chat".to_owned(),
        WaitScope::Method(method) => format!("use \"{}\"", method.as_str()),
    };
    let what = if wait.scope == WaitScope::Account { what } else { format!("not {what}") };
    let until = json::rfc3339(wait.until);
    Finding::new(
        Severity::Note,
        "waits",
        format!("{} may {what} until {until}: Telegram said {}", account.name, wait.reason),
        "nothing to do: it is waited for",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::testing::{Home, local};
    use std::time::Duration;
    use tg_core::delivery::Event;
    use tg_core::ids::Slug;
    use tg_core::ports::Clock;

    async fn told(home: &Home, engine: bool) -> Vec<String> {
        let findings = doctor(&home.app, &local(), engine, Vec::new()).await.unwrap();
        assert!(findings.iter().all(|finding| !finding.hint.is_empty()));
        findings
            .iter()
            .map(|f| format!("{} {}: {}", f.severity.as_str(), f.check, f.message))
            .collect()
    }

    #[tokio::test]
    async fn a_home_in_order_has_no_findings() {
        let home = Home::new();
        assert_eq!(told(&home, false).await, [""; 0]);
        home.spring(3).await;
        assert_eq!(told(&home, false).await, [""; 0]);
        crate::campaigns::start(&home.app, &local(), "spring", &mut |_, _| {}).await.unwrap();
        assert_eq!(told(&home, true).await, [""; 0]);
    }

    #[tokio::test]
    async fn what_holds_things_back_is_named() {
        let home = Home::new();
        home.started_spring(3).await;
        home.send("acc-1", 1, Some(Event::Restored)).await;
        let at = home.clock.now();
        home.write(move |unit| {
            let account = unit.account_named(&Slug::parse("acc-1").unwrap())?.unwrap().id;
            unit.set_account_state(account, &AccountState::Quarantined, at)?;
            let until = at + Duration::from_secs(60);
            let reason = "FLOOD_WAIT".to_owned();
            unit.put_wait(
                &Wait { account, scope: WaitScope::Account, user: None, until, reason },
                at,
            )
        })
        .await;
        assert_eq!(
            told(&home, false).await,
            [
                "warning accounts: acc-1 is quarantined: Telegram says it wrote to too many strangers",
                "warning campaigns: campaign spring is running, and no engine runs",
                "warning campaigns: 1 message(s) of campaign spring may have arrived: a person decides",
                "note waits: acc-1 may do nothing until 2027-01-15T08:01:00Z: Telegram said FLOOD_WAIT",
            ]
        );
        home.write(move |unit| {
            let account = unit.account_named(&Slug::parse("acc-2").unwrap())?.unwrap().id;
            unit.set_account_state(account, &AccountState::Banned, at)
        })
        .await;
        let worse = told(&home, true).await;
        let stuck =
            "error campaigns: campaign spring is running, and none of its accounts can send";
        assert!(worse.iter().any(|line| line == stuck), "{worse:?}");
    }
}
