//! How a connection is opened: flags and pragmas, the same for writer and readers.

use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Statements that stay prepared per connection: more than the ports have.
const STATEMENTS: usize = 160;

/// The file has to exist; a path is a path, never a URI with options of its own.
pub(crate) fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Sets a connection up. `FULL` is not up for trade: a claim is acknowledged only after its commit
/// is on disk, and in WAL mode anything less syncs at checkpoints only
/// (sqlite.org/pragma.html#pragma_synchronous).
pub(crate) fn prepare(conn: &Connection, busy_deadline: Duration) -> rusqlite::Result<()> {
    conn.busy_timeout(busy_deadline)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384;
         PRAGMA trusted_schema = OFF;",
    )
}

/// Opens and sets up a connection.
pub(crate) fn open(path: &Path, busy_deadline: Duration) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, flags())?;
    prepare(&conn, busy_deadline)?;
    Ok(conn)
}
