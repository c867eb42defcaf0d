//! `.session` files of Telethon, Pyrogram and kurigram: SQLite databases, read and never touched.
//!
//! What is in them was read from the sources of Telethon 1.45 (`sessions/sqlite.py`, schemas 1 to 8),
//! Pyrogram 2.0 and kurigram 2.2 (`storage/sqlite_storage.py`, schemas 1 to 7).

use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use tg_core::foreign::{ForeignSession, SessionFormat, known_address};
use tg_core::ids::{AccessHash, UserId};
use tg_core::peer::PhoneNumber;
use tg_core::ports::{PeerFact, UpdatePoint};

/// People that are taken from one file: more than any account knows, and a bound for a file that
/// somebody made up.
const MAX_PEERS: i64 = 1_000_000;
/// Telethon's schema before which access hashes may be wrong: it drops them itself when it upgrades.
const TELETHON_HASHES: i64 = 6;
/// The newest schemas that were looked at.
const TELETHON_NEWEST: i64 = 8;
const PYROGRAM_NEWEST: i64 = 7;

/// Why a file gives no session.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// It is being written: a journal of it is there.
    #[error("{0} is in use by another program: end that first, its journal is still there")]
    InUse(PathBuf),
    /// SQLite cannot read it, or it is something else.
    #[error("it is no session file of Telethon, Pyrogram or kurigram: {0}")]
    NotASession(String),
    /// A newer program made it.
    #[error("it is a {program} session of schema {found}; the newest that is known is {known}")]
    Newer {
        /// Whose it is.
        program: &'static str,
        /// What the file says.
        found: i64,
        /// What was looked at.
        known: i64,
    },
    /// Nobody is signed in.
    #[error("nobody is signed in with this session: it has no key")]
    NoKey,
}

/// Reads a session file, and changes nothing in it or beside it.
///
/// # Errors
/// If it is in use, is no session file, or nobody is signed in with it.
pub fn read_session_file(path: &Path) -> Result<ForeignSession, ForeignError> {
    for ending in ["-journal", "-wal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        let beside = PathBuf::from(beside);
        if beside.metadata().is_ok_and(|file| file.len() > 0) {
            return Err(ForeignError::InUse(path.to_owned()));
        }
    }
    let conn = open(path).map_err(|error| not_a_session(&error))?;
    read(&conn)
}

/// Read-only is not enough: of a file in WAL mode even a reader makes files beside it. Immutable is
/// (sqlite.org/uri.html#uriimmutable).
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let escaped: String = path
        .to_string_lossy()
        .chars()
        .map(|c| match c {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            c => c.to_string(),
        })
        .collect();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // The file is a stranger's: its triggers and views run nothing.
    let conn = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    Ok(conn)
}

fn read(conn: &Connection) -> Result<ForeignSession, ForeignError> {
    let number = |column: &str| has(conn, "version", column);
    // The same table with another column tells the two families apart.
    if number("version")? {
        telethon(conn)
    } else if number("number")? {
        pyrogram(conn)
    } else {
        Err(ForeignError::NotASession("it has no version".to_owned()))
    }
}

fn telethon(conn: &Connection) -> Result<ForeignSession, ForeignError> {
    let version = one(conn, "SELECT version FROM version", [], |row| row.get::<_, i64>(0))?;
    known("Telethon", version.unwrap_or_default(), TELETHON_NEWEST)?;
    let (home_dc, host, port, key) =
        one(conn, "SELECT dc_id, server_address, port, auth_key FROM sessions", [], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get::<_, Vec<u8>>(3)?))
        })?
        .ok_or(ForeignError::NoKey)?;
    // Who the account is stands there as the access hash of user 0.
    let user_id =
        one(conn, "SELECT hash FROM entities WHERE id = 0", [], |row| row.get(0).map(UserId))?;
    let phone = match user_id {
        Some(user) => one(conn, "SELECT phone FROM entities WHERE id = ?1", [user.0], |row| {
            row.get::<_, Option<i64>>(0)
        })?
        .flatten()
        .and_then(|digits| phone(&digits.to_string())),
        None => None,
    };
    let updates = if has(conn, "update_state", "pts")? {
        one(conn, "SELECT pts, qts, date, seq FROM update_state WHERE id = 0", [], point)?.flatten()
    } else {
        None
    };
    let peers = if version.unwrap_or_default() < TELETHON_HASHES {
        Vec::new()
    } else {
        // Marked ids: groups and channels are negative.
        peers(
            conn,
            "SELECT id, hash FROM entities WHERE id > 0 AND hash <> 0 ORDER BY id LIMIT ?1",
        )?
    };
    Ok(ForeignSession {
        format: SessionFormat::TelethonFile,
        user_id,
        is_bot: None,
        phone,
        home_dc,
        addr: address(&host, port),
        key: key_of(&key)?,
        updates,
        peers,
    })
}

fn pyrogram(conn: &Connection) -> Result<ForeignSession, ForeignError> {
    let version = one(conn, "SELECT number FROM version", [], |row| row.get::<_, i64>(0))?;
    known("Pyrogram", version.unwrap_or_default(), PYROGRAM_NEWEST)?;
    let (home_dc, test, key, user_id, is_bot) = one(
        conn,
        "SELECT dc_id, coalesce(test_mode, 0), auth_key, user_id, is_bot FROM sessions",
        [],
        |row| {
            Ok((
                row.get::<_, i32>(0)?,
                row.get::<_, bool>(1)?,
                row.get::<_, Option<Vec<u8>>>(2)?,
                row.get::<_, Option<i64>>(3)?.map(UserId),
                row.get::<_, Option<bool>>(4)?,
            ))
        },
    )?
    .ok_or(ForeignError::NoKey)?;
    let written = if has(conn, "sessions", "server_address")? {
        one(conn, "SELECT server_address, port FROM sessions", [], |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<u16>>(1)?))
        })?
    } else {
        None
    };
    let addr = match written {
        Some((Some(host), Some(port))) => address(&host, port),
        _ => known_address(home_dc, test),
    };
    let number = match user_id {
        Some(user) => one(conn, "SELECT phone_number FROM peers WHERE id = ?1", [user.0], |row| {
            row.get::<_, Option<String>>(0)
        })?
        .flatten(),
        None => None,
    };
    let peers = peers(
        conn,
        "SELECT id, access_hash FROM peers
         WHERE type IN ('user', 'bot') AND id > 0 AND access_hash <> 0 ORDER BY id LIMIT ?1",
    )?;
    Ok(ForeignSession {
        format: SessionFormat::PyrogramFile,
        user_id,
        is_bot,
        phone: number.as_deref().and_then(phone),
        home_dc,
        addr,
        key: key_of(&key.unwrap_or_default())?,
        updates: None,
        peers,
    })
}

fn known(program: &'static str, found: i64, known: i64) -> Result<(), ForeignError> {
    if found > known { Err(ForeignError::Newer { program, found, known }) } else { Ok(()) }
}

fn key_of(key: &[u8]) -> Result<[u8; 256], ForeignError> {
    if key.is_empty() {
        return Err(ForeignError::NoKey);
    }
    let wrong = || ForeignError::NotASession("its key has not 256 bytes".to_owned());
    key.try_into().map_err(|_| wrong())
}

fn address(host: &str, port: u16) -> Option<SocketAddr> {
    let ip: IpAddr = host.parse().ok()?;
    (port != 0).then(|| SocketAddr::new(ip, port))
}

fn phone(text: &str) -> Option<PhoneNumber> {
    PhoneNumber::from_e164(&format!("+{}", text.trim_start_matches('+'))).ok()
}

/// Telethon stores the date with fractions of a second.
fn point(row: &Row<'_>) -> rusqlite::Result<Option<UpdatePoint>> {
    let number = |at: usize| -> rusqlite::Result<Option<i32>> {
        let sql = row.get_ref(at)?;
        Ok(match sql {
            rusqlite::types::ValueRef::Integer(n) => i32::try_from(n).ok(),
            rusqlite::types::ValueRef::Real(n) => format!("{n:.0}").parse().ok(),
            _ => None,
        })
    };
    let all = (number(0)?, number(1)?, number(2)?, number(3)?);
    let (Some(pts), Some(qts), Some(date), Some(seq)) = all else { return Ok(None) };
    Ok((pts > 0).then_some(UpdatePoint { pts, qts, date, seq }))
}

fn peers(conn: &Connection, sql: &str) -> Result<Vec<PeerFact>, ForeignError> {
    let read = || -> rusqlite::Result<Vec<PeerFact>> {
        conn.prepare(sql)?
            .query_map([MAX_PEERS], |row| {
                Ok(PeerFact { user: UserId(row.get(0)?), hash: AccessHash(row.get(1)?) })
            })?
            .collect()
    };
    read().map_err(|error| not_a_session(&error))
}

/// Whether a table has a column.
fn has(conn: &Connection, table: &str, column: &str) -> Result<bool, ForeignError> {
    conn.query_row(
        "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2",
        [table, column],
        |row| row.get::<_, i64>(0),
    )
    .map(|count| count > 0)
    .map_err(|error| not_a_session(&error))
}

/// The first row, if there is one.
fn one<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, ForeignError> {
    conn.query_row(sql, params, read).optional().map_err(|error| not_a_session(&error))
}

/// SQLite's words name tables and columns, never values.
fn not_a_session(error: &rusqlite::Error) -> ForeignError {
    let words = match error {
        rusqlite::Error::SqliteFailure(failure, _) => failure.to_string(),
        rusqlite::Error::InvalidColumnType(_, column, kind) => {
            format!("its column {column} holds an unexpected {kind}")
        }
        _ => "a value in it is not what it should be".to_owned(),
    };
    ForeignError::NotASession(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A Telethon file of an earlier schema, as its own upgrades tell what there was.
    fn telethon_of(schema: i64, folder: &Path) -> PathBuf {
        let path = folder.join(format!("{schema}.session"));
        let conn = Connection::open(&path).unwrap();
        let takeout = if schema >= 5 { ", takeout_id integer" } else { "" };
        let temporary = if schema >= 8 { ", tmp_auth_key blob" } else { "" };
        let date = if schema >= 7 { ", date integer" } else { "" };
        let state = "create table update_state (id integer primary key, pts integer, qts integer, date integer, seq integer);
            insert into update_state values (0, 7, 0, 1700000000.5, 1);";
        let state = if schema >= 4 { state } else { "" };
        conn.execute_batch(&format!(
            "create table version (version integer primary key);
             insert into version values ({schema});
             create table sessions (dc_id integer primary key, server_address text, port integer,
                 auth_key blob{takeout}{temporary});
             insert into sessions (dc_id, server_address, port, auth_key)
                 values (4, '2001:67c:4e8:f004::a', 443, x'00');
             create table entities (id integer primary key, hash integer not null, username text,
                 phone integer, name text{date});
             insert into entities (id, hash, phone) values
                 (0, 5, null), (5, 11, 4915112345678), (8, -3, null), (-1000000000009, 4, null);
             {state}"
        ))
        .unwrap();
        // The key is a blob, as Python writes it.
        conn.execute("update sessions set auth_key = ?1", [vec![7u8; 256]]).unwrap();
        path
    }

    #[test]
    fn telethons_earlier_schemas_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for schema in 1..=TELETHON_NEWEST {
            let found = read_session_file(&telethon_of(schema, folder.path())).unwrap();
            assert_eq!((found.home_dc, found.key), (4, [7; 256]), "schema {schema}");
            assert_eq!(found.addr, "[2001:67c:4e8:f004::a]:443".parse().ok());
            assert_eq!(found.user_id, Some(UserId(5)));
            assert!(found.phone.is_some());
            assert_eq!(found.updates.map(|point| point.pts), (schema >= 4).then_some(7));
            // Before that schema, access hashes may be wrong.
            let known: Vec<_> = found.peers.iter().map(|peer| peer.user.0).collect();
            assert_eq!(known, if schema >= TELETHON_HASHES { vec![5, 8] } else { vec![] });
        }
    }

    #[test]
    fn what_is_newer_or_nobodys_or_something_else_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let newer = telethon_of(TELETHON_NEWEST, folder.path());
        let conn = Connection::open(&newer).unwrap();
        conn.execute("update version set version = 9", []).unwrap();
        drop(conn);
        let error = read_session_file(&newer).unwrap_err();
        assert!(matches!(error, ForeignError::Newer { found: 9, .. }), "{error}");
        let nobody = telethon_of(7, folder.path());
        let conn = Connection::open(&nobody).unwrap();
        conn.execute("update sessions set auth_key = x''", []).unwrap();
        drop(conn);
        assert!(matches!(read_session_file(&nobody), Err(ForeignError::NoKey)));
        let other = folder.path().join("other.session");
        Connection::open(&other).unwrap().execute_batch("create table t (a)").unwrap();
        assert!(matches!(read_session_file(&other), Err(ForeignError::NotASession(_))));
        assert!(read_session_file(&folder.path().join("none")).is_err());
    }
}
