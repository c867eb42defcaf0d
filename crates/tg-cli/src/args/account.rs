//! `tg account …`

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Add accounts, with their sessions, from a JSON file
    #[command(
        after_long_help = "Accounts that are here already and have not changed are left alone. Sessions are sealed \
before they are stored.\n\nExample:\n  tg account import sim/accounts.json"
    )]
    Import(Import),
    /// Accounts and what they can do now
    #[command(after_long_help = "Example:\n  tg account list")]
    List,
    /// One account
    #[command(after_long_help = "Example:\n  tg account show anna")]
    Show(Name),
    /// Stop an account; what it has in flight settles, the rest goes to others
    #[command(after_long_help = "Example:\n  tg account pause anna")]
    Pause(Name),
    /// Let an account go on, after looking why it stopped
    #[command(after_long_help = "Example:\n  tg account resume anna")]
    Resume(Name),
}

/// Which file.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The file; `-` for standard input
    pub(crate) file: PathBuf,
}

/// Which account.
#[derive(Args, Debug)]
pub(crate) struct Name {
    /// The account's name
    pub(crate) name: String,
}
