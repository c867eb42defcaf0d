//! Accounts as results.

use super::rfc3339;
use serde::Serialize;
use tg_core::account::{self, AccountState};
use tg_core::failure::WaitScope;
use tg_core::ports::Wait;

/// What an import of accounts did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountImport {
    /// `tg.account_import/1`
    pub schema: &'static str,
    /// New accounts.
    pub imported: u64,
    /// Accounts that were there already, name and user alike.
    pub unchanged: u64,
    /// All names of the file, in its order.
    pub names: Vec<String>,
    /// People that the new accounts can address.
    pub peers: u64,
}

impl AccountImport {
    /// Nothing yet, of `count` accounts.
    pub(crate) fn new(count: usize) -> Self {
        let names = Vec::with_capacity(count);
        Self { schema: "tg.account_import/1", imported: 0, unchanged: 0, names, peers: 0 }
    }
}

/// An account's session, taken out.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AccountExport {
    /// `tg.account_export/1`
    pub schema: &'static str,
    /// The account.
    pub account: String,
    /// `telethon-string`, `pyrogram-string` or `sealed`.
    pub format: &'static str,
    /// The file that it is in now.
    pub file: Option<String>,
    /// The session itself, if it was asked for on standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// All accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accounts {
    /// `tg.accounts/1`
    pub schema: &'static str,
    /// By name.
    pub accounts: Vec<Account>,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The operator's name for it.
    pub name: String,
    /// Who it is on Telegram.
    pub user_id: i64,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// Its number, masked.
    pub phone: Option<String>,
    /// Whether it belongs to a simulator.
    pub loopback: bool,
    /// Labels, sorted.
    pub tags: Vec<String>,
    /// What it can do now.
    pub state: &'static str,
    /// The proxy that it goes through, and never without it.
    pub proxy: Option<String>,
    /// How that was when it was looked at or used last: `unchecked`, `working` or `failed`. While it
    /// fails, the account is offline.
    pub proxy_state: Option<&'static str>,
    /// The date Telegram named, while it is frozen.
    pub frozen_until: Option<String>,
    /// Where to appeal, while it is frozen.
    pub appeal: Option<String>,
}

impl From<&account::Account> for Account {
    fn from(account: &account::Account) -> Self {
        let (frozen_until, appeal) = match &account.state {
            AccountState::Frozen { until, appeal } => (until.map(rfc3339), appeal.clone()),
            _ => (None, None),
        };
        Self {
            name: account.name.to_string(),
            user_id: account.user_id.0,
            is_bot: account.is_bot,
            phone: account.phone.as_ref().map(ToString::to_string),
            loopback: account.loopback,
            tags: account.tags.clone(),
            state: account.state.name(),
            proxy: account.exit.proxy.as_ref().map(|proxy| proxy.name.to_string()),
            proxy_state: account.exit.proxy.as_ref().map(|proxy| proxy.health.state()),
            frozen_until,
            appeal,
        }
    }
}

/// One account and what holds it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountDetail {
    /// `tg.account/1`
    pub schema: &'static str,
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// Waits that Telegram imposed and that have not ended.
    pub waits: Vec<AccountWait>,
    /// What is wrong with its proxy.
    pub proxy_fault: Option<&'static str>,
    /// When its way out may be used, if not now: it was elsewhere until recently.
    pub exit_from: Option<String>,
    /// When it has something to do next in a running campaign.
    pub next_due: Option<String>,
}

/// A wait that Telegram imposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountWait {
    /// What waits: `account`, `chat`, or a kind of call (`send`, `resolve`, `history`).
    pub scope: &'static str,
    /// Towards whom, for a chat.
    pub user_id: Option<i64>,
    /// Until when.
    pub until: String,
    /// Telegram's name for it.
    pub reason: String,
}

impl From<&Wait> for AccountWait {
    fn from(wait: &Wait) -> Self {
        Self {
            scope: match wait.scope {
                WaitScope::Account => "account",
                WaitScope::Chat => "chat",
                WaitScope::Method(method) => method.as_str(),
            },
            user_id: wait.user.map(|user| user.0),
            until: rfc3339(wait.until),
            reason: wait.reason.clone(),
        }
    }
}
