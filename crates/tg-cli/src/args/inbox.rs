//! `tg inbox …`

use crate::config::Span;
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
    /// Answer somebody who wrote
    #[command(
        after_long_help = "The answer is recorded and sent once, by the `tg run` that is running or by the next one. With \
--wait the command ends when it has arrived: exit 0; 1 if Telegram refused it, 5 if the time was up.\n\nExamples:\n  \
tg inbox reply @maria \"It begins at eight.\"\n  tg inbox reply 5000001 \"Yes\" --account anna --wait 30s"
    )]
    Reply(Reply),
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

/// What is answered.
#[derive(Args, Debug)]
pub(crate) struct Reply {
    /// @username, +phone or user id
    pub(crate) who: String,
    /// What is said, as plain text
    pub(crate) text: String,
    /// Through this account [default: the one they wrote to last]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// How long to wait for it to arrive, such as 30s [default: not at all]
    #[arg(long, value_name = "SPAN")]
    pub(crate) wait: Option<Span>,
}
