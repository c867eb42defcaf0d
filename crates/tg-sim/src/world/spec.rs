//! The parameters that a world follows from.

use serde::{Deserialize, Serialize};

use crate::error::SimError;

/// What a world is made from. Two equal ones make equal worlds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WorldSpec {
    pub(crate) seed: u64,
    pub(crate) accounts: u32,
    pub(crate) users: u32,
    pub(crate) bots: u32,
    /// Phones with which nobody is signed in.
    #[serde(default)]
    pub(crate) logins: u32,
    /// SOCKS5 proxies that accounts can be behind.
    #[serde(default)]
    pub(crate) proxies: u32,
    /// Sorted, without repetitions.
    pub(crate) dcs: Vec<i32>,
}

impl Default for WorldSpec {
    fn default() -> Self {
        Self { seed: 1, accounts: 1, users: 100, bots: 0, logins: 0, proxies: 0, dcs: vec![2, 4] }
    }
}

/// Test numbers are `99966XYYYY`: nine digits for X, ten thousand numbers each.
const MOST_ACCOUNTS: u32 = 10_000;
/// Generated phone numbers are unique up to seven million per country.
const MOST_USERS: u32 = 5_000_000;
const MOST_BOTS: u32 = 10_000;

impl WorldSpec {
    /// Refuses worlds whose phone numbers or data centres could not be told apart.
    pub(crate) fn checked(self) -> Result<Self, SimError> {
        let within = |what, least: u64, most: u64, asked: u64| {
            if (least..=most).contains(&asked) {
                Ok(())
            } else {
                Err(SimError::Size { what, least, most, asked })
            }
        };
        within("accounts", 0, MOST_ACCOUNTS.into(), self.accounts.into())?;
        within("users", 0, MOST_USERS.into(), self.users.into())?;
        let phones = u64::from(self.accounts) + u64::from(self.logins);
        within("accounts and logins", 0, MOST_ACCOUNTS.into(), phones)?;
        within("bots", 0, MOST_BOTS.into(), self.bots.into())?;
        within("proxies", 0, crate::proxies::MOST.into(), self.proxies.into())?;
        let dcs = u64::try_from(self.dcs.len()).unwrap_or(u64::MAX);
        within("data centres", 1, 9, dcs)?;
        for &dc in &self.dcs {
            let asked = u64::try_from(dc).unwrap_or(0);
            within("as the number of a data centre", 1, 9, asked)?;
        }
        Ok(self)
    }
}
