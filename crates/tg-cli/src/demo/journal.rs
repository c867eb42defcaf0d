//! What the simulator delivered, read from its journal on disk.

use crate::error::CliError;
use crate::exit::Exit;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use tg_security::validate::{JsonBounds, read_json};

/// One delivered message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Line {
    /// When, RFC 3339.
    pub(crate) at: String,
    /// Who sent it.
    pub(crate) from_user_id: i64,
    /// Who got it.
    pub(crate) to_user_id: i64,
    /// Its number in the sender's box.
    pub(crate) message_id: i32,
    /// By which a repetition is recognised.
    pub(crate) random_id: String,
    /// What it says.
    pub(crate) text: String,
}

/// What one line may be: a message and its formatting.
const BOUNDS: JsonBounds = JsonBounds { document: "message", bytes: 1 << 20, depth: 16 };

/// Everything that was delivered, by recipient.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(BTreeMap<i64, Vec<Line>>);

impl Journal {
    /// Reads the journal.
    ///
    /// # Errors
    /// If it cannot be read, or is not what the simulator writes.
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let fault = |error: &(dyn std::error::Error + 'static)| {
            CliError::new(Exit::Failed, "journal", format!("cannot read {}", path.display()))
                .because(error)
        };
        let file = File::open(path).map_err(|error| fault(&error))?;
        let mut journal = Self::default();
        for (number, line) in (1usize..).zip(BufReader::new(file).lines()) {
            let line = line.map_err(|error| fault(&error))?;
            let read = read_json(line.as_bytes(), BOUNDS);
            journal.add(read.map_err(|error| fault(&error.on_line(number)))?);
        }
        Ok(journal)
    }

    pub(super) fn add(&mut self, line: Line) {
        self.0.entry(line.to_user_id).or_default().push(line);
    }

    /// What one person got.
    pub(crate) fn to(&self, user_id: i64) -> &[Line] {
        self.0.get(&user_id).map_or(&[], Vec::as_slice)
    }

    /// People who got something.
    pub(super) fn people(&self) -> impl Iterator<Item = (i64, &[Line])> {
        self.0.iter().map(|(user_id, lines)| (*user_id, lines.as_slice()))
    }

    /// Messages in all.
    pub(crate) fn len(&self) -> u64 {
        self.0.values().map(|lines| u64::try_from(lines.len()).unwrap_or(u64::MAX)).sum()
    }
}
