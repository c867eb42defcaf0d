//! An account of the operator's, and the automaton of what can happen to it.

use crate::failure::AccountFault;
use crate::ids::{AccountId, Slug, UserId};
use crate::peer::PhoneNumber;
use crate::proxy::Exit;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One Telegram account or bot of the operator's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Row.
    pub id: AccountId,
    /// The operator's name for it.
    pub name: Slug,
    /// Who it is on Telegram.
    pub user_id: UserId,
    /// A bot cannot write first to someone who never started it (core.telegram.org/bots/faq).
    pub is_bot: bool,
    /// Its own number, if it has one.
    pub phone: Option<PhoneNumber>,
    /// Whether every data centre it knows is on a loopback address (a simulator).
    pub loopback: bool,
    /// Labels for `tag:NAME`, sorted.
    pub tags: Vec<String>,
    /// What it can do now.
    pub state: AccountState,
    /// Which way its connections go.
    pub exit: Exit,
}

/// What an account can do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AccountState {
    /// Signed in; may send.
    Active,
    /// Stopped by a person.
    Paused,
    /// Telegram says it wrote to too many strangers; a person decides.
    Quarantined,
    /// Read-only until an appeal succeeds.
    Frozen {
        /// The date Telegram named, if any.
        until: Option<Timestamp>,
        /// Where to appeal, if named.
        appeal: Option<String>,
    },
    /// Its session is gone; sign in again.
    Revoked,
    /// Banned for good.
    Banned,
    /// Taken out of the home by a person; its row stays for the ledger.
    Removed,
}

/// What can happen to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountEvent {
    /// Telegram refused it.
    Fault(AccountFault),
    /// A person stopped it.
    Pause,
    /// A person let it go on, after looking.
    Resume,
    /// Somebody signed in to the same Telegram user again.
    SignedIn,
    /// A person took it out of the home.
    Remove,
}

/// A move that the automaton does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account that is {from} cannot be {to}")]
pub struct AccountRefusal {
    from: &'static str,
    to: &'static str,
}

impl AccountState {
    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Quarantined => "quarantined",
            Self::Frozen { .. } => "frozen",
            Self::Revoked => "revoked",
            Self::Banned => "banned",
            Self::Removed => "removed",
        }
    }

    /// Whether it may open a connection and send.
    #[must_use]
    pub const fn may_send(&self) -> bool {
        matches!(self, Self::Active)
    }

    /// Whether it can never again repeat what it began: exposed rows become `unknown`.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Banned | Self::Removed)
    }

    /// What `event` makes of this state.
    ///
    /// # Errors
    /// If a person asks for what is not theirs to decide.
    pub fn next(&self, event: &AccountEvent) -> Result<Self, AccountRefusal> {
        let refuse = |to| AccountRefusal { from: self.name(), to };
        Ok(match (self, event) {
            // A ban is final; nothing softer replaces it.
            (Self::Banned, AccountEvent::Fault(_)) => Self::Banned,
            (Self::Banned, AccountEvent::Resume | AccountEvent::SignedIn) => {
                return Err(refuse("resumed"));
            }
            (Self::Banned, AccountEvent::Pause) => return Err(refuse("paused")),
            (_, AccountEvent::Remove) => Self::Removed,
            // Whoever signs it in again wants it back.
            (Self::Removed, AccountEvent::SignedIn) => Self::Active,
            (Self::Removed, AccountEvent::Fault(_)) => Self::Removed,
            (Self::Removed, AccountEvent::Pause) => return Err(refuse("paused")),
            (Self::Removed, AccountEvent::Resume) => {
                return Err(refuse("resumed without signing in"));
            }
            (_, AccountEvent::Fault(fault)) => match fault {
                AccountFault::Quarantined => Self::Quarantined,
                AccountFault::Revoked | AccountFault::WrongIdentity => Self::Revoked,
                AccountFault::Banned => Self::Banned,
                AccountFault::Frozen { until, appeal } => {
                    Self::Frozen { until: *until, appeal: appeal.clone() }
                }
            },
            (Self::Revoked, AccountEvent::Resume) => {
                return Err(refuse("resumed without signing in"));
            }
            (Self::Active | Self::Paused, AccountEvent::Pause) => Self::Paused,
            (_, AccountEvent::Pause) => return Err(refuse("paused")),
            (_, AccountEvent::Resume | AccountEvent::SignedIn) => Self::Active,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults() -> Vec<AccountFault> {
        vec![
            AccountFault::Quarantined,
            AccountFault::Revoked,
            AccountFault::Banned,
            AccountFault::WrongIdentity,
            AccountFault::Frozen { until: None, appeal: None },
        ]
    }

    #[test]
    fn every_fault_stops_an_active_account() {
        for fault in faults() {
            let next = AccountState::Active.next(&AccountEvent::Fault(fault));
            assert!(!next.expect("faults always apply").may_send());
        }
    }

    #[test]
    fn a_ban_is_final() {
        for fault in faults() {
            let next = AccountState::Banned.next(&AccountEvent::Fault(fault));
            assert_eq!(next, Ok(AccountState::Banned));
        }
        assert!(AccountState::Banned.next(&AccountEvent::Resume).is_err());
        assert!(AccountState::Banned.next(&AccountEvent::SignedIn).is_err());
    }

    #[test]
    fn a_revoked_account_needs_a_sign_in() {
        assert!(AccountState::Revoked.next(&AccountEvent::Resume).is_err());
        assert_eq!(AccountState::Revoked.next(&AccountEvent::SignedIn), Ok(AccountState::Active));
    }
}
