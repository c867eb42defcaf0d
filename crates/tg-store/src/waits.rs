//! The port of what Telegram imposed.

use crate::rows::{scope, scope_name};
use crate::unit::SqliteUnit;
use rusqlite::params;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{StoreError, Wait, WaitStore};
use tg_core::time::Timestamp;

impl WaitStore for SqliteUnit<'_> {
    fn put_wait(&mut self, wait: &Wait, at: Timestamp) -> Result<(), StoreError> {
        let doing = "recording a wait";
        self.execute(
            doing,
            "INSERT INTO waits (account_id, scope, user_id, until, reason, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET until = excluded.until, reason = excluded.reason,
                 at = excluded.at
             WHERE excluded.until > until",
            params![
                wait.account.0,
                scope_name(wait.scope),
                wait.user.map(|user| user.0),
                wait.until.0,
                wait.reason,
                at.0,
            ],
        )?;
        self.execute(
            doing,
            "INSERT INTO wait_log (account_id, at) VALUES (?1, ?2)",
            [wait.account.0, at.0],
        )
        .map(|_| ())
    }

    fn waits(&self, account: AccountId, now: Timestamp) -> Result<Vec<Wait>, StoreError> {
        self.all(
            "reading waits",
            "SELECT scope, user_id, until, reason FROM waits
             WHERE account_id = ?1 AND until > ?2 ORDER BY until, id",
            [account.0, now.0],
            |row| {
                Ok(Wait {
                    account,
                    scope: scope(row.get_ref(0)?.as_str()?)?,
                    user: row.get::<_, Option<i64>>(1)?.map(UserId),
                    until: Timestamp(row.get(2)?),
                    reason: row.get(3)?,
                })
            },
        )
    }
}
