//! `tg auth …`

use clap::{Args, Subcommand, ValueEnum};

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    /// Sign in with a key
    #[command(
        after_long_help = "The key is asked for on the terminal, or read from standard input, or taken from \
TG_API_KEY. A sign-in ends after auth.lifetime, and sooner if it lies unused for auth.idle; its token is kept in the \
home, or in TG_SESSION_FILE, for its owner only. Scripts need none: they set TG_API_KEY.\n\nExamples:\n  \
tg auth login\n  tg auth login < key.txt"
    )]
    Login,
    /// Sign out
    #[command(after_long_help = "Example:\n  tg auth logout")]
    Logout,
    /// Who one is, and what one may do
    #[command(after_long_help = "Example:\n  tg auth whoami")]
    Whoami,
    /// Whether every command needs a key or a sign-in
    #[command(
        after_long_help = "auth.required in config.toml switches it on, too. Once it is on, the home remembers it: \
taking the line out does not switch it off, an admin does. Who has lost every key shows the master key instead, on the \
terminal or on standard input.\n\nExamples:\n  tg auth require on\n  tg auth require off --with-master-key < master.key"
    )]
    Require(Require),
}

/// On or off.
#[derive(Args, Debug)]
pub(crate) struct Require {
    /// on or off
    pub(crate) switch: Switch,
    /// Show the master key instead of being signed in as an admin
    #[arg(long)]
    pub(crate) with_master_key: bool,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// Required.
    On,
    /// Whoever may read the home's files is an admin.
    Off,
}
