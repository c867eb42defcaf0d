//! The port of accounts, and of whom they can address.

use crate::proxies::{exit, exit_columns};
use crate::rows::{phone, slug, time, unreadable};
use crate::unit::{SqliteUnit, missing};
use rusqlite::{Row, params};
use tg_core::account::{Account, AccountState};
use tg_core::ids::{AccessHash, AccountId, Slug, UserId};
use tg_core::peer::Peer;
use tg_core::ports::{AccountStore, NewAccount, PeerFact, StoreError};
use tg_core::time::Timestamp;

const SELECT: &str = concat!(
    "SELECT a.id, a.name, a.user_id, a.is_bot, a.phone, a.loopback, a.state, a.frozen_until,
    a.appeal, (SELECT json_group_array(tag) FROM
        (SELECT tag FROM account_tags t WHERE t.account_id = a.id ORDER BY tag)), ",
    exit_columns!(),
    " FROM accounts a LEFT JOIN account_exits e ON e.account_id = a.id
    LEFT JOIN proxies p ON p.id = e.proxy_id"
);

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let tags = row.get_ref(9)?.as_str()?;
    Ok(Account {
        id: AccountId(row.get(0)?),
        name: slug(row, 1)?,
        user_id: UserId(row.get(2)?),
        is_bot: row.get(3)?,
        phone: phone(row, 4)?,
        loopback: row.get(5)?,
        state: state(row)?,
        tags: serde_json::from_str(tags).map_err(|_| unreadable("tag"))?,
        exit: exit(row, 10)?,
    })
}

fn state(row: &Row<'_>) -> rusqlite::Result<AccountState> {
    Ok(match row.get_ref(6)?.as_str()? {
        "active" => AccountState::Active,
        "paused" => AccountState::Paused,
        "quarantined" => AccountState::Quarantined,
        "frozen" => AccountState::Frozen { until: time(row, 7)?, appeal: row.get(8)? },
        "revoked" => AccountState::Revoked,
        "banned" => AccountState::Banned,
        "removed" => AccountState::Removed,
        _ => return Err(unreadable("account state")),
    })
}

impl AccountStore for SqliteUnit<'_> {
    fn add_account(
        &mut self,
        account: &NewAccount,
        at: Timestamp,
    ) -> Result<AccountId, StoreError> {
        self.add("adding an account", "account", account.name.as_str(), |conn| {
            conn.prepare_cached(
                "INSERT INTO accounts
                    (name, user_id, is_bot, phone, loopback, state, created_at, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'active', ?6, ?6)",
            )?
            .insert(params![
                account.name.as_str(),
                account.user_id.0,
                account.is_bot,
                account.phone.as_ref().map(tg_core::peer::PhoneNumber::e164),
                account.loopback,
                at.0,
            ])
        })
        .map(AccountId)
    }

    fn account_named(&self, name: &Slug) -> Result<Option<Account>, StoreError> {
        // tidy: sql-constant
        let sql = format!("{SELECT} WHERE a.name = ?1");
        self.optional("reading an account", &sql, [name.as_str()], account)
    }

    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        // tidy: sql-constant
        self.all("reading accounts", &format!("{SELECT} ORDER BY a.name"), [], account)
    }

    fn set_account_state(
        &mut self,
        account: AccountId,
        state: &AccountState,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (until, appeal) = match state {
            AccountState::Frozen { until, appeal } => (until.map(|t| t.0), appeal.as_deref()),
            _ => (None, None),
        };
        let changed = self.execute(
            "changing an account's state",
            "UPDATE accounts SET state = ?2, frozen_until = ?3, appeal = ?4, changed_at = ?5
             WHERE id = ?1",
            params![account.0, state.name(), until, appeal, at.0],
        )?;
        if changed == 0 { Err(missing("account", account)) } else { Ok(()) }
    }

    fn set_account_tags(&mut self, account: AccountId, tags: &[String]) -> Result<(), StoreError> {
        self.run("labelling an account", |conn| {
            conn.prepare_cached("DELETE FROM account_tags WHERE account_id = ?1")?
                .execute([account.0])?;
            let mut put =
                conn.prepare_cached("INSERT INTO account_tags (account_id, tag) VALUES (?1, ?2)")?;
            for tag in tags {
                put.execute(params![account.0, tag])?;
            }
            Ok(())
        })
    }

    fn put_peers(&mut self, account: AccountId, peers: &[PeerFact]) -> Result<(), StoreError> {
        self.run("recording peers", |conn| {
            // Knowing the same again is no change: it dirties no page and wakes nobody.
            let mut put = conn.prepare_cached(
                "INSERT INTO peers (user_id, account_id, hash) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET hash = excluded.hash WHERE hash <> excluded.hash",
            )?;
            for peer in peers {
                put.execute([peer.user.0, account.0, peer.hash.0])?;
            }
            Ok(())
        })
    }

    fn peer(&self, account: AccountId, user: UserId) -> Result<Option<Peer>, StoreError> {
        self.optional(
            "reading a peer",
            "SELECT hash FROM peers WHERE user_id = ?1 AND account_id = ?2",
            [user.0, account.0],
            |row| Ok(Peer::User { id: user, hash: AccessHash(row.get(0)?) }),
        )
    }
}
