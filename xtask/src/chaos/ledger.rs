//! The two records that have to agree: the simulator's journal, and the home's deliveries.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

/// One delivery, as `tg campaign deliveries --output json` shows it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    pub(super) contact: String,
    pub(super) account: Option<String>,
    pub(super) user_id: Option<i64>,
    pub(super) message_id: Option<i64>,
    pub(super) random_id: Option<String>,
    pub(super) outcome: String,
    pub(super) reason: Option<String>,
    pub(super) claimed_at: Option<String>,
}

impl Row {
    /// Whether an account has it: a copy may be under way.
    pub(super) fn is_claimed(&self) -> bool {
        self.is_open() && self.claimed_at.is_some()
    }

    /// Whether it has not ended.
    pub(super) fn is_open(&self) -> bool {
        self.outcome == "pending" || self.outcome == "deferred"
    }
}

/// Reads what `tg campaign deliveries --output json` printed.
pub(super) fn rows(lines: &str) -> Result<Vec<Row>> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("no delivery: {line}")))
        .collect()
}

/// One message that somebody got.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Message {
    pub(super) to_user_id: i64,
    pub(super) message_id: i64,
    pub(super) random_id: String,
}

/// The simulator's journal, read as it grows.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    read: u64,
    by_user: BTreeMap<i64, Vec<Message>>,
}

impl Journal {
    /// A journal of which nothing has been read yet.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), read: 0, by_user: BTreeMap::new() }
    }

    /// Reads the lines that have been completed since the last time; gives all messages, by user.
    pub(super) fn messages(&mut self) -> Result<&BTreeMap<i64, Vec<Message>>> {
        let doing = || format!("reading {}", self.path.display());
        let mut file = File::open(&self.path).with_context(doing)?;
        file.seek(SeekFrom::Start(self.read)).with_context(doing)?;
        let mut text = String::new();
        file.read_to_string(&mut text).with_context(doing)?;
        // A line that is being written has no end yet.
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let message: Message =
                serde_json::from_str(line).with_context(|| format!("no message: {line}"))?;
            self.read += u64::try_from(line.len())?;
            self.by_user.entry(message.to_user_id).or_default().push(message);
        }
        Ok(&self.by_user)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Journal, rows};

    #[test]
    fn a_journal_is_read_as_it_grows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let line = |n: i64| {
            format!(
                "{{\"to_user_id\":{n},\"message_id\":1,\"random_id\":\"{n}\",\"text\":\"é\"}}\n"
            )
        };
        let mut journal = Journal::new(&path);
        assert!(journal.messages().is_err());
        std::fs::write(&path, line(1) + &line(2)[..10]).unwrap();
        assert_eq!(journal.messages().unwrap().len(), 1);
        std::fs::write(&path, line(1) + &line(2) + &line(1)).unwrap();
        let messages = journal.messages().unwrap();
        assert_eq!((messages[&1].len(), messages[&2].len()), (2, 1));
    }

    #[test]
    fn a_row_in_hand_is_one_that_is_claimed_and_has_not_ended() {
        let row = |outcome: &str, claimed: &str| {
            let json = format!(
                "{{\"contact\":\"c\",\"outcome\":\"{outcome}\",\"claimed_at\":{claimed},\"new\":1}}"
            );
            rows(&json).unwrap().remove(0).is_claimed()
        };
        assert!(row("pending", "\"2026\"") && row("deferred", "\"2026\""));
        assert!(!row("pending", "null") && !row("sent", "\"2026\""));
        assert!(rows("nothing").is_err());
    }
}
