//! `tg contact …`

use super::values::tag_change;
use clap::{Args, Subcommand};

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Contact {
    /// Everything about one person: names, consent, opt-out, every message
    #[command(
        after_long_help = "The phone number is shown whole: you asked for this person by name.\n\nExamples:\n  \
tg contact show @maria\n  tg contact show +4915112345678\n  tg contact show 5000001"
    )]
    Show(Show),
    /// Give one person tags, and take tags away
    #[command(
        after_long_help = "Tags are for filters: tag = vip (`tg segment add --help`).\n\nExample:\n  \
tg contact tag @maria +vip -trial"
    )]
    Tag(Tag),
}

/// Whom, and which labels.
#[derive(Args, Debug)]
pub(crate) struct Tag {
    /// @username, +phone or user id
    pub(crate) who: String,
    /// +TAG to add, -TAG to remove
    #[arg(
        required = true,
        allow_hyphen_values = true,
        value_name = "+TAG|-TAG",
        value_parser = tag_change
    )]
    pub(crate) changes: Vec<String>,
}

/// Whom.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// @username, +phone or user id
    pub(crate) who: String,
}
