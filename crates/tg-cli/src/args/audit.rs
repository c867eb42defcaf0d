//! `tg audit …`

use super::values::{Since, since};
use clap::{Args, Subcommand};

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Who did what, newest first
    #[command(
        after_long_help = "Examples:\n  tg audit list\n  tg audit list --actor anna --action campaign --since 7d\n  \
tg audit list --object campaign/spring --before 1200"
    )]
    List(List),
    /// Whether the log is as it was written: every row, the order, and the end
    #[command(
        after_long_help = "Names the first row that was edited, deleted or moved, or that is missing at the end, \
and ends with 1. The end is compared with the note beside the master key (audit.head), which follows every commit; after \
a crash it may be one commit behind, never ahead.\n\nExample:\n  tg audit verify"
    )]
    Verify,
    /// The whole log, oldest first, one JSON document a line
    #[command(after_long_help = "Example:\n  tg audit export > audit.jsonl")]
    Export,
    /// Note the end of the log anew, after looking why the note was another or gone
    #[command(
        after_long_help = "Leaves a row with the reason. Rows that were edited stay edited.\n\nExample:\n  \
tg audit accept --because \"older copy of tg.db put in place on 3 October\""
    )]
    Accept(Accept),
}

/// Which rows.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// By whom
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// What: a noun or a permission, such as campaign or campaign.start
    #[arg(long, value_name = "NAME")]
    pub(crate) action: Option<String>,
    /// To what, such as campaign or campaign/spring
    #[arg(long, value_name = "NAME")]
    pub(crate) object: Option<String>,
    /// Since when: a date, a time (RFC 3339), or a span before now such as 7d
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(crate) since: Option<Since>,
    /// Before this row: where the last answer ended
    #[arg(long, value_name = "ROW")]
    pub(crate) before: Option<i64>,
    /// How many rows, at most 1000
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
}

/// Why.
#[derive(Args, Debug)]
pub(crate) struct Accept {
    /// Why: what the next person reads
    #[arg(long, value_name = "TEXT", value_parser = super::values::not_blank)]
    pub(crate) because: String,
}
