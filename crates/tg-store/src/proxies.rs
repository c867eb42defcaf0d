//! The port of proxies, and of which way an account goes.

use crate::rows::{slug, time, unreadable};
use crate::unit::{SqliteUnit, missing};
use rusqlite::{Row, params};
use tg_core::ids::{AccountId, ProxyId, Slug};
use tg_core::ports::{ProxyStore, StoreError};
use tg_core::proxy::{BoundProxy, Exit, Proxy, ProxyAddress, ProxyFault, ProxyHealth};
use tg_core::time::Timestamp;

const SELECT: &str = "SELECT p.id, p.name, p.checked_at, p.fault, p.failing_since, p.latency_ms,
    p.host, p.port, p.username, a.id, a.name
    FROM proxies p LEFT JOIN account_exits e ON e.proxy_id = p.id
    LEFT JOIN accounts a ON a.id = e.account_id";

/// The columns of a way out, in the order that [`exit`] reads, of `account_exits e` and `proxies p`.
macro_rules! exit_columns {
    () => {
        "e.not_before, p.id, p.name, p.checked_at, p.fault, p.failing_since, p.latency_ms"
    };
}
pub(crate) use exit_columns;

/// A way out from the columns of `exit_columns`, beginning at `at`.
pub(crate) fn exit(row: &Row<'_>, at: usize) -> rusqlite::Result<Exit> {
    let proxy = match row.get::<_, Option<i64>>(at + 1)? {
        None => None,
        Some(id) => Some(BoundProxy {
            id: ProxyId(id),
            name: slug(row, at + 2)?,
            health: health(row, at + 3)?,
        }),
    };
    Ok(Exit { proxy, not_before: time(row, at)? })
}

/// Health from four columns, beginning at `at`.
fn health(row: &Row<'_>, at: usize) -> rusqlite::Result<ProxyHealth> {
    let fault = match row.get_ref(at + 1)?.as_str_or_null()? {
        None => None,
        Some(name) => Some(ProxyFault::parse(name).ok_or_else(|| unreadable("fault of a proxy"))?),
    };
    Ok(ProxyHealth {
        checked_at: time(row, at)?,
        fault,
        failing_since: time(row, at + 2)?,
        latency_ms: row.get(at + 3)?,
    })
}

fn proxy(row: &Row<'_>) -> rusqlite::Result<Proxy> {
    let account = match row.get::<_, Option<i64>>(9)? {
        None => None,
        Some(id) => Some((AccountId(id), slug(row, 10)?)),
    };
    Ok(Proxy {
        id: ProxyId(row.get(0)?),
        name: slug(row, 1)?,
        address: ProxyAddress { host: row.get(6)?, port: row.get(7)?, username: row.get(8)? },
        health: health(row, 2)?,
        account,
    })
}

impl ProxyStore for SqliteUnit<'_> {
    fn add_proxy(
        &mut self,
        name: &Slug,
        address: &ProxyAddress,
        at: Timestamp,
    ) -> Result<ProxyId, StoreError> {
        self.add("adding a proxy", "proxy", name.as_str(), |conn| {
            conn.prepare_cached(
                "INSERT INTO proxies (name, host, port, username, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .insert(params![
                name.as_str(),
                address.host,
                address.port,
                address.username,
                at.0
            ])
        })
        .map(ProxyId)
    }

    fn proxies(&self) -> Result<Vec<Proxy>, StoreError> {
        // tidy: sql-constant
        self.all("reading proxies", &format!("{SELECT} ORDER BY p.name"), [], proxy)
    }

    fn exit_of(
        &self,
        account: AccountId,
    ) -> Result<(Option<Proxy>, Option<Timestamp>), StoreError> {
        // tidy: sql-constant
        let sql = format!("{SELECT} WHERE e.account_id = ?1");
        let found = self.optional("reading a way out", &sql, [account.0], proxy)?;
        let not_before = self.optional(
            "reading a way out",
            "SELECT not_before FROM account_exits WHERE account_id = ?1",
            [account.0],
            |row| Ok(Timestamp(row.get(0)?)),
        )?;
        Ok((found, not_before))
    }

    fn set_exit(
        &mut self,
        account: AccountId,
        proxy: Option<ProxyId>,
        not_before: Timestamp,
    ) -> Result<(), StoreError> {
        let name: Option<String> = self.optional(
            "reading a proxy",
            "SELECT name FROM proxies WHERE id = ?1",
            [proxy.map(|proxy| proxy.0)],
            |row| row.get(0),
        )?;
        let name = name.unwrap_or_default();
        self.add("changing a way out", "account of the proxy", &name, |conn| {
            conn.prepare_cached(
                "INSERT INTO account_exits (account_id, proxy_id, not_before) VALUES (?1, ?2, ?3)
                 ON CONFLICT (account_id) DO UPDATE SET proxy_id = excluded.proxy_id,
                     not_before = max(not_before, excluded.not_before)",
            )?
            .execute(params![account.0, proxy.map(|proxy| proxy.0), not_before.0])
        })
        .map(|_| ())
    }

    fn delay_exit(&mut self, account: AccountId, not_before: Timestamp) -> Result<(), StoreError> {
        self.execute(
            "putting a way out off",
            "UPDATE account_exits SET not_before = ?2 WHERE account_id = ?1 AND not_before < ?2",
            [account.0, not_before.0],
        )
        .map(|_| ())
    }

    fn set_proxy_health(&mut self, proxy: ProxyId, health: &ProxyHealth) -> Result<(), StoreError> {
        let changed = self.execute(
            "recording a proxy's health",
            "UPDATE proxies SET checked_at = ?2, fault = ?3, failing_since = ?4, latency_ms = ?5
             WHERE id = ?1",
            params![
                proxy.0,
                health.checked_at.map(|at| at.0),
                health.fault.map(ProxyFault::as_str),
                health.failing_since.map(|at| at.0),
                health.latency_ms,
            ],
        )?;
        if changed == 0 { Err(missing("proxy", proxy)) } else { Ok(()) }
    }

    fn remove_proxy(&mut self, proxy: ProxyId) -> Result<(), StoreError> {
        let removed =
            self.execute("removing a proxy", "DELETE FROM proxies WHERE id = ?1", [proxy.0])?;
        if removed == 0 { Err(missing("proxy", proxy)) } else { Ok(()) }
    }
}
