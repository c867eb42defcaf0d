//! `tg config …` and `tg db …`

use clap::{Args, Subcommand};

/// What `tg help doctor` adds.
pub(crate) const DOCTOR: &str = "\
Looks at the home and its settings, master key, database and file system, at accounts that cannot send, campaigns that \
get no further, and what Telegram has imposed. Changes nothing. Ends with 1 if something is wrong that keeps the program \
from working; warnings and notes end with 0.

Example:
  tg doctor";

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
    /// Whether the database is intact
    #[command(after_long_help = "Ends with 1 if it is not.\n\nExample:\n  tg db check")]
    Check,
}
