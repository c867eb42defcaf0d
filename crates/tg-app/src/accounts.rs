//! Accounts: import with their sessions, list, stop, let go on.

use crate::act::{Act, Told};
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use std::collections::BTreeMap;
use std::sync::Arc;
use tg_core::account::{Account, AccountEvent};
use tg_core::ports::{NewAccount, Unit};
use tg_core::proxy::ProxyFault;
use tg_core::time::Timestamp;
use tg_security::{ImportedAccount, SealedSessions, Sealer};

/// Imports accounts from the text of an `accounts.json`: all of them, with their sealed sessions
/// and the audit row, in one transaction, or none.
///
/// # Errors
/// If the text is no list of accounts; a refusal if a name or a Telegram user is there already,
/// paired otherwise.
pub async fn import(
    app: &App,
    actor: &Actor,
    accounts_json: &[u8],
) -> Result<json::AccountImport, AppError> {
    let act = Act::begin(app, actor, Permission::AccountImport, "accounts", None).await?;
    let accounts = tg_security::parse_accounts(accounts_json).map_err(|error| {
        AppError::failed("accounts_file", format!("no account was imported: {error}")).advise(
            "correct the file and import it again: accounts that are here already stay as they are",
        )
    })?;
    let sealer = Arc::clone(&app.sealer);
    act.write(move |unit, at| {
        let mut home = Home::read(unit)?;
        let mut done = json::AccountImport::new(accounts.len());
        for account in accounts {
            done.names.push(account.name.to_string());
            if home.has(&account)? {
                done.unchanged += 1;
            } else {
                add(unit, &sealer, &account, at)?;
                home.took(&account);
                done.imported += 1;
            }
        }
        let detail = format!("{} imported, {} unchanged", done.imported, done.unchanged);
        Ok((done, detail))
    })
    .await
}

/// Which names and Telegram users the home has, each by the other.
struct Home {
    by_name: BTreeMap<String, i64>,
    by_user: BTreeMap<i64, String>,
}

impl Home {
    fn read(unit: &dyn Unit) -> Result<Self, AppError> {
        let accounts = unit.accounts()?;
        let pairs = || accounts.iter().map(|a| (a.name.to_string(), a.user_id.0));
        Ok(Self {
            by_name: pairs().collect(),
            by_user: pairs().map(|(name, user)| (user, name)).collect(),
        })
    }

    /// Whether this very account is there already.
    fn has(&self, account: &ImportedAccount) -> Result<bool, AppError> {
        let (name, user) = (account.name.as_str(), account.session.user_id.0);
        match (self.by_name.get(name), self.by_user.get(&user)) {
            (None, None) => Ok(false),
            (Some(known), _) if *known == user => Ok(true),
            (Some(other), _) => Err(AppError::refused(
                "account_conflict",
                format!(
                    "the account \"{name}\" of this home is Telegram user {other}, the file says user {user}"
                ),
            )
            .advise("rename the account in the file; nothing was imported")),
            (None, Some(other)) => Err(AppError::refused(
                "account_conflict",
                format!(
                    "Telegram user {user} is in this home as \"{other}\", the file calls it \"{name}\""
                ),
            )
            .advise("use the name that it has here; nothing was imported")),
        }
    }

    fn took(&mut self, account: &ImportedAccount) {
        let (name, user) = (account.name.to_string(), account.session.user_id.0);
        self.by_name.insert(name.clone(), user);
        self.by_user.insert(user, name);
    }
}

fn add(
    unit: &mut dyn Unit,
    sealer: &Sealer,
    account: &ImportedAccount,
    at: Timestamp,
) -> Result<(), AppError> {
    let session = &account.session;
    let new = NewAccount {
        name: account.name.clone(),
        user_id: session.user_id,
        is_bot: session.is_bot,
        phone: account.phone.clone(),
        loopback: account.loopback,
    };
    let id = unit.add_account(&new, at)?;
    let sealed = SealedSessions::seal(sealer, id, session)?;
    unit.put_session(id, &sealed)?;
    Ok(())
}

/// All accounts, by name.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<json::Accounts, AppError> {
    let act = Act::begin(app, actor, Permission::AccountList, "accounts", None).await?;
    act.read(|unit| {
        let accounts = unit.accounts()?.iter().map(json::Account::from).collect();
        Ok(json::Accounts { schema: "tg.accounts/1", accounts })
    })
    .await
}

/// One account and what holds it back.
///
/// # Errors
/// If there is none of that name.
pub async fn show(app: &App, actor: &Actor, name: &str) -> Result<json::AccountDetail, AppError> {
    let act = Act::begin(app, actor, Permission::AccountShow, "account", Some(name)).await?;
    let name = named::slug(name)?;
    let now = app.clock.now();
    act.read(move |unit| {
        let account = named::account(unit, &name)?;
        detail(unit, &account, now)
    })
    .await
}

/// The most campaigns in an account's report.
const CAMPAIGNS: usize = 1_000;

/// What an account did, by campaign, the newest first.
///
/// # Errors
/// If there is none of that name.
pub async fn report(
    app: &App,
    actor: &Actor,
    name: &str,
) -> Result<json::AccountHistory, AppError> {
    let act = Act::begin(app, actor, Permission::AccountReport, "account", Some(name)).await?;
    let name = named::slug(name)?;
    act.read(move |unit| {
        let account = named::account(unit, &name)?;
        let campaigns = unit.campaign_tallies(account.id, CAMPAIGNS)?;
        Ok(json::AccountHistory::new(&account.name, &campaigns))
    })
    .await
}

/// Stops an account: a running engine lets it finish what is in flight and claims nothing more.
///
/// # Errors
/// If there is none of that name; a refusal if Telegram stopped it already.
pub async fn pause(app: &App, actor: &Actor, name: &str) -> Result<json::AccountDetail, AppError> {
    change(app, actor, name, Permission::AccountPause, AccountEvent::Pause).await
}

/// Lets an account go on, after a person has looked at what stopped it.
///
/// # Errors
/// If there is none of that name; a refusal if only a new sign-in could help, or nothing.
pub async fn resume(app: &App, actor: &Actor, name: &str) -> Result<json::AccountDetail, AppError> {
    change(app, actor, name, Permission::AccountResume, AccountEvent::Resume).await
}

async fn change(
    app: &App,
    actor: &Actor,
    name: &str,
    permission: Permission,
    event: AccountEvent,
) -> Result<json::AccountDetail, AppError> {
    let act = Act::begin(app, actor, permission, "account", Some(name)).await?;
    let name = named::slug(name)?;
    act.write(move |unit, at| {
        let mut account = named::account(unit, &name)?;
        let was = account.state.name();
        account.state = account.state.next(&event).map_err(|refusal| {
            AppError::refused("wrong_state", format!("account \"{name}\": {refusal}"))
                .advise(format!("`tg account show {name}` says what happened to it"))
        })?;
        unit.set_account_state(account.id, &account.state, at)?;
        let detail = detail(unit, &account, at)?;
        Ok((detail, Told::change(was, account.state.name())))
    })
    .await
}

pub(crate) fn detail(
    unit: &dyn Unit,
    account: &Account,
    now: Timestamp,
) -> Result<json::AccountDetail, AppError> {
    Ok(json::AccountDetail {
        schema: "tg.account/1",
        account: account.into(),
        waits: unit.waits(account.id, now)?.iter().map(json::AccountWait::from).collect(),
        proxy_fault: account.exit.proxy.as_ref().and_then(|p| p.health.fault).map(ProxyFault::says),
        exit_from: account.exit.not_before.filter(|from| *from > now).map(json::rfc3339),
        next_due: unit.next_due(account.id)?.map(|due| json::rfc3339(due.max(now))),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Kind;
    use crate::testing::{Home, account, accounts_json, local};
    use tg_core::account::AccountState;
    use tg_core::failure::AccountFault;
    use tg_core::ids::Slug;

    #[tokio::test]
    async fn accounts_come_with_sessions_that_open() {
        let home = Home::new();
        let first = home.accounts(2).await;
        assert_eq!((first.imported, first.unchanged), (2, 0));
        let again = home.accounts(3).await;
        assert_eq!((again.imported, again.unchanged), (1, 2));
        assert_eq!(again.names, ["acc-1", "acc-2", "acc-3"]);
        let (id, sealed) = home
            .read(|unit| {
                let id = unit.account_named(&Slug::parse("acc-3").unwrap())?.unwrap().id;
                Ok((id, unit.session(id)?.unwrap()))
            })
            .await;
        assert!(!sealed.bytes.windows(4).any(|w| w == [0xab; 4]), "the key is sealed");
        let session = SealedSessions::open(&home.app.sealer, id, &sealed).unwrap();
        assert_eq!((session.user_id.0, session.dcs[0].key), (1_003, Some([0xab; 256])));
        let list = list(&home.app, &local()).await.unwrap();
        insta::assert_json_snapshot!(list.accounts[0]);
    }

    #[tokio::test]
    async fn nothing_is_half_imported() {
        let home = Home::new();
        home.accounts(1).await;
        let renamed = accounts_json(&[account("new", 7), account("other", 1_001)]);
        let error = import(&home.app, &local(), &renamed).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Refused, "account_conflict"));
        assert!(error.to_string().contains("\"acc-1\"") && error.to_string().contains("\"other\""));
        let replaced = accounts_json(&[account("new", 7), account("acc-1", 8)]);
        let error = import(&home.app, &local(), &replaced).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.to_string().contains("1001") && error.to_string().contains("user 8"));
        let bad = import(&home.app, &local(), b"[{}]").await.unwrap_err();
        assert_eq!((bad.kind(), bad.code()), (Kind::Failed, "accounts_file"));
        assert_eq!(list(&home.app, &local()).await.unwrap().accounts.len(), 1);
    }

    #[tokio::test]
    async fn a_person_stops_and_resumes_what_is_theirs_to_decide() {
        let home = Home::new();
        home.accounts(1).await;
        let (app, me) = (&home.app, &local());
        assert_eq!(pause(app, me, "acc-1").await.unwrap().account.state, "paused");
        assert_eq!(resume(app, me, "acc-1").await.unwrap().account.state, "active");
        let at = app.clock.now();
        home.write(move |unit| {
            let account = unit.account_named(&Slug::parse("acc-1").unwrap())?.unwrap();
            let revoked = account.state.next(&AccountEvent::Fault(AccountFault::Revoked)).unwrap();
            assert_eq!(revoked, AccountState::Revoked);
            unit.set_account_state(account.id, &revoked, at)
        })
        .await;
        let error = resume(app, me, "acc-1").await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Refused, "wrong_state"));
        assert!(error.to_string().contains("revoked"));
        assert_eq!(show(app, me, "acc-1").await.unwrap().account.state, "revoked");
        assert_eq!(show(app, me, "acc-9").await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(show(app, me, "Acc 9").await.unwrap_err().kind(), Kind::Usage);
    }
}
