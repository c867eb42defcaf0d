//! `tg contact …`

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
}

/// Whom.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// @username, +phone or user id
    pub(crate) who: String,
}
