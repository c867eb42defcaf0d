//! How a connection is opened: flags and pragmas, the same for writer and readers.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Statements that stay prepared per connection: more than the ports have.
const STATEMENTS: usize = 160;

/// Page cache of the writer, in KiB: enough for a transaction and the upper pages of every tree. What
/// an import of any length needs in memory is this and no more.
pub(crate) const WRITER_CACHE: i64 = 16 * 1024;
/// Page cache of a reader, in KiB.
pub(crate) const READER_CACHE: i64 = 8 * 1024;

/// The file has to exist; a path is a path, never a URI with options of its own.
pub(crate) fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Sets a connection up. `FULL` is not up for trade: a claim is acknowledged only after its commit
/// is on disk, and in WAL mode anything less syncs at checkpoints only
/// (sqlite.org/pragma.html#pragma_synchronous).
pub(crate) fn prepare(
    conn: &Connection,
    busy_deadline: Duration,
    cache: i64,
) -> rusqlite::Result<()> {
    conn.busy_timeout(busy_deadline)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without it, statements are planned anew when a bound value changes that statistics might be
    // asked about: on every turn, to the same plan (sqlite.org/queryplanner-ng.html#qpstab).
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF;
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    // Negative: KiB, not pages (sqlite.org/pragma.html#pragma_cache_size).
    conn.pragma_update(None, "cache_size", -cache)
}

/// Opens and sets up a connection.
pub(crate) fn open(
    path: &Path,
    busy_deadline: Duration,
    cache: i64,
) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, flags())?;
    prepare(&conn, busy_deadline, cache)?;
    Ok(conn)
}
