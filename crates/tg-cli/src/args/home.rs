//! `tg init`, `tg config …` and `tg db …`

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What `tg help doctor` adds.
pub(crate) const DOCTOR: &str = "\
Looks at the home and its settings, master key, database and file system, at accounts that cannot send, campaigns that \
get no further, and what Telegram has imposed. Changes nothing. Ends with 1 if something is wrong that keeps the program \
from working; warnings and notes end with 0.

Example:
  tg doctor";

/// What `tg help init` adds.
pub(crate) const INIT: &str = "\
The master key is written to master.key in the home, for its owner only. With --passphrase that file is sealed under a \
passphrase, which every command asks for or reads from TG_PASSPHRASE. With TG_MASTER_KEY set there is no file.

Examples:
  tg init --home ./shop
  tg init --passphrase";

/// How a home is made.
#[derive(Args, Debug)]
pub(crate) struct Init {
    /// Put the master key under a passphrase: asked for, or read from TG_NEW_PASSPHRASE
    #[arg(long)]
    pub(crate) passphrase: bool,
}

/// Verbs of `config`.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// The settings that hold
    #[command(after_long_help = "Example:\n  tg config show --origin")]
    Show(Show),
    /// Every fault of config.toml and of the environment, with its line
    #[command(after_long_help = "Ends with 1 if there is one.\n\nExample:\n  tg config validate")]
    Validate,
}

/// What to show.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Also where each value comes from: flag, variable, config.toml or default
    #[arg(long)]
    pub(crate) origin: bool,
}

/// Verbs of `db`.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// A consistent copy of the database, while an engine runs
    #[command(
        after_long_help = "The copy is for its owner only. The master key is not in it: keep that somewhere else.\n\n\
Example:\n  tg db backup shop-2026-11-23.db"
    )]
    Backup(Backup),
    /// Put a copy in the database's place
    #[command(
        after_long_help = "Needs the home for itself. The copy is migrated, checked and opened first; then the database \
is kept under another name, and the copy takes its place. What was sent since the copy was made it does not know: the next \
run holds every unfinished message of started campaigns for a person. A copy that was sealed under a key of before \
`tg secret rekey` is opened with the master.key.vN that is kept, or with --key, and sealed under this home's key.\n\n\
Example:\n  tg db restore shop-2026-11-23.db"
    )]
    Restore(Restore),
    /// Whether the database is intact
    #[command(after_long_help = "Ends with 1 if it is not.\n\nExample:\n  tg db check")]
    Check,
}

/// Where to.
#[derive(Args, Debug)]
pub(crate) struct Backup {
    /// The new file
    pub(crate) file: PathBuf,
}

/// From where.
#[derive(Args, Debug)]
pub(crate) struct Restore {
    /// The copy
    pub(crate) file: PathBuf,
    /// The key file that the copy was sealed under, if it is none of this home's
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}
