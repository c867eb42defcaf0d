//! The port of operators and their keys.

use crate::rows::{slug, time, unreadable};
use crate::unit::{SqliteUnit, missing};
use rusqlite::{Row, params};
use tg_core::ids::{OperatorId, Slug};
use tg_core::operator::{ApiKey, Operator, Role};
use tg_core::ports::{OperatorStore, StoreError};
use tg_core::time::Timestamp;

fn operator(row: &Row<'_>) -> rusqlite::Result<Operator> {
    let role = Role::parse(row.get_ref(2)?.as_str()?).ok_or_else(|| unreadable("role"))?;
    Ok(Operator {
        id: OperatorId(row.get(0)?),
        name: slug(row, 1)?,
        role,
        created_at: Timestamp(row.get(3)?),
        disabled_at: time(row, 4)?,
    })
}

fn api_key(row: &Row<'_>) -> rusqlite::Result<ApiKey> {
    Ok(ApiKey {
        id: row.get(0)?,
        operator: OperatorId(row.get(1)?),
        proof: row.get(2)?,
        scope: row.get(3)?,
        created_at: Timestamp(row.get(4)?),
        expires_at: time(row, 5)?,
        revoked_at: time(row, 6)?,
        used_at: time(row, 7)?,
    })
}

/// The columns that [`api_key`] reads.
macro_rules! key_columns {
    () => {
        "id, operator_id, proof, scope, created_at, expires_at, revoked_at, used_at"
    };
}

fn of_operator(id: OperatorId, changed: usize) -> Result<(), StoreError> {
    if changed == 0 { Err(missing("operator", id)) } else { Ok(()) }
}

fn of_key(id: &str, changed: usize) -> Result<(), StoreError> {
    if changed == 0 { Err(missing("key", id)) } else { Ok(()) }
}

impl OperatorStore for SqliteUnit<'_> {
    fn add_operator(
        &mut self,
        name: &Slug,
        role: Role,
        at: Timestamp,
    ) -> Result<OperatorId, StoreError> {
        self.add("adding an operator", "operator", name.as_str(), |conn| {
            conn.prepare_cached(
                "INSERT INTO operators (name, role, created_at) VALUES (?1, ?2, ?3)",
            )?
            .insert(params![name.as_str(), role.as_str(), at.0])
            .map(OperatorId)
        })
    }

    fn operators(&self) -> Result<Vec<Operator>, StoreError> {
        self.all(
            "reading operators",
            "SELECT id, name, role, created_at, disabled_at FROM operators ORDER BY name",
            [],
            operator,
        )
    }

    fn set_operator_role(&mut self, id: OperatorId, role: Role) -> Result<(), StoreError> {
        let changed = self.execute(
            "changing a role",
            "UPDATE operators SET role = ?2 WHERE id = ?1",
            params![id.0, role.as_str()],
        )?;
        of_operator(id, changed)
    }

    fn disable_operator(
        &mut self,
        id: OperatorId,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let changed = self.execute(
            "shutting an operator out",
            "UPDATE operators SET disabled_at = ?2 WHERE id = ?1",
            params![id.0, at.map(|at| at.0)],
        )?;
        of_operator(id, changed)
    }

    fn add_api_key(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        self.add("keeping a key", "key", &key.id, |conn| {
            conn.prepare_cached(
                "INSERT INTO api_keys (id, operator_id, proof, scope, created_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                key.id,
                key.operator.0,
                key.proof,
                key.scope,
                key.created_at.0,
                key.expires_at.map(|at| at.0)
            ])
            .map(|_| ())
        })
    }

    fn api_key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        self.optional(
            "reading a key",
            concat!("SELECT ", key_columns!(), " FROM api_keys WHERE id = ?1"),
            [id],
            api_key,
        )
    }

    fn api_keys(&self, operator: Option<OperatorId>) -> Result<Vec<ApiKey>, StoreError> {
        self.all(
            "reading keys",
            concat!(
                "SELECT ",
                key_columns!(),
                " FROM api_keys WHERE ?1 IS NULL OR operator_id = ?1 ORDER BY created_at, id"
            ),
            [operator.map(|id| id.0)],
            api_key,
        )
    }

    fn revoke_api_key(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let changed = self.execute(
            "revoking a key",
            "UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1",
            params![id, at.0],
        )?;
        of_key(id, changed)
    }

    fn api_key_used(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let changed = self.execute(
            "recording the use of a key",
            "UPDATE api_keys SET used_at = ?2 WHERE id = ?1",
            params![id, at.0],
        )?;
        of_key(id, changed)
    }
}
