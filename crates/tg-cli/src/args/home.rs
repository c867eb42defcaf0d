//! `tg config …` and `tg db …`

use clap::{Args, Subcommand};

/// Verbs of `config`.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// The settings that hold
    #[command(after_long_help = "Example:\n  tg config show --origin")]
    Show(Show),
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
