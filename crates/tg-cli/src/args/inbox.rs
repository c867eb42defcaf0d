//! `tg inbox …`

use clap::{Args, Subcommand};

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Inbox {
    /// Who wrote, the latest first
    #[command(
        after_long_help = "What is shown was heard while `tg run` ran, and what was missed meanwhile when it ran next.\n\n\
Examples:\n  tg inbox list --unanswered\n  tg inbox list --campaign spring --account anna"
    )]
    List(List),
    /// What one person and the accounts wrote to each other
    #[command(after_long_help = "Examples:\n  tg inbox show @maria\n  tg inbox show 5000001")]
    Show(Show),
}

/// Which conversations.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// With this account
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// In answer to this campaign
    #[arg(long, value_name = "NAME")]
    pub(crate) campaign: Option<String>,
    /// Only those that wait for an answer
    #[arg(long)]
    pub(crate) unanswered: bool,
}

/// Whom.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// @username, +phone or user id
    pub(crate) who: String,
}
