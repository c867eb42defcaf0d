//! The end of the audit chain, noted outside of the database: rows that are cut off there are
//! missed. The note carries a tag of its own, so that nobody without the key can write one.

use crate::mark::sync_folder;
use rusqlite::{Connection, OptionalExtension};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use tg_core::ports::{AuditEntry, AuditHead, AuditKey};
use uuid::Uuid;

/// Begins every note; the number is the version of the layout.
const MAGIC: &str = "tg-audit/1";
/// Longest note: magic, uuid, 20 digits, two tags in hex, separators. Well within a sector, so that
/// overwriting it in place is not torn.
const MAX: u64 = 256;

/// The last row of the log and its tag.
type Head = (i64, [u8; 32]);

/// The note of one home.
pub(crate) struct HeadFile {
    path: PathBuf,
    home: Uuid,
    key: Arc<dyn AuditKey>,
}

impl HeadFile {
    /// The note at `path`; no file is touched yet.
    pub(crate) const fn new(path: PathBuf, home: Uuid, key: Arc<dyn AuditKey>) -> Self {
        Self { path, home, key }
    }

    /// What it says.
    pub(crate) fn read(&self) -> io::Result<AuditHead> {
        let mut bytes = Vec::new();
        match File::open(&self.path) {
            Ok(file) => file.take(MAX).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(AuditHead::Missing),
            Err(error) => return Err(error),
        };
        let text = String::from_utf8_lossy(&bytes);
        Ok(match self.parse(&text) {
            Ok((seq, tag)) => AuditHead::Noted { seq, tag },
            Err(problem) => AuditHead::Damaged(problem),
        })
    }

    /// Makes it say what the database says, if the chain leads on from what it says already, or
    /// whatever it says (`anew`). A note that the chain does not lead to is evidence, and stays.
    ///
    /// The database's own write lock keeps two processes from writing an older end over a newer.
    pub(crate) fn follow(&self, conn: &Connection, anew: bool) -> Result<(), HeadError> {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        let noted = self.note(conn, anew);
        conn.execute_batch("ROLLBACK")?;
        noted
    }

    fn note(&self, conn: &Connection, anew: bool) -> Result<(), HeadError> {
        let last = last(conn)?;
        if !anew {
            let AuditHead::Noted { seq, tag } = self.read()? else { return Err(HeadError::Lost) };
            if tag_at(conn, seq)? != Some(tag) {
                return Err(HeadError::Elsewhere { seq });
            }
            if last.0 == seq {
                return Ok(());
            }
        }
        Ok(self.write(last)?)
    }

    fn write(&self, (seq, tag): Head) -> io::Result<()> {
        let mut file = match OpenOptions::new().write(true).open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => self.make()?,
            other => other?,
        };
        let line = format!(
            "{MAGIC} {} {seq:020} {} {}\n",
            self.home,
            hex::encode(tag),
            hex::encode(self.seal(seq, &tag))
        );
        file.seek(SeekFrom::Start(0))?;
        file.write_all(line.as_bytes())?;
        file.set_len(u64::try_from(line.len()).unwrap_or(MAX))?;
        file.sync_data()
    }

    /// A new file, for its owner only, durable with its folder's entry.
    fn make(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path)?;
        file.sync_all()?;
        sync_folder(&self.path)?;
        Ok(file)
    }

    fn parse(&self, text: &str) -> Result<Head, &'static str> {
        let mut words = text.split_ascii_whitespace();
        if words.next() != Some(MAGIC) {
            return Err("it is cut off, or of another layout");
        }
        let home = words.next().and_then(|word| Uuid::try_parse(word).ok());
        let seq = words.next().filter(|word| word.len() == 20).and_then(|word| word.parse().ok());
        let (tag, seal) = (tag(words.next()), tag(words.next()));
        let (Some(home), Some(seq), Some(tag), Some(seal)) = (home, seq, tag, seal) else {
            return Err("it is cut off, or of another layout");
        };
        if home != self.home {
            return Err("it belongs to another home");
        }
        // Who could time this comparison would learn a tag that only this one note can use.
        if seal != self.seal(seq, &tag) {
            return Err("its tag does not match: it was altered, or written under another key");
        }
        Ok((seq, tag))
    }

    /// Rows begin with `tg.audit/`, so that no row can stand for a note.
    fn seal(&self, seq: i64, tag: &[u8; 32]) -> [u8; 32] {
        let mut note = b"tg.audit-head/1".to_vec();
        note.extend_from_slice(self.home.as_bytes());
        note.extend_from_slice(&seq.to_be_bytes());
        self.key.chain(tag, &note)
    }
}

impl fmt::Debug for HeadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeadFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Why the note was not brought up to date.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    /// There is none, or a damaged one.
    #[error("the note beside the master key is missing or damaged")]
    Lost,
    /// The log does not have the row that was noted.
    #[error("the log does not have row {seq} as it was noted beside the master key")]
    Elsewhere {
        /// Which.
        seq: i64,
    },
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// SQLite refused.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
}

/// The last row of the log; row 0 before the first.
pub(crate) fn last(conn: &Connection) -> rusqlite::Result<Head> {
    let last = conn
        .prepare_cached("SELECT seq, tag FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.unwrap_or((0, AuditEntry::GENESIS)))
}

fn tag_at(conn: &Connection, seq: i64) -> rusqlite::Result<Option<[u8; 32]>> {
    if seq == 0 {
        return Ok(Some(AuditEntry::GENESIS));
    }
    conn.prepare_cached("SELECT tag FROM audit WHERE seq = ?1")?
        .query_row([seq], |row| row.get(0))
        .optional()
}

fn tag(word: Option<&str>) -> Option<[u8; 32]> {
    let mut tag = [0; 32];
    hex::decode_to_slice(word?, &mut tag).ok()?;
    Some(tag)
}
