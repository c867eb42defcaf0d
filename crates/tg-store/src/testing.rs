//! For tests of what other programs may do to a home's database.

use rusqlite::Connection;
use std::path::Path;

/// Runs statements over a database file as any other program would: nothing is checked, no audit
/// row is written.
///
/// # Panics
/// If SQLite refuses them.
pub fn tamper(database: &Path, statements: &str) {
    let conn = Connection::open(database).expect("the file is a database");
    conn.execute_batch(statements).expect("the statements are right");
}
